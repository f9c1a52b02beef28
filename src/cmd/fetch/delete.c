/* What a fetch deletes on the server: what is safe and was to go, also by a run cut short before. */
#include <stdlib.h>
#include <time.h>

#include "cli/warn.h"
#include "cmd/fetch/private.h"
#include "mailbox/mailbox.h"
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

/* The mailbox's own listing, unless a new session had to be opened: there nothing is marked. */
static struct mailbox *marked_mailbox(const struct fetching *f)
{
	return f->fresh.count == 0 ? f->in->mailbox : NULL;
}

/* By what is due, not by what is there: of the lines of a batch, thousands may be kept. */
static int make_room(struct fetching *f, struct pop3_error *err)
{
	const size_t capacity = f->deleted_capacity > 0 ? f->deleted_capacity * 2 : 8;
	uint32_t *numbers;
	const char **uids = NULL;

	if (f->deleted_count < f->deleted_capacity)
		return 0;
	numbers = reallocarray(f->deleted, capacity, sizeof *numbers);
	if (numbers != NULL) {
		f->deleted = numbers;
		uids = reallocarray(f->deleted_uids, capacity, sizeof *uids);
	}
	if (uids == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	f->deleted_uids = uids;
	f->deleted_capacity = capacity;
	return 0;
}

static int add_due(struct fetching *f, const struct pop3_listing *listing, size_t i,
		   struct pop3_error *err)
{
	struct mailbox *const box = marked_mailbox(f);

	if (make_room(f, err) < 0)
		return -1;
	f->deleted[f->deleted_count] = listing->entries[i].number;
	f->deleted_uids[f->deleted_count++] = pop3_listing_uid(listing, i);
	return box != NULL ? mailbox_mark(box, i, err) : 0;
}

/* All that is safe and was to be deleted, also by an earlier run that was cut short. */
static int find_due(struct fetching *f, struct pop3_error *err)
{
	const struct mailbox *const box = marked_mailbox(f);
	const struct pop3_listing *const listing = box != NULL ? &box->listing : &f->fresh;
	const int64_t now = time(NULL);
	bool any;
	int result = 0;

	state_begin_reading(f->in->state);
	any = fetching_options(f->in)->delete_after > 0 || seen_any_doomed(f->in->state);
	for (size_t i = 0; any && result == 0 && i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);
		const bool there = box == NULL || !mailbox_is_marked(box, i);

		if (uid != NULL && there && is_due(f, uid, now))
			result = add_due(f, listing, i, err);
	}
	return state_end_reading(f->in->state, err) < 0 ? -1 : result;
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
static void note_refusal(struct pop3_deletions *deletions, size_t i, const struct pop3_error *why)
{
	struct fetching *const f = (struct fetching *)deletions;

	struct mailbox *const box = marked_mailbox(f);

	if (box != NULL)
		mailbox_unmark(box, (size_t)pop3_listing_find(&box->listing, f->deleted[i]));
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
	f->deletions.refused = note_refusal;
	return pop3_dele(f->in->session, f->deleted, f->deleted_count, &f->deletions, err);
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
