#ifndef CMD_SEEN_IMPORT_UIDS_H
#define CMD_SEEN_IMPORT_UIDS_H

#include "cmd/seen/import.h"
#include "state/state.h"

/* UIDs gathered from operands and records, then added or removed all together. */

struct import_uids {
	struct import_sink sink;
	struct buffer texts; /* one behind the other, each with its NUL */
	size_t count;
	bool *changed; /* of each, after it was added or removed: it was not there, or it was */
};

void import_uids_begin(struct import_uids *uids);
void import_uids_release(struct import_uids *uids);

/* In one transaction. What is there already keeps its time. */
int import_uids_add(struct import_uids *uids, struct state *state, const char *cursor,
		    struct pop3_error *err);

/* The same; fails with POP3_E_NO_MESSAGE, and removes nothing, when one of them is not there. */
int import_uids_remove(struct import_uids *uids, struct state *state, const char *cursor,
		       struct pop3_error *err);

#endif
