/* A list taken over into the seen UIDs, in one transaction. */
#include "cmd/seen/import-seen.h"

#include <time.h>

#include "state/seen.h"

struct taker {
	struct import_sink sink;
	struct state *state;
	const char *cursor;
	int64_t now;
	struct import_job *job;
};

static int take(struct import_sink *sink, const struct import_entry *entry, struct pop3_error *err)
{
	const struct taker *const taker = (const struct taker *)sink;
	const struct seen seen = {
		.uid = entry->uid,
		.fetched = entry->fetched > 0 ? entry->fetched : taker->now,
	};
	bool added;

	if (seen_add_new(taker->state, taker->cursor, &seen, &added, err) < 0)
		return -1;
	taker->job->added += added;
	taker->job->known += !added;
	return 0;
}

int import_seen(struct state *state, const char *cursor, struct import_job *job,
		struct pop3_error *err)
{
	struct taker taker = { { take }, state, cursor, time(NULL), job };
	int result = state_begin(state, err);

	if (result < 0)
		return -1;
	import_mailbox_begin(&job->mailbox, &taker.sink);
	result = import_read(job->format, &job->list, &job->mailbox.sink, err);
	if (result == 0)
		result = import_mailbox_end(&job->mailbox, err);
	import_mailbox_release(&job->mailbox);
	if (result == 0)
		return state_commit(state, err);
	state_rollback(state);
	return -1;
}
