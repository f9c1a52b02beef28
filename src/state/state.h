#ifndef STATE_STATE_H
#define STATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/account.h"

/*
 * What was fetched from one account, and what was on its way when somebody pulled the plug: one
 * SQLite file. Failures of the file are POP3_E_CONFIG when it is damaged or not ours, POP3_E_IO
 * or POP3_E_LOCKED otherwise. UIDs are octets without NUL. A cursor names one set of seen UIDs.
 */
struct state;

enum state_use {
	STATE_READ,  /* looks only; a file that does not exist is empty */
	STATE_AMEND, /* as below, but a file that does not exist is not made */
	STATE_WRITE, /* alone: a second run waits or fails with POP3_E_LOCKED */
};

struct state *state_open(const char *path, enum state_use use, int64_t wait_ms,
			 const struct pop3_timeouts *timeouts, struct pop3_error *err);
void state_close(struct state *state); /* NULL is fine */

/*
 * 16 hex digits that no other state has, whatever its account is called: in the name of a file they
 * say whose it is. While this run has the state to write, no other one is at work on such a file.
 * Borrowed until the state is closed; NULL with the error.
 */
const char *state_mark(struct state *state, struct pop3_error *err);

/* Whether it was opened for that use, or for one that allows more. */
bool state_is_for(const struct state *state, enum state_use use);

/*
 * While relaxed, what is committed outlives this process, but perhaps not a crash of the machine:
 * for messages that go where nobody promises more.
 */
void state_relax(struct state *state, bool relaxed);

/*
 * Around look-ups: one lock of the file for all of them. -1 when one of them failed. Never around
 * changes.
 */
void state_begin_reading(struct state *state);
int state_end_reading(struct state *state, struct pop3_error *err);

/* One transaction around several changes; durable when state_commit returns 0. */
int state_begin(struct state *state, struct pop3_error *err);
int state_commit(struct state *state, struct pop3_error *err);
void state_rollback(struct state *state);

#endif
