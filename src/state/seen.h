#ifndef STATE_SEEN_H
#define STATE_SEEN_H

#include "state/state.h"

/* The UIDs fetched, each under its cursor. Times are seconds since 1970. */

#define SEEN_AT_ONCE 100 /* so many new ones in one call cost half as much each */

/* Where a message is, as far as is known. */
enum seen_place {
	SEEN_THERE,
	SEEN_ABSENT,  /* it was not listed any more, may have been deleted, or nobody has looked */
	SEEN_DELETED, /* by this program, and the server confirmed it */
};

struct seen {
	const char *uid; /* borrowed for the call that passes it */
	int64_t fetched;
	uint64_t octets; /* as they came, 0 = it was not fetched but added to the list */
	uint64_t listed; /* octets as LIST said, 0 = not known */
	enum seen_place place;
	bool doomed; /* told by look-ups: to be deleted on the server, or perhaps deleted already */
};

/*
 * Look-ups. They stand between state_begin_reading and state_end_reading, which tells whether one
 * of them failed; its answer was "no" or 0 then. What has no UID ("") cannot be known to be old.
 */
bool seen_has(struct state *state, const char *cursor, const char *uid);

/* Whether any was known under the cursor by the server's own UID, not by one made up for it. */
bool seen_any_by_uid(struct state *state, const char *cursor);

/* The record itself, NULL where there is none. Borrowed while the look-ups last. */
const struct seen *seen_find(struct state *state, const char *cursor, const char *uid);

/*
 * A message in a listing, under the UID of a record: octets as LIST says now. Whether it is known,
 * that is, not another one with the same UID; and whether it certainly is what was fetched, so that
 * it may be deleted. A server's own UID counts for more than a size that LIST may have wrong.
 */
bool seen_is_known(const struct seen *seen, uint64_t octets);
bool seen_agrees(const struct seen *seen, uint64_t octets);

/*
 * UIDs that two messages had at once: they tell nothing by themselves any more. seen_any_repeated
 * and seen_is_repeated are look-ups.
 */
bool seen_any_repeated(struct state *state);
bool seen_is_repeated(struct state *state, const char *uid);
int seen_add_repeated(struct state *state, const char *const *uids, size_t count,
		      struct pop3_error *err);

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

/* How many are known to be there: of which nobody wanted the deletion, and of which somebody did. */
int seen_count(struct state *state, const char *cursor, uint64_t *kept, uint64_t *doomed,
	       struct pop3_error *err);

/* Whether so many are known to be there: a look-up that counts no further. */
bool seen_has_many(struct state *state, const char *cursor, unsigned many);

/* These are the UIDs of the mailbox: what is known under the cursor is there or absent by them. */
int seen_note_listing(struct state *state, const char *cursor, const char *const *uids,
		      size_t count, struct pop3_error *err);

/* --- deletions on the server, under all cursors; a UID that is NULL is passed over --- */

/*
 * Whether a message should have been deleted and the server has not confirmed it; any at all. octets
 * as LIST says now: another message under that UID is not meant.
 */
bool seen_any_doomed(struct state *state);
bool seen_is_doomed(struct state *state, const char *uid, uint64_t octets);

int seen_doom(struct state *state, const char *const *uids, size_t count, struct pop3_error *err);

/* They are SEEN_DELETED, or may be and count as SEEN_ABSENT until they are listed again. */
int seen_set_place(struct state *state, const char *const *uids, size_t count,
		   enum seen_place place, struct pop3_error *err);

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
