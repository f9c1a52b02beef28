#ifndef POP3_WIRE_H
#define POP3_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "net/stream.h"

/*
 * The conversation's octets: one input buffer, lines of bounded length, commands collected until
 * an answer is needed, and what a tracer may see of all that.
 */
#ifndef WIRE_INPUT
#define WIRE_INPUT 65536		/* octets of the input buffer, and of the longest line */
#endif
#define WIRE_OUTPUT_MAX (4UL * 1024 * 1024) /* octets of commands not yet written */
#define WIRE_PROGRESS_OCTETS 1024	/* of an answer: fewer in the progress time is none */

struct wire {
	struct stream *stream;
	const struct pop3_timeouts *timeouts;
	struct pop3_tracer *tracer; /* may be NULL */
	char *input;
	size_t begin, end; /* of the octets in input not yet taken */
	size_t unmarked;   /* octets since the last progress */
	int64_t left_ms;   /* until the next progress is due; only waiting counts */
	struct buffer output;
};

struct wire_line {
	const char *text; /* without its end; borrowed until the next call */
	size_t length;
	bool bare_lf;
};

/* Owns the stream from now on, also when it fails. */
int wire_open(struct wire *wire, struct stream *stream, const struct pop3_timeouts *timeouts,
	      struct pop3_tracer *tracer, struct pop3_error *err);
void wire_close(struct wire *wire);

/*
 * Puts another stream over the current one, as upgrade makes it (which owns and closes the old
 * one when it fails). Refused with POP3_E_TLS when plaintext is left in the buffer: it came before
 * the handshake and must not be taken for what comes after (CVE-2011-0411).
 */
int wire_upgrade(struct wire *wire, struct stream *(*upgrade)(struct stream *, void *arg,
							      struct pop3_error *),
		 void *arg, struct pop3_error *err);

/*
 * Queues one command line; CRLF is added. Controls in it are refused with POP3_E_USAGE. What the
 * tracer sees ends after the first shown octets, as asterisks, when those are fewer.
 */
int wire_command(struct wire *wire, const char *line, size_t length, size_t shown,
		 struct pop3_error *err);

/* The next line. Fails with POP3_E_PROTOCOL past WIRE_INPUT octets. */
int wire_line(struct wire *wire, struct wire_line *line, struct pop3_error *err);

/* Waits for an octet more at least, and writes what is queued meanwhile: no side waits for ever. */
int wire_more(struct wire *wire, struct pop3_error *err);

/* Passes a line on to the tracer; a note is this client's own. */
void wire_trace(struct wire *wire, enum pop3_direction direction, const char *text, size_t length);
void wire_note(struct wire *wire, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Gives the server its whole time again: it has done something. */
void wire_progressed(struct wire *wire);

/*
 * With nothing under way, before a command or after a body: fails with POP3_E_PROTOCOL when octets
 * wait that nobody asked for. Stray empty lines are forgiven; wire_end also looks at the door.
 */
int wire_begin(struct wire *wire, struct pop3_error *err);
int wire_end(struct wire *wire, struct pop3_error *err);

#endif
