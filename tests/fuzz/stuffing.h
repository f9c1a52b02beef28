/*
 * A plain second implementation of removing dot-stuffing, for harnesses that compare the program's
 * own with it. A body ends after a line of a single dot.
 */
#ifndef FUZZ_STUFFING_H
#define FUZZ_STUFFING_H

#include "fuzz.h"

/* Whether a line begins at that position of the body. */
static inline bool stuffing_line_begins(const char *text, size_t at, bool bare_lf)
{
	if (at == 0 || (bare_lf && text[at - 1] == '\n'))
		return true;
	return at >= 2 && text[at - 2] == '\r' && text[at - 1] == '\n';
}

/* The length of the line end at that position; 0 = none. */
static inline size_t stuffing_line_end(const char *text, size_t at, size_t length, bool bare_lf)
{
	if (length - at >= 2 && text[at] == '\r' && text[at + 1] == '\n')
		return 2;
	return bare_lf && length > at && text[at] == '\n' ? 1 : 0;
}

/* Appends the body. Returns the octets consumed including its end, or -1 without an end. */
static inline ptrdiff_t stuffing_undo(const char *text, size_t length, bool bare_lf,
				      struct buffer *body)
{
	for (size_t at = 0; at < length; at++) {
		if (text[at] == '.' && stuffing_line_begins(text, at, bare_lf)) {
			const size_t end = stuffing_line_end(text, at + 1, length, bare_lf);

			if (end > 0)
				return (ptrdiff_t)(at + 1 + end);
			continue;
		}
		buffer_append_octet(body, text[at]);
	}
	return -1;
}

#endif
