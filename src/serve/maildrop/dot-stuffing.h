#ifndef SERVE_MAILDROP_DOT_STUFFING_H
#define SERVE_MAILDROP_DOT_STUFFING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A stored message on its way out, in any chunking (RFC 1939 section 3): an LF without a CR before
 * it becomes CRLF, a line that begins with a dot gets another one, all other octets stay. For TOP
 * it ends behind the header, the empty line and that many lines.
 */
struct dot_stuffing {
	enum dot_stuffing_place {
		STUFFING_LINE_START,
		STUFFING_START_CR, /* a CR that is all of its line so far */
		STUFFING_IN_LINE,
		STUFFING_AFTER_CR,
	} place;
	bool limited; /* TOP */
	bool in_body;
	bool done; /* TOP has sent all it was to send */
	uint64_t lines_left;
};

#define DOT_STUFFING_END_MAX 5 /* octets, what dot_stuffing_end writes at most */

void dot_stuffing_init(struct dot_stuffing *stuffing);
void dot_stuffing_init_top(struct dot_stuffing *stuffing, uint64_t lines);

/* Puts what the octets become into out, at most twice as many; returns how many. */
size_t dot_stuffing_feed(struct dot_stuffing *stuffing, const char *in, size_t length, char *out);

/* The end of the last line, where it has none, and the line of a single dot. */
size_t dot_stuffing_end(struct dot_stuffing *stuffing, char *out);

#endif
