#ifndef CMD_FETCH_DELIVER_H
#define CMD_FETCH_DELIVER_H

#include "mailbox/messages.h"

/* Fetching into a destination, with the state of the account: what is behind "pop3 fetch -o". */

struct fetch_options {
	const char *output;
	bool delete;
	uint64_t delete_after; /* seconds, 0 = not given */
	bool peek, crlf, accept_new_uids;
	uint64_t max_size; /* octets, 0 = any */
	uint32_t wait_lock;
	int progress;
};

/* State and destination opened, what an earlier run left in flight settled. */
int fetching_prepare(struct invocation *in, struct pop3_error *err);

/* The messages fetched and delivered, and those marked for deletion that are to go. */
int fetching_run(struct invocation *in, struct pop3_error *err);

/* QUIT was answered: the deletions are facts. */
int fetching_confirm(struct invocation *in, struct pop3_error *err);

void fetching_release(struct invocation *in);

/* Octets after which chosen message i is taken for endless: LIST's size is a hint, no more. */
uint64_t fetching_limit(const struct invocation *in, size_t i);

/* LIST says that chosen message i has more octets than are wanted. */
bool fetching_is_too_large(const struct invocation *in, size_t i);

#endif
