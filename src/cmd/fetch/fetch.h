#ifndef CMD_FETCH_FETCH_H
#define CMD_FETCH_FETCH_H

#include "cli/command.h"
#include "cmd/fetch/transfer.h"
#include "mailbox/messages.h"
#include "pop3/verbs.h"

/* One fetch, from prepare to release, for the files of this directory. Its steps are in fetch.c. */

struct fetch_options {
	const char *output;
	bool delete;
	uint64_t delete_after; /* seconds, 0 = not given */
	bool peek, crlf, accept_new_uids;
	uint64_t max_size; /* octets, 0 = no limit */
	uint32_t wait_lock;
	int progress; /* enum progress_when */
};

struct fetch {
	struct pop3_deletions deletions; /* first: DELE's callback casts it to struct fetch */
	struct invocation *in;
	const struct fetch_options *options;
	struct buffer destination; /* as the user named it, with an absolute path */
	struct transfer transfer;
	size_t fetched; /* messages in the destination */
	bool unfinished; /* deliveries of an earlier run wait for unavailable destinations */
	bool is_proven; /* the mailbox's UIDs agree with those recorded */
	struct buffer path;		/* where a delivered message is, for its record */
	bool is_reopened;		 /* a session has replaced the first one */
	struct pop3_listing new_listing; /* of that session */
	uint32_t *stored;		/* numbers of this session whose messages are delivered */
	size_t stored_count, stored_capacity;
	uint32_t *marked;		/* numbers marked for deletion, and their UIDs */
	const char **marked_uids;	/* NULL where the server refused */
	size_t marked_count, marked_capacity;
};

/* Prints one record; its path is f->path, "-" when empty. why: the failure, or NULL. */
int fetch_print_record(struct fetch *f, uint32_t number, const char *uid, uint64_t octets,
		       const char *status, const struct pop3_error *why, struct pop3_error *err);

/* --- choose.c --- */

/* Fills in f->transfer: the messages to fetch. Prints records of those skipped. */
int fetch_choose(struct fetch *f, struct pop3_error *err);

/* After a new session: finds the new numbers of the messages not fetched yet. */
int fetch_renumber(struct fetch *f, struct pop3_error *err);

/* Octets after which chosen message i counts as endless (LIST's size is only a hint); 0 = none. */
uint64_t fetch_limit(const struct invocation *in, size_t i);

/* Whether chosen message i is larger than --max-size, by LIST. */
bool fetch_is_too_large(const struct invocation *in, size_t i);

/* --- delete.c --- */

/* Whether messages may have to be deleted, also those that an earlier run stored. */
bool fetch_has_to_delete(const struct fetch *f);

/* Marks the messages to delete on the server; before that, if not in a batch, fetch_doom. */
int fetch_mark(struct fetch *f, struct pop3_error *err);

/* Records which messages are marked: if QUIT is not answered, the next run deletes them. */
int fetch_doom(struct fetch *f, struct pop3_error *err);

#endif
