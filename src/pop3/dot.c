/*
 * The end of a body, found by looking for dots: they are far rarer than line ends, so memchr
 * passes over most mail at the speed of memory.
 */
#include "pop3/dot.h"

#include <string.h>

void dot_init(struct dot *dot, bool bare_lf)
{
	*dot = (struct dot){ .bare_lf = bare_lf, .place = DOT_LINE_START };
}

/* Where the octets before "at" leave us; before the chunk, the place it began at. */
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

/* Octets up to the next dot that begins a line, which is taken and held back. */
static size_t take_text(struct dot *dot, const char *data, size_t length, struct dot_span *span)
{
	const char *const end = data + length;
	const char *found = data;

	while ((found = memchr(found, '.', (size_t)(end - found))) != NULL) {
		if (place_at(dot, data, found) == DOT_LINE_START) {
			*span = (struct dot_span){ data, (size_t)(found - data) };
			dot->place = DOT_AFTER_DOT;
			return span->length + 1;
		}
		found++;
	}
	*span = (struct dot_span){ data, length };
	dot->place = place_at(dot, data, end);
	return length;
}

static size_t finish(struct dot *dot)
{
	dot->done = true;
	return 1;
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
		if (data[0] == '\n' && dot->bare_lf)
			return finish(dot);
		/* The dot was stuffing; what follows it stands in the line, be it a dot itself. */
		*span = (struct dot_span){ data, 1 };
		dot->place = DOT_IN_LINE;
		return 1;
	case DOT_AFTER_DOT_CR:
		if (data[0] == '\n')
			return finish(dot);
		*span = (struct dot_span){ "\r", 1 };
		dot->place = DOT_AFTER_CR;
		return 0;
	}
	return 0;
}
