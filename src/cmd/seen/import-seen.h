#ifndef CMD_SEEN_IMPORT_SEEN_H
#define CMD_SEEN_IMPORT_SEEN_H

#include "cmd/seen/import-mailbox.h"
#include "state/state.h"

/* A list taken over into the seen UIDs: all of it, or nothing. */

struct import_job {
	const struct import_format *format;
	struct import_list list;
	struct import_mailbox mailbox; /* whose UIDs; of no account where the format names none */
	uint64_t added, known;	       /* what came of it */
};

/* What is there already keeps its time, the others get the list's, or else the present one. */
int import_seen(struct state *state, const char *cursor, struct import_job *job,
		struct pop3_error *err);

#endif
