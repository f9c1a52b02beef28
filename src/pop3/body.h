#ifndef POP3_BODY_H
#define POP3_BODY_H

#include <stdint.h>

#include "pop3/sink.h"
#include "pop3/wire.h"

/* A multi-line answer's body, from the wire's buffer through the dot decoder into a sink. */
struct body {
	bool bare_lf;		/* as its status line ended */
	uint64_t limit;		/* octets after which it is given up, 0 = none */
	struct pop3_sink *sink; /* NULL = nowhere */

	struct pop3_error failure; /* of the sink, which gets nothing more then */
	uint64_t octets;	   /* without the dot-stuffing */
	char beginning[5];	   /* the first of them */
};

/*
 * Up to its end, whatever the sink says. failure.code is POP3_E_NONE before. Fails when the
 * connection does, or with POP3_E_PROTOCOL past the limit.
 */
int body_read(struct wire *wire, struct body *body, struct pop3_error *err);

/* Whether what came as a body begins as a status line does: +OK or -ERR. */
bool body_is_status(const struct body *body);

/* The next line of a list, dot-stuffing undone; 1, or 0 at the end of the list, or -1. */
int body_line(struct wire *wire, struct wire_line *line, struct pop3_error *err);

#endif
