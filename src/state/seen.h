#ifndef STATE_SEEN_H
#define STATE_SEEN_H

#include "state/state.h"

/* The UIDs fetched, each under its cursor. Times are seconds since 1970. */

#define SEEN_AT_ONCE 100 /* so many new ones in one call cost half as much each */

struct seen {
	const char *uid; /* borrowed for the call that passes it */
	int64_t fetched;
	uint64_t octets;
};

/*
 * Look-ups. They stand between state_begin_reading and state_end_reading, which tells whether one
 * of them failed; its answer was "no" or 0 then. What has no UID ("") cannot be known to be old.
 */
bool seen_has(struct state *state, const char *cursor, const char *uid);

/* Whether any was known under the cursor by the server's own UID, not by one made up for it. */
bool seen_any_by_uid(struct state *state, const char *cursor);

/*
 * Adds them. What is there keeps the time it came first, unless it was gone in between. doomed: to
 * be deleted on the server, too.
 */
int seen_add(struct state *state, const char *cursor, const struct seen *seen, size_t count,
	     bool doomed, struct pop3_error *err);

/* Adds it unless it is there; *added tells. */
int seen_add_new(struct state *state, const char *cursor, const struct seen *seen, bool *added,
		 struct pop3_error *err);

/* Takes it out; *removed tells whether it was there. */
int seen_remove(struct state *state, const char *cursor, const char *uid, bool *removed,
		struct pop3_error *err);
int seen_clear(struct state *state, const char *cursor, struct pop3_error *err);

/* Calls for each UID in order; ends with -1 when act does. */
int seen_each(struct state *state, const char *cursor,
	      int (*act)(void *arg, const struct seen *seen, struct pop3_error *err), void *arg,
	      struct pop3_error *err);

/* Calls for the name of each cursor but the nameless one. */
int seen_each_cursor(struct state *state,
		     int (*act)(void *arg, const char *name, struct pop3_error *err), void *arg,
		     struct pop3_error *err);

/*
 * How many UIDs are not known to be gone from the server: of which nobody wanted the deletion, and
 * of which a deletion may have happened.
 */
int seen_count(struct state *state, const char *cursor, uint64_t *recorded, uint64_t *doomed,
	       struct pop3_error *err);

/* Counts as gone what is known under the cursor and not among these UIDs of the mailbox. */
int seen_keep_only(struct state *state, const char *cursor, const char *const *uids, size_t count,
		   struct pop3_error *err);

/* --- deletions on the server --- */

/* Whether a message should have been deleted and the server has not confirmed it; any at all. */
bool seen_any_doomed(struct state *state);
bool seen_is_doomed(struct state *state, const char *uid);

/* When it was fetched first, 0 when it was not. */
int64_t seen_fetched(struct state *state, const char *cursor, const char *uid);

int seen_doom(struct state *state, const char *uid, struct pop3_error *err);

/* The server has it no more, be it that we deleted it or that somebody did. */
int seen_set_gone(struct state *state, const char *uid, struct pop3_error *err);

/*
 * A batch may take back what its lines were to delete: what was to be deleted before the first of
 * them is not theirs, and stays so. Later calls of seen_note_doomed do nothing.
 */
int seen_note_doomed(struct state *state, struct pop3_error *err);
int seen_take_back(struct state *state, struct pop3_error *err);

/* --- messages that fail --- */

/* Notes a failure; one that does not count only says that the message was tried in vain. */
int seen_add_failure(struct state *state, const char *cursor, const char *uid,
		     const char *reason, bool counts, struct pop3_error *err);
bool seen_any_failure(struct state *state);

/* How many failures count against the message; -1 when it was never tried in vain. */
int seen_failures(struct state *state, const char *cursor, const char *uid);

#endif
