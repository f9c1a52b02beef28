#ifndef SERVE_LINE_READER_H
#define SERVE_LINE_READER_H

#include <event2/buffer.h>
#include <stdbool.h>
#include <stddef.h>

/* Reads a client's lines, ended by CRLF or LF, in any chunking. */
struct line_reader {
	size_t limit; /* maximum octets of a line, without CRLF */
	size_t discarded; /* octets dropped so far of a line over the limit */
};

enum line_found {
	LINE_NONE,     /* no complete line yet */
	LINE_WHOLE,    /* stored NUL-terminated; may itself contain NULs */
	LINE_TOO_LONG, /* a line over the limit was discarded */
	LINE_ENDLESS,  /* over LINE_DISCARD_MAX octets without a line end: give up */
};

/* Takes one line; the line buffer must hold limit + 2 octets. */
enum line_found line_take(struct line_reader *reader, struct evbuffer *input, char *line,
			  size_t *length);

#endif
