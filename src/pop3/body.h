#ifndef POP3_BODY_H
#define POP3_BODY_H

#include <stdint.h>

#include "pop3/sink.h"
#include "pop3/wire.h"

/*
 * A multi-line answer's body, from the wire's buffer through the dot decoder into a sink (NULL =
 * nowhere), up to its end. A sink that fails gets nothing more and its error goes to sink_failure,
 * whose code is POP3_E_NONE before; the body is read to its end all the same. Fails when the
 * connection does, or with POP3_E_PROTOCOL past limit octets (0 = none).
 */
int body_read(struct wire *wire, bool bare_lf, struct pop3_sink *sink, uint64_t limit,
	      struct pop3_error *sink_failure, struct pop3_error *err);

/* The next line of a list, dot-stuffing undone; 1, or 0 at the end of the list, or -1. */
int body_line(struct wire *wire, struct wire_line *line, struct pop3_error *err);

#endif
