#ifndef STATE_SEEN_H
#define STATE_SEEN_H

#include "state/state.h"

/* Fetched UIDs, one set for each cursor. Times are seconds since 1970. */

#define SEEN_AT_ONCE 100 /* adding that many at once halves the cost of each */

/* Where a message is, as far as known: the column "gone". */
enum seen_place {
	SEEN_THERE,
	SEEN_ABSENT,  /* no longer listed, perhaps deleted, or not checked */
	SEEN_DELETED, /* by this program, confirmed by the server */
};

struct seen {
	const char *uid; /* borrowed for the call */
	int64_t fetched;
	uint64_t octets; /* octets received, 0 = not fetched but added to the list */
	uint64_t listed; /* octets as reported by LIST, 0 = unknown */
	uint64_t header; /* its digest (mail/header-digest.h), 0 = unknown */
	enum seen_place place;
	bool doomed; /* set by lookups: to be deleted on the server, or perhaps deleted already */
};

/*
 * Lookups. Call them between state_begin_reading and state_end_reading, which reports failures; a
 * failed lookup returns false, 0 or NULL. An empty UID ("") is never found.
 */
bool seen_has(struct state *state, const char *cursor, const char *uid);
bool seen_any_absent(struct state *state, const char *cursor); /* with SEEN_ABSENT */

/* Whether any message is recorded with a UID of the server, not a synthetic one. */
bool seen_any_by_uid(struct state *state);

/* The record of a UID, NULL when there is none. Borrowed until state_end_reading. */
const struct seen *seen_find(struct state *state, const char *cursor, const char *uid);

/* Whether it is made from a header, see mailbox/synthetic-uid.c. */
bool seen_is_synthetic(const char *uid);

/*
 * Compares a record with a listed message of the same UID; octets is its current size in LIST.
 * seen_is_known: whether to treat it as already fetched. seen_agrees: whether it is certainly the
 * message that was fetched, so that it may be deleted. A UID from the server outweighs a size that
 * LIST may have wrong.
 */
bool seen_is_known(const struct seen *seen, uint64_t octets);
bool seen_agrees(const struct seen *seen, uint64_t octets);

/*
 * A lookup, for all cursors: whether a message of this UID was fetched that had another size, so
 * that the listed one may be another message.
 */
bool seen_is_another(struct state *state, const char *uid, uint64_t octets);

/*
 * UIDs that several messages had at the same time, and that therefore identify none by themselves.
 * seen_any_repeated and seen_is_repeated are lookups.
 */
bool seen_any_repeated(struct state *state);
bool seen_is_repeated(struct state *state, const char *uid);
int seen_add_repeated(struct state *state, const char *const *uids, size_t count,
		      struct pop3_error *err);

/*
 * Adds records. An existing one keeps its time, unless the message had disappeared meanwhile, and a
 * pending deletion, unless the size shows another message. doomed: they are to be deleted on the
 * server as well.
 */
int seen_add(struct state *state, const char *cursor, const struct seen *seen, size_t count,
	     bool doomed, struct pop3_error *err);

/* Adds a record unless it exists; *added is set to whether it was added. */
int seen_add_new(struct state *state, const char *cursor, const struct seen *seen, bool *added,
		 struct pop3_error *err);

/* Removes a record; *removed is set to whether it existed. */
int seen_remove(struct state *state, const char *cursor, const char *uid, bool *removed,
		struct pop3_error *err);
int seen_clear(struct state *state, const char *cursor, struct pop3_error *err);

/* Removes the records of these UIDs under all cursors: the messages are new again. */
int seen_forget(struct state *state, const char *const *uids, size_t count,
		struct pop3_error *err);

/* Calls act for each record, ordered by time. Stops with -1 when act returns -1. */
int seen_each(struct state *state, const char *cursor,
	      int (*act)(void *arg, const struct seen *seen, struct pop3_error *err), void *arg,
	      struct pop3_error *err);

/* Calls act for the name of each cursor except the default one. */
int seen_each_cursor(struct state *state,
		     int (*act)(void *arg, const char *name, struct pop3_error *err), void *arg,
		     struct pop3_error *err);

/* How many messages are known to be on the server: kept ones, and those with a pending deletion. */
int seen_count(struct state *state, const char *cursor, uint64_t *kept, uint64_t *doomed,
	       struct pop3_error *err);

/* Whether at least that many kept messages are known to be on the server. A fast lookup. */
bool seen_has_many(struct state *state, const char *cursor, unsigned many);

/* Records a complete listing: updates which messages of the cursor are there and which are not. */
int seen_note_listing(struct state *state, const char *cursor, const char *const *uids,
		      size_t count, struct pop3_error *err);

/* --- deletions on the server, for all cursors; NULL UIDs are skipped --- */

/*
 * Whether any message, or a particular one, has a deletion that the server has not confirmed.
 * octets is its size in LIST, to exclude another message with the same UID.
 */
bool seen_any_doomed(struct state *state);
bool seen_is_doomed(struct state *state, const char *uid, uint64_t octets);

int seen_doom(struct state *state, const char *const *uids, size_t count, struct pop3_error *err);

/* Sets messages to SEEN_DELETED; or to SEEN_ABSENT, which they stay until they are listed again. */
int seen_set_place(struct state *state, const char *const *uids, size_t count,
		   enum seen_place place, struct pop3_error *err);

/* --- messages that failed --- */

/* Records a failure. One that does not count records only that the message was tried. */
int seen_add_failure(struct state *state, const char *cursor, const char *uid,
		     const char *reason, bool counts, struct pop3_error *err);
bool seen_any_failure(struct state *state);

#define SEEN_FAILURES_MAX 3 /* runs in which a message failed, after which it is skipped */

/* The number of counted failures of a message; -1 when none was recorded. */
int seen_failures(struct state *state, const char *cursor, const char *uid);

#endif
