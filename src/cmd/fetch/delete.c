/* What a fetch deletes on the server: stored messages, also those of an interrupted run. */
#include <stdlib.h>
#include <time.h>

#include "base/array.h"
#include "cli/command.h"
#include "cmd/fetch/fetch.h"
#include "mailbox/mailbox.h"
#include "state/seen.h"

static int by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Stored in this session under that number, or recorded with the same UID and size. */
static bool should_delete(const struct fetch *f, const struct pop3_entry *entry, const char *uid,
			  int64_t now)
{
	const uint64_t age = f->options->delete_after;
	const struct seen *seen;

	if (f->stored_count > 0 && bsearch(&entry->number, f->stored, f->stored_count,
					   sizeof *f->stored, by_number) != NULL)
		return true;
	if (uid == NULL || uid[0] == '\0')
		return false;
	if (seen_is_doomed(f->in->state, uid, entry->octets))
		return true;
	if (age == 0)
		return false;
	seen = seen_find(f->in->state, f->in->messages->cursor, uid);
	return seen != NULL && seen_agrees(seen, entry->octets) &&
	       now - seen->fetched >= (int64_t)age;
}

/* NULL when the session was reopened: the mailbox's listing and its marks are then outdated. */
static struct mailbox *mailbox_of(const struct fetch *f)
{
	return f->is_reopened ? NULL : f->in->mailbox;
}

/* Grows with the messages to delete, not with the maildrop: a batch keeps one per line. */
static int add_due(struct fetch *f, const struct pop3_listing *listing, size_t i,
		   struct pop3_error *err)
{
	struct mailbox *const box = mailbox_of(f);
	size_t capacity = f->marked_capacity; /* of both arrays, once both have grown */
	uint32_t *const numbers = array_room(f->marked, f->marked_count, &capacity,
					     sizeof *numbers);
	const char **uids;

	if (numbers == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	f->marked = numbers;
	uids = array_room(f->marked_uids, f->marked_count, &f->marked_capacity, sizeof *uids);
	if (uids == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	f->marked_uids = uids;
	f->marked[f->marked_count] = listing->entries[i].number;
	f->marked_uids[f->marked_count++] = pop3_listing_uid(listing, i);
	return box != NULL ? mailbox_mark(box, i, err) : 0;
}

/* A message that the server refused to mark stays there: no deletion to confirm. */
static void note_refusal(struct pop3_deletions *deletions, size_t i, const struct pop3_error *why)
{
	struct fetch *const f = (struct fetch *)deletions;
	struct mailbox *const box = mailbox_of(f);

	if (box != NULL)
		mailbox_unmark(box, (size_t)pop3_listing_find(&box->listing, f->marked[i]));
	f->in->failed++;
	warn(f->in, "message %u was not deleted: %s", f->marked[i], why->text);
	f->marked_uids[i] = NULL;
}

bool fetch_has_to_delete(const struct fetch *f)
{
	return !f->options->peek && (f->options->delete || f->options->delete_after > 0 ||
				     seen_any_doomed(f->in->state));
}

int fetch_doom(struct fetch *f, struct pop3_error *err)
{
	return f->marked_count == 0
		       ? 0 : seen_doom(f->in->state, f->marked_uids, f->marked_count, err);
}

int fetch_mark(struct fetch *f, struct pop3_error *err)
{
	const struct mailbox *const box = mailbox_of(f);
	const struct pop3_listing *const listing = box != NULL ? &box->listing : &f->new_listing;
	const int64_t now = time(NULL);
	bool any;
	int result = 0;

	state_begin_reading(f->in->state);
	if (f->stored_count > 0)
		qsort(f->stored, f->stored_count, sizeof *f->stored, by_number);
	any = f->stored_count > 0 || f->options->delete_after > 0 || seen_any_doomed(f->in->state);
	for (size_t i = 0; any && result == 0 && i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);
		const bool there = box == NULL || !mailbox_is_marked(box, i);

		if (there && should_delete(f, &listing->entries[i], uid, now))
			result = add_due(f, listing, i, err);
	}
	if (state_end_reading(f->in->state, err) < 0 || result < 0)
		return -1;
	/* A line of a batch waits for the end: a later one may take the marks back. */
	if (f->in->is_last && fetch_doom(f, err) < 0)
		return -1;
	f->deletions.refused = note_refusal;
	return pop3_dele(f->in->session, f->marked, f->marked_count, &f->deletions, err);
}
