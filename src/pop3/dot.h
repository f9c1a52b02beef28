#ifndef POP3_DOT_H
#define POP3_DOT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Dot-stuffing undone (RFC 1939 section 3), in any chunking and without a copy: the octets come
 * out as spans of what went in. A body ends at CRLF "." CRLF and nowhere else, unless its own
 * status line ended in LF alone: then LF "." LF ends it too.
 */
struct dot {
	bool bare_lf;
	bool done; /* the end was seen; nothing beyond it was taken */
	enum dot_place {
		DOT_LINE_START,
		DOT_IN_LINE,
		DOT_AFTER_CR,	      /* a CR in a line */
		DOT_AFTER_DOT,	      /* a dot that began a line: held back */
		DOT_AFTER_DOT_CR,     /* and a CR behind it: held back too */
	} place;
};

struct dot_span {
	const char *data;
	size_t length;
};

void dot_init(struct dot *dot, bool bare_lf);

/*
 * Takes octets from the front of data and says in span which octets of the body they gave, perhaps
 * none. Returns how many were taken, 0 only when span holds what an earlier call had held back. To
 * be called until all are taken or dot->done.
 */
size_t dot_next(struct dot *dot, const char *data, size_t length, struct dot_span *span);

#endif
