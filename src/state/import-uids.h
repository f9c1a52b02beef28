#ifndef STATE_IMPORT_UIDS_H
#define STATE_IMPORT_UIDS_H

#include "state/import.h"
#include "state/state.h"

/* UIDs gathered from operands and records, then added or removed all together. */

struct import_uid {
	char *text;
	bool changed; /* after import_uids_add: it was not there before */
};

/* A sink itself; zeroed but for import_uids_begin it is empty. */
struct import_uids {
	struct import_sink sink;
	struct import_uid *items;
	size_t count, capacity;
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
