#ifndef CMD_CHECK_PROBE_H
#define CMD_CHECK_PROBE_H

#include "cli/command.h"
#include "pop3/capa.h"
#include "pop3/verbs.h"

/* Probes which POP3 commands work in a mailbox, without changing it. */
enum probe_answer {
	PROBE_UNKNOWN, /* not tried, or no message to try it with */
	PROBE_WORKS,
	PROBE_REFUSED,
};

struct probe {
	bool counted; /* drop is filled in */
	struct pop3_maildrop drop;
	struct pop3_capa capa; /* after login; empty if CAPA is unsupported */
	enum probe_answer uidl, top;
	int64_t clock_ahead; /* from the newest message; see cmd/check/clock.h */
};

/*
 * Fills in probe as far as possible, even on failure. Quirks are reported to the session's tracer.
 */
int probe_maildrop(struct pop3_session *session, struct probe *probe, struct pop3_error *err);

void probe_release(struct probe *probe);

#endif
