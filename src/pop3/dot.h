#ifndef POP3_DOT_H
#define POP3_DOT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Removes dot-stuffing (RFC 1939 section 3), in chunks of any size and without copying: the output
 * is spans of the input. A body ends only at CRLF "." CRLF, unless its status line ended in LF
 * alone: then LF "." LF ends it, too.
 */
struct dot {
	bool bare_lf;
	bool done; /* the end was found; nothing after it was taken */
	enum dot_place {
		DOT_LINE_START,
		DOT_IN_LINE,
		DOT_AFTER_CR,	      /* a CR within a line */
		DOT_AFTER_DOT,	      /* a dot at the beginning of a line, held back */
		DOT_AFTER_DOT_CR,     /* followed by a CR, also held back */
	} place;
};

struct dot_span {
	const char *data;
	size_t length;
};

void dot_init(struct dot *dot, bool bare_lf);

/*
 * Takes octets from the front of data and sets span to the octets of the body they decode to, which
 * may be none. Returns how many were taken; 0 only when span holds octets held back earlier. Call
 * it until all are taken or dot->done.
 */
size_t dot_next(struct dot *dot, const char *data, size_t length, struct dot_span *span);

#endif
