#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include <stdbool.h>

#include "pop3/account.h"

/* What a person may hear of a conversation: all of it in a trace file, notes on stderr with -v. */
struct observation {
	struct pop3_tracer tracer; /* first: the session sees no more of it */
	int trace;		       /* descriptor, -1 = none */
	bool notes;
	const struct pop3_timeouts *timeouts; /* with whoever reads the trace */
};

/* path NULL = no trace. A trace is private, and added to when it exists. */
int observation_open(struct observation *observation, const char *path, bool verbose,
		     const struct pop3_timeouts *timeouts, struct pop3_error *err);
void observation_close(struct observation *observation);

#endif
