#ifndef CMD_CHECK_PROBE_H
#define CMD_CHECK_PROBE_H

#include "cli/command.h"
#include "pop3/capa.h"
#include "pop3/verbs.h"

/* A look into a mailbox that changes nothing in it: what of POP3 works there, and how. */
enum probe_answer {
	PROBE_UNKNOWN, /* not asked, or nothing there to ask about */
	PROBE_WORKS,
	PROBE_REFUSED,
};

struct probe {
	bool counted; /* the maildrop is filled in */
	struct pop3_maildrop drop;
	struct pop3_capa capa; /* after the login; empty where CAPA is not known */
	enum probe_answer uidl, top;
	int64_t clock_ahead; /* see cmd/check/clock.h; by the newest message */
};

/*
 * As far as it gets, and what it met is kept when it fails. Quirks are told to the session's
 * tracer.
 */
int probe_maildrop(struct pop3_session *session, struct probe *probe, struct pop3_error *err);

void probe_release(struct probe *probe);

#endif
