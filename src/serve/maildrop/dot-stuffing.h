#ifndef SERVE_MAILDROP_DOT_STUFFING_H
#define SERVE_MAILDROP_DOT_STUFFING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Converts a stored message to its form on the wire, in any chunking (RFC 1939 section 3): a bare
 * LF becomes CRLF, a line that begins with a dot gets another dot, all other octets stay. For TOP,
 * the output ends after the header, the empty line and the given number of lines. Zeroed at
 * the beginning; for TOP, with limited and lines_left set.
 */
struct dot_stuffing {
	enum dot_stuffing_place {
		STUFFING_LINE_START,
		STUFFING_START_CR, /* after a CR at the start of a line */
		STUFFING_IN_LINE,
		STUFFING_AFTER_CR,
	} place;
	bool limited; /* TOP */
	bool in_body;
	bool done; /* TOP's limit is reached */
	uint64_t lines_left;
};

#define DOT_STUFFING_END_MAX 5 /* octets that dot_stuffing_end writes at most */

/* Writes the converted octets to out, at most twice as many; returns their number. */
size_t dot_stuffing_feed(struct dot_stuffing *stuffing, const char *in, size_t length, char *out);

/* Ends the last line if it has no end, and writes the line with a single dot. */
size_t dot_stuffing_end(struct dot_stuffing *stuffing, char *out);

#endif
