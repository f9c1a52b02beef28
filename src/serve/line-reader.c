/* Extracts lines of limited length from an input buffer. */
#include "serve/line-reader.h"

#include "serve/limits.h"

enum line_found line_take(struct line_reader *reader, struct evbuffer *input, char *line,
			  size_t *length)
{
	const size_t waiting = evbuffer_get_length(input);
	const struct evbuffer_ptr end = evbuffer_search(input, "\n", 1, NULL);
	const size_t octets = end.pos < 0 ? waiting : (size_t)end.pos;

	/* One octet over the limit may still be the CR of CRLF. */
	if (reader->discarded > 0 || octets > reader->limit + 1) {
		reader->discarded += octets;
		evbuffer_drain(input, octets);
		if (reader->discarded > LINE_DISCARD_MAX)
			return LINE_ENDLESS;
		if (end.pos < 0)
			return LINE_NONE;
		evbuffer_drain(input, 1);
		reader->discarded = 0;
		return LINE_TOO_LONG;
	}
	if (end.pos < 0)
		return LINE_NONE;
	evbuffer_remove(input, line, octets);
	evbuffer_drain(input, 1);
	*length = octets > 0 && line[octets - 1] == '\r' ? octets - 1 : octets;
	line[*length] = '\0';
	return *length > reader->limit ? LINE_TOO_LONG : LINE_WHOLE;
}
