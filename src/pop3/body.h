#ifndef POP3_BODY_H
#define POP3_BODY_H

#include <stdint.h>

#include "pop3/sink.h"
#include "pop3/wire.h"

/* The body of a multi-line answer, decoded from the wire's buffer into a sink. */
struct body {
	bool bare_lf;		/* the status line ended in LF alone */
	uint64_t limit;		/* octets after which to give up, 0 = none */
	struct pop3_sink *sink; /* NULL discards the body */

	struct pop3_error failure; /* of the sink, which receives nothing more then */
	uint64_t octets;	   /* without the dot-stuffing */
	char beginning[5];	   /* its first octets */
};

/*
 * Reads the whole body, even after the sink failed. Set failure.code to POP3_E_NONE before. Fails
 * when the connection does, or with POP3_E_PROTOCOL when the limit is exceeded.
 */
int body_read(struct wire *wire, struct body *body, struct pop3_error *err);

/* Whether the body begins like a status line, +OK or -ERR. */
bool body_is_status(const struct body *body);

/* Reads the next line of a list without dot-stuffing: 1, 0 at the end of the list, or -1. */
int body_line(struct wire *wire, struct wire_line *line, struct pop3_error *err);

#endif
