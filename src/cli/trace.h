#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include <stdbool.h>

#include "cli/command.h"
#include "pop3/account.h"

/* The conversation for debugging: all of it in a trace file, notes on stderr with -v. */
struct trace {
	struct pop3_tracer tracer; /* first: its callbacks cast it to struct trace */
	int fd;			   /* of the trace file, -1 = none */
	const struct general *general;
	const struct pop3_timeouts *timeouts; /* for a slow reader of the trace */
};

/* path NULL = no trace, "-" = stderr. The file is private; an existing one is appended to. */
int trace_open(struct trace *trace, const char *path, const struct general *general,
	       const struct pop3_timeouts *timeouts, struct pop3_error *err);
void trace_close(struct trace *trace);

#endif
