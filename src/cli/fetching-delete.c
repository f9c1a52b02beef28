/* What a fetch deletes on the server: what is safe and was to go, also by a run cut short before. */
#include <stdlib.h>
#include <time.h>

#include "cli/fetching-inside.h"
#include "cli/warn.h"
#include "pop3/verbs.h"
#include "state/seen.h"

static bool is_due(const struct fetching *f, const char *uid, int64_t now)
{
	const uint64_t age = fetching_options(f->in)->delete_after;
	int64_t fetched;

	if (seen_is_doomed(f->in->state, uid))
		return true;
	if (age == 0)
		return false;
	fetched = seen_fetched(f->in->state, messages_cursor(f->in->messages), uid);
	return fetched != 0 && now - fetched >= (int64_t)age;
}

/* All that is safe and was to be deleted, also by an earlier run that was cut short. */
static int find_due(struct fetching *f, struct pop3_error *err)
{
	const struct pop3_listing *const listing =
		f->fresh.count > 0 ? &f->fresh : &f->in->messages->listing;
	const int64_t now = time(NULL);
	bool any;

	free(f->deleted);
	free(f->deleted_uids);
	f->deleted = calloc(listing->count + 1, sizeof *f->deleted);
	f->deleted_uids = calloc(listing->count + 1, sizeof *f->deleted_uids);
	if (f->deleted == NULL || f->deleted_uids == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	state_begin_reading(f->in->state);
	any = fetching_options(f->in)->delete_after > 0 || seen_any_doomed(f->in->state);
	for (size_t i = 0; any && i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);

		if (uid == NULL || !is_due(f, uid, now))
			continue;
		f->deleted[f->deleted_count] = listing->entries[i].number;
		f->deleted_uids[f->deleted_count++] = uid;
	}
	return state_end_reading(f->in->state, err);
}

/* The intent is written down first: what QUIT leaves in doubt the next run deletes by UID. */
static int doom(struct fetching *f, struct pop3_error *err)
{
	struct state *const state = f->in->state;

	if (state_begin(state, err) < 0)
		return -1;
	for (size_t i = 0; i < f->deleted_count; i++)
		if (seen_doom(state, f->deleted_uids[i], err) < 0) {
			state_rollback(state);
			return -1;
		}
	return state_commit(state, err);
}

/* What the server would not mark it still has: that is no deletion to be confirmed. */
static void note_refusal(void *arg, size_t i, const struct pop3_error *why)
{
	struct fetching *const f = arg;

	f->in->failed++;
	warn(f->in, "message %u is not deleted: %s", f->deleted[i], why->text);
	f->deleted_uids[i] = NULL;
}

int fetching_delete_due(struct fetching *f, struct pop3_error *err)
{
	if (fetching_options(f->in)->peek)
		return 0;
	if (find_due(f, err) < 0 || (f->deleted_count > 0 && doom(f, err) < 0))
		return -1;
	return pop3_dele(f->in->session, f->deleted, f->deleted_count, note_refusal, f, err);
}

int fetching_confirm(struct invocation *in, struct pop3_error *err)
{
	struct fetching *const f = in->work;

	if (f->deleted_count == 0)
		return 0;
	if (state_begin(in->state, err) < 0)
		return -1;
	for (size_t i = 0; i < f->deleted_count; i++)
		if (f->deleted_uids[i] != NULL &&
		    seen_set_gone(in->state, f->deleted_uids[i], err) < 0) {
			state_rollback(in->state);
			return -1;
		}
	return state_commit(in->state, err);
}
