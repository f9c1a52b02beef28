#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include <stdbool.h>

#include "cli/command.h"
#include "pop3/account.h"

/* A conversation for a person: all of it in a trace file, notes on stderr with -v. */
struct trace {
	struct pop3_tracer tracer; /* first: the session sees no more of it */
	int fd;			   /* of the trace, -1 = none */
	const struct general *general;
	const struct pop3_timeouts *timeouts; /* with whoever reads the trace */
};

/* path NULL = no trace, "-" = stderr. A trace is private, and added to when it exists. */
int trace_open(struct trace *trace, const char *path, const struct general *general,
	       const struct pop3_timeouts *timeouts, struct pop3_error *err);
void trace_close(struct trace *trace);

#endif
