/* Reads what follows a status line, a message or a list, up to the line that is a single dot. */
#include "pop3/body.h"

#include <stdio.h>
#include <string.h>

#include "pop3/dot.h"

int body_read(struct wire *wire, struct body *body, struct pop3_error *err)
{
	struct dot dot;

	dot_init(&dot, body->bare_lf);
	while (!dot.done) {
		struct dot_span span;

		if (wire->begin == wire->end && wire_more(wire, err) < 0)
			return -1;
		wire->begin += dot_next(&dot, wire->input + wire->begin, wire->end - wire->begin,
					&span);
		for (uint64_t i = 0, at = body->octets;
		     i < span.length && at < sizeof body->beginning; i++, at++)
			body->beginning[at] = span.data[i];
		body->octets += span.length;
		if (span.length > 0 && body->sink != NULL && body->failure.code == POP3_E_NONE)
			body->sink->write(body->sink, span.data, span.length, &body->failure);
		if (body->limit > 0 && body->octets > body->limit)
			return pop3_fail(err, POP3_E_PROTOCOL,
					 "the message is longer than %llu octets",
					 (unsigned long long)body->limit);
	}
	wire_progressed(wire);
	/* Only the size: the lines themselves would be too many. */
	if (wire->tracer != NULL) {
		char text[32];

		snprintf(text, sizeof text, "(%llu octets)", (unsigned long long)body->octets);
		wire_trace(wire, POP3_RECEIVED, text, strlen(text));
	}
	return 0;
}

bool body_is_status(const struct body *body)
{
	const char *const text = body->beginning;

	if (memcmp(text, "+OK", 3) == 0)
		return strchr(" \r\n", text[3]) != NULL; /* NUL: the body is no longer than that */
	return memcmp(text, "-ERR", 4) == 0 && strchr(" \r\n", text[4]) != NULL;
}

int body_line(struct wire *wire, struct wire_line *line, struct pop3_error *err)
{
	if (wire_line(wire, line, err) < 0)
		return -1;
	if (line->length == 0 || line->text[0] != '.')
		return 1;
	if (line->length == 1)
		return 0;
	line->text++;
	line->length--;
	return 1;
}
