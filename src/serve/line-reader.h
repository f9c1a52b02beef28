#ifndef SERVE_LINE_READER_H
#define SERVE_LINE_READER_H

#include <event2/buffer.h>
#include <stdbool.h>
#include <stddef.h>

/* Lines of a client, ended by CRLF or LF, whatever pieces they come in. */
struct line_reader {
	size_t limit; /* octets of a line at the most, its end not counted */
	size_t discarded; /* octets so far of a line that is longer */
};

enum line_found {
	LINE_NONE,     /* not yet whole */
	LINE_WHOLE,    /* in line, NUL behind it; it may hold NULs itself */
	LINE_TOO_LONG, /* there was one over the limit; it is gone */
	LINE_ENDLESS,  /* over LINE_DISCARD_MAX: not worth waiting for its end */
};

/* Takes one line; there must be room for limit + 2 octets. */
enum line_found line_take(struct line_reader *reader, struct evbuffer *input, char *line,
			  size_t *length);

#endif
