/*
 * Finds the end of a body by searching for dots at the beginning of lines. Those are rare in mail,
 * so whole blocks are skipped at memory speed.
 */
#include "pop3/dot.h"

#include <stdint.h>
#include <string.h>

#define BLOCK 128 /* octets skipped at once */

typedef signed char octets __attribute__((vector_size(16)));
typedef uint64_t words __attribute__((vector_size(16)));

void dot_init(struct dot *dot, bool bare_lf)
{
	*dot = (struct dot){ .bare_lf = bare_lf, .place = DOT_LINE_START };
}

/*
 * The place that the octets before "at" lead to; at the start of the chunk, the place it began
 * with.
 */
static enum dot_place place_at(const struct dot *dot, const char *data, const char *at)
{
	if (at == data)
		return dot->place;
	if (at[-1] == '\r')
		return DOT_AFTER_CR;
	if (at[-1] != '\n')
		return DOT_IN_LINE;
	if (dot->bare_lf)
		return DOT_LINE_START;
	if (at - 1 == data)
		return dot->place == DOT_AFTER_CR ? DOT_LINE_START : DOT_IN_LINE;
	return at[-2] == '\r' ? DOT_LINE_START : DOT_IN_LINE;
}

/* Whether any of BLOCK octets is an LF followed by a dot. Compares sixteen at a time. */
static bool has_dotted_line(const char *text)
{
	words found = { 0, 0 };

	for (size_t i = 0; i < BLOCK; i += sizeof found) {
		octets here, next;

		memcpy(&here, text + i, sizeof here);
		memcpy(&next, text + i + 1, sizeof next);
		found |= (words)(here == '\n') & (words)(next == '.');
	}
	return (found[0] | found[1]) != 0;
}

/* Finds the first dot that follows an LF; NULL when there is none. */
static const char *find_dot(const char *at, const char *end)
{
	while (end - at > BLOCK && !has_dotted_line(at))
		at += BLOCK;
	do
		at = memchr(at + 1, '.', (size_t)(end - at - 1));
	while (at != NULL && at[-1] != '\n');
	return at;
}

/* Takes octets up to the next dot at the beginning of a line; that dot is taken and held back. */
static size_t take_text(struct dot *dot, const char *data, size_t length, struct dot_span *span)
{
	const char *const end = data + length;
	const char *found = data;

	if (dot->place != DOT_LINE_START || data[0] != '.') {
		do
			found = find_dot(found, end);
		while (found != NULL && place_at(dot, data, found) != DOT_LINE_START);
	}
	if (found == NULL) {
		*span = (struct dot_span){ data, length };
		dot->place = place_at(dot, data, end);
		return length;
	}
	*span = (struct dot_span){ data, (size_t)(found - data) };
	dot->place = DOT_AFTER_DOT;
	return span->length + 1;
}

size_t dot_next(struct dot *dot, const char *data, size_t length, struct dot_span *span)
{
	*span = (struct dot_span){ data, 0 };
	if (length == 0 || dot->done)
		return 0;
	switch (dot->place) {
	case DOT_LINE_START:
	case DOT_IN_LINE:
	case DOT_AFTER_CR:
		return take_text(dot, data, length, span);
	case DOT_AFTER_DOT:
		if (data[0] == '\r') {
			dot->place = DOT_AFTER_DOT_CR;
			return 1;
		}
		if (data[0] == '\n' && dot->bare_lf) {
			dot->done = true;
			return 1;
		}
		/* The dot was stuffed: the octet after it, even another dot, is text. */
		*span = (struct dot_span){ data, 1 };
		dot->place = DOT_IN_LINE;
		return 1;
	case DOT_AFTER_DOT_CR:
		if (data[0] == '\n') {
			dot->done = true;
			return 1;
		}
		*span = (struct dot_span){ "\r", 1 };
		dot->place = DOT_AFTER_CR;
		return 0;
	}
	return 0;
}
