/*
 * The buffered connection: bounded lines, commands collected into one write, secrets masked in
 * traces.
 */
#include "pop3/wire.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

int wire_open(struct wire *wire, struct stream *stream, const struct pop3_timeouts *timeouts,
	      struct pop3_tracer *tracer, struct pop3_error *err)
{
	*wire = (struct wire){
		.stream = stream, .timeouts = timeouts, .tracer = tracer,
		.input = malloc(WIRE_INPUT), .output = { .limit = WIRE_OUTPUT_MAX },
	};
	if (wire->input == NULL) {
		wire_close(wire);
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	}
	wire_progressed(wire);
	return 0;
}

void wire_close(struct wire *wire)
{
	stream_close(wire->stream);
	free(wire->input);
	buffer_wipe(&wire->output);
	buffer_release(&wire->output);
	*wire = (struct wire){ .stream = NULL };
}

void wire_trace(struct wire *wire, enum pop3_direction direction, const char *text, size_t length)
{
	if (wire->tracer != NULL)
		wire->tracer->trace(wire->tracer, direction, text, length);
}

void wire_progressed(struct wire *wire)
{
	wire->unmarked = 0;
	wire->left_ms = wire->timeouts->progress_ms;
}

/* Returns the space at the end of the input buffer; if none, makes some by moving the octets. */
static size_t make_room(struct wire *wire)
{
	if (wire->begin == wire->end) {
		wire->begin = wire->end = 0;
	} else if (wire->begin > 0 && wire->end == WIRE_INPUT) {
		memmove(wire->input, wire->input + wire->begin, wire->end - wire->begin);
		wire->end -= wire->begin;
		wire->begin = 0;
	}
	return WIRE_INPUT - wire->end;
}

/* Reads once: returns the octets read, or what the stream waits for. */
static ssize_t read_some(struct wire *wire, struct pop3_error *err)
{
	const ssize_t got = stream_read(wire->stream, wire->input + wire->end,
					WIRE_INPUT - wire->end, err);

	if (got == STREAM_ENDED)
		return pop3_fail(err, POP3_E_LOST, "the server closed the connection");
	if (got > 0) {
		wire->end += (size_t)got;
		wire->unmarked += (size_t)got;
		if (wire->unmarked >= WIRE_PROGRESS_OCTETS)
			wire_progressed(wire);
	}
	return got;
}

bool wire_is_quiet(struct wire *wire)
{
	struct pop3_error ignored;
	ssize_t got;

	if (wire->begin != wire->end || make_room(wire) != WIRE_INPUT)
		return false;
	got = read_some(wire, &ignored);
	return got == STREAM_WANTS_READ || got == STREAM_WANTS_WRITE;
}

int wire_begin(struct wire *wire, struct pop3_error *err)
{
	wire_progressed(wire);
	while (wire->begin < wire->end &&
	       (wire->input[wire->begin] == '\r' || wire->input[wire->begin] == '\n'))
		wire->begin++;
	if (wire->begin == wire->end)
		return 0;
	return pop3_fail(err, POP3_E_PROTOCOL, "the server sent an answer that nothing had asked "
					       "for");
}

int wire_end(struct wire *wire, struct pop3_error *err)
{
	struct pop3_error ignored;

	if (make_room(wire) == WIRE_INPUT)
		read_some(wire, &ignored);
	return wire_begin(wire, err);
}

int wire_command(struct wire *wire, const char *line, size_t length, size_t shown,
		 struct pop3_error *err)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			return pop3_fail(err, POP3_E_USAGE,
					 "a control character cannot be sent in a command");
	buffer_append(&wire->output, line, length);
	buffer_append(&wire->output, "\r\n", 2);
	if (wire->tracer != NULL && shown < length) {
		struct buffer text = { 0 };

		buffer_append(&text, line, shown);
		buffer_append_text(&text, "********");
		wire_trace(wire, POP3_SENT, buffer_text(&text), text.length);
		buffer_release(&text);
	} else {
		wire_trace(wire, POP3_SENT, line, length);
	}
	return buffer_check(&wire->output, POP3_E_USAGE, err);
}

/* Waits within what remains of the progress time-out, and subtracts the time waited. */
static int wait_within(struct wire *wire, short events, struct pop3_error *err)
{
	const int64_t start = clock_ms();
	const int64_t wait = wire->left_ms;
	int64_t deadline;

	if (wire->timeouts->progress_ms > 0 && wait <= 0)
		return pop3_fail(err, POP3_E_TIMEOUT, "no answer within %lld s",
				 (long long)(wire->timeouts->progress_ms / 1000));
	deadline = deadline_after(wire->timeouts, wait);
	if (deadline_wait(wire->timeouts, wire->stream->fd, events, deadline, err) < 0) {
		if (err->code == POP3_E_TIMEOUT && deadline != wire->timeouts->until_ms)
			pop3_fail(err, POP3_E_TIMEOUT, "no answer within %lld s",
				  (long long)(wire->timeouts->progress_ms / 1000));
		return -1;
	}
	if (wire->timeouts->progress_ms > 0)
		wire->left_ms = wait - (clock_ms() - start);
	return 0;
}

/* Writes queued commands without waiting: returns 0 when all are written, otherwise STREAM_…. */
static ssize_t write_some(struct wire *wire, struct pop3_error *err)
{
	struct buffer *const output = &wire->output;

	if (output->length == 0)
		return 0;
	while (output->length > 0) {
		const ssize_t put = stream_write(wire->stream, output->data, output->length, err);

		if (put < 0)
			return put;
		buffer_drop(output, (size_t)put);
	}
	buffer_wipe(output);
	return 0;
}

/*
 * Returns as soon as there is input, even if a write would block: the server may stop reading until
 * we read, and the input buffer is limited.
 */
int wire_more(struct wire *wire, struct pop3_error *err)
{
	if (make_room(wire) == 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "the server sent a line longer than %d "
						       "octets",
				 WIRE_INPUT);
	for (;;) {
		const ssize_t put = write_some(wire, err);
		ssize_t got = STREAM_WANTS_READ;
		short events = 0;

		if (put == STREAM_FAILED)
			return -1;
		if (!wire->stream->drained)
			got = read_some(wire, err);
		if (got >= STREAM_FAILED)
			return got > 0 ? 0 : -1;
		wire->stream->drained = false;
		if (put == STREAM_WANTS_READ || got == STREAM_WANTS_READ)
			events |= POLLIN;
		if (put == STREAM_WANTS_WRITE || got == STREAM_WANTS_WRITE)
			events |= POLLOUT;
		if (wait_within(wire, events, err) < 0)
			return -1;
	}
}

int wire_line(struct wire *wire, struct wire_line *line, struct pop3_error *err)
{
	size_t searched = 0;

	for (;;) {
		const char *const start = wire->input + wire->begin;
		const size_t length = wire->end - wire->begin;
		const char *const lf = length > searched ? memchr(start + searched, '\n',
								  length - searched)
							 : NULL;

		if (lf != NULL) {
			const bool crlf = lf > start && lf[-1] == '\r';

			line->text = start;
			line->length = (size_t)(lf - start) - (crlf ? 1 : 0);
			line->bare_lf = !crlf;
			wire->begin += (size_t)(lf - start) + 1;
			wire_progressed(wire);
			return 0;
		}
		searched = length;
		if (wire_more(wire, err) < 0)
			return -1;
	}
}
