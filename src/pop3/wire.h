#ifndef POP3_WIRE_H
#define POP3_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "net/stream.h"

/*
 * The buffered connection to a server: one input buffer, lines of bounded length, commands
 * collected until an answer is needed, and the tracer.
 */
#ifndef WIRE_INPUT
#define WIRE_INPUT 65536		/* size of the input buffer, and maximum length of a line */
#endif
#define WIRE_OUTPUT_MAX (4UL * 1024 * 1024) /* maximum size of commands not written yet */
#define WIRE_PROGRESS_OCTETS 1024	/* fewer octets of an answer are no progress */

struct wire {
	struct stream *stream;
	const struct pop3_timeouts *timeouts;
	struct pop3_tracer *tracer; /* NULL = none */
	char *input;
	size_t begin, end; /* the unread octets in input */
	size_t unmarked;   /* octets since the last progress */
	int64_t left_ms;   /* left of the progress time-out; only waiting counts */
	struct buffer output;
};

struct wire_line {
	const char *text; /* without line end; borrowed until the next call */
	size_t length;
	bool bare_lf;
};

/* Takes ownership of the stream, even on failure. */
int wire_open(struct wire *wire, struct stream *stream, const struct pop3_timeouts *timeouts,
	      struct pop3_tracer *tracer, struct pop3_error *err);
void wire_close(struct wire *wire);

/*
 * Queues a command line; CRLF is added. Control characters fail with POP3_E_USAGE. The tracer
 * receives only the first shown octets, followed by asterisks if there are more.
 */
int wire_command(struct wire *wire, const char *line, size_t length, size_t shown,
		 struct pop3_error *err);

/* Reads the next line. Fails with POP3_E_PROTOCOL if it is longer than WIRE_INPUT. */
int wire_line(struct wire *wire, struct wire_line *line, struct pop3_error *err);

/* Waits for at least one more octet, and meanwhile writes queued commands to avoid a deadlock. */
int wire_more(struct wire *wire, struct pop3_error *err);

/* Pass a line to the tracer; a note is a remark of the client itself. */
void wire_trace(struct wire *wire, enum pop3_direction direction, const char *text, size_t length);

/* Restarts the progress time-out. */
void wire_progressed(struct wire *wire);

/* Call when no answer is due: whether the connection is open, and nothing has been received. */
bool wire_is_quiet(struct wire *wire);

/*
 * Call when no answer is due, before a command or after a body: fail with POP3_E_PROTOCOL if there
 * are unexpected octets. Stray empty lines are ignored. wire_end also checks the socket.
 */
int wire_begin(struct wire *wire, struct pop3_error *err);
int wire_end(struct wire *wire, struct pop3_error *err);

#endif
