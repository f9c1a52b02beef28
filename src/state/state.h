#ifndef STATE_STATE_H
#define STATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/account.h"

/*
 * The state of one account: the messages fetched, and deliveries interrupted by a crash. It is one
 * SQLite file. Functions fail with POP3_E_CONFIG when the file is damaged or not ours, otherwise
 * with POP3_E_IO or POP3_E_LOCKED. UIDs are octets without NUL. A cursor is the name of a set of
 * seen UIDs.
 */
struct state;

enum state_use {
	STATE_READ,  /* read only; a missing file counts as empty, an older one is updated first */
	STATE_AMEND, /* like STATE_WRITE, but a missing file is not created */
	STATE_WRITE, /* exclusive: a second process waits or fails with POP3_E_LOCKED */
};

struct state *state_open(const char *path, enum state_use use, int64_t wait_ms,
			 const struct pop3_timeouts *timeouts, struct pop3_error *err);
void state_close(struct state *state); /* NULL is allowed */

/*
 * Returns 16 hex digits that are unique to this state, for the names of our temporary files. While
 * the state is open for writing, no other process works on files with this mark. Borrowed until the
 * state is closed; NULL on failure.
 */
const char *state_mark(struct state *state, struct pop3_error *err);

/* Whether the state was opened for that use or for one that allows more. */
bool state_is_for(const struct state *state, enum state_use use);

/*
 * While relaxed, commits survive the end of the process, but perhaps not a system crash: for
 * destinations that give no stronger guarantee.
 */
void state_relax(struct state *state, bool relaxed);

/*
 * Encloses lookups: locks the file once for all of them. state_end_reading fails when one of them
 * failed. Do not change the state in between.
 */
void state_begin_reading(struct state *state);
int state_end_reading(struct state *state, struct pop3_error *err);

/* A transaction around several changes; durable when state_commit returns 0. */
int state_begin(struct state *state, struct pop3_error *err);
int state_commit(struct state *state, struct pop3_error *err);
void state_rollback(struct state *state);

#endif
