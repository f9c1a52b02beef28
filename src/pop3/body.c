/* Bodies and lists: what follows a status line, up to the dot on a line of its own. */
#include "pop3/body.h"

#include <stdio.h>
#include <string.h>

#include "pop3/dot.h"

struct progress {
	uint64_t octets; /* passed on, or dropped once the sink had failed */
	struct pop3_sink *sink;
	struct pop3_error *sink_failure;
};

static void pass_on(struct progress *progress, const struct dot_span *span)
{
	progress->octets += span->length;
	if (span->length == 0 || progress->sink == NULL || progress->sink_failure->code != POP3_E_NONE)
		return;
	progress->sink->write(progress->sink, span->data, span->length, progress->sink_failure);
}

/* In place of the lines, which nobody would read in a trace. */
static void trace_octets(struct wire *wire, uint64_t octets)
{
	char text[32];

	if (wire->tracer == NULL)
		return;
	snprintf(text, sizeof text, "(%llu octets)", (unsigned long long)octets);
	wire_trace(wire, POP3_RECEIVED, text, strlen(text));
}

int body_read(struct wire *wire, bool bare_lf, struct pop3_sink *sink, uint64_t limit,
	      struct pop3_error *sink_failure, struct pop3_error *err)
{
	struct progress progress = { .sink = sink, .sink_failure = sink_failure };
	struct dot dot;

	dot_init(&dot, bare_lf);
	while (!dot.done) {
		struct dot_span span;

		if (wire->begin == wire->end && wire_more(wire, err) < 0)
			return -1;
		wire->begin += dot_next(&dot, wire->input + wire->begin, wire->end - wire->begin,
					&span);
		pass_on(&progress, &span);
		if (limit > 0 && progress.octets > limit)
			return pop3_fail(err, POP3_E_PROTOCOL,
					 "the message goes on past %llu octets",
					 (unsigned long long)limit);
	}
	wire_progressed(wire);
	trace_octets(wire, progress.octets);
	return 0;
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
