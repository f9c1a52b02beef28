#ifndef CMD_FETCH_PRIVATE_H
#define CMD_FETCH_PRIVATE_H

#include "cmd/fetch/deliver.h"
#include "cmd/fetch/progress.h"
#include "cmd/fetch/transfer.h"
#include "pop3/verbs.h"

/* One fetch under way, from prepare to release, for the two files that are about it. */
struct fetching {
	struct pop3_deletions deletions;
	struct transfer transfer;
	struct invocation *in;
	struct buffer path; /* the destination, "~" expanded */
	struct buffer shown; /* where a message is */
	struct progress progress;
	struct pop3_listing fresh; /* the mailbox in a session that was opened again */
	uint32_t *deleted;	   /* numbers marked for deletion */
	const char **deleted_uids;
	size_t deleted_count, deleted_capacity;
};

const struct fetch_options *fetching_options(const struct invocation *in);

/* Marks what is due; the intent is in the state before. */
int fetching_delete_due(struct fetching *f, struct pop3_error *err);

#endif
