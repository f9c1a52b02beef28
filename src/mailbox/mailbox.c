/* The messages of a session, and which of them are marked as deleted. */
#include "mailbox/mailbox.h"

#include <stdlib.h>
#include <string.h>

#include "pop3/verbs.h"
#include "state/seen.h"

bool mailbox_is_marked(const struct mailbox *mailbox, size_t place)
{
	return mailbox->marked != NULL && mailbox->marked[place];
}

int mailbox_mark(struct mailbox *mailbox, size_t place, struct pop3_error *err)
{
	if (mailbox->marked == NULL)
		mailbox->marked = calloc(mailbox->listing.count + 1, sizeof *mailbox->marked);
	if (mailbox->marked == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	mailbox->marked_count += !mailbox->marked[place];
	mailbox->marked[place] = true;
	return 0;
}

void mailbox_unmark(struct mailbox *mailbox, size_t place)
{
	if (!mailbox_is_marked(mailbox, place))
		return;
	mailbox->marked[place] = false;
	mailbox->marked_count--;
}

void mailbox_unmark_all(struct mailbox *mailbox)
{
	free(mailbox->marked);
	mailbox->marked = NULL;
	mailbox->marked_count = 0;
	mailbox->resets++;
}

void mailbox_forget(struct mailbox *mailbox)
{
	mailbox_unmark_all(mailbox);
	pop3_listing_release(&mailbox->listing);
	buffer_release(&mailbox->shared.repeated);
	buffer_release(&mailbox->shared.ambiguous);
	mailbox->unanswered = 0;
	mailbox->known = mailbox->must_stay = mailbox->is_renewed = mailbox->by_size = false;
}

/* "USER": the value for this user is announced after login (RFC 2449 section 6.7). */
int mailbox_learn_expiry(struct pop3_session *session, struct pop3_error *err)
{
	if (!pop3_capa_lists(pop3_session_capa(session), "EXPIRE", "USER") ||
	    pop3_capa(session, err) == 0)
		return 0;
	/* A server that refuses CAPA after login announces nothing else there. */
	return err->code == POP3_E_REFUSED ? 0 : -1;
}

/* --- a new session --- */

/* Whether the server's UID or size shows that this is the same message as before. */
static bool is_same(const struct pop3_listing *before, size_t i, const struct pop3_listing *now,
		    bool is_marked)
{
	const ptrdiff_t j = pop3_listing_find(now, before->entries[i].number);
	const char *const uid = pop3_listing_uid(before, i);
	const char *const uid_now = j >= 0 ? pop3_listing_uid(now, (size_t)j) : NULL;
	const bool has_uids = uid != NULL && uid_now != NULL && uid[0] != '\0';
	const bool same_uid = has_uids && strcmp(uid, uid_now) == 0;
	const bool same_size = j >= 0 && before->entries[i].octets == now->entries[j].octets;

	/* For deletions the size alone is not enough: mailbox_prove compares synthetic UIDs. */
	if (is_marked)
		return same_size && (same_uid || (uid != NULL && seen_is_synthetic(uid)));
	if (has_uids && !seen_is_synthetic(uid))
		return same_uid;
	/* A repeated UID, while sizes were not requested: the other messages show it. */
	if (now->has_uids && before->entries[i].octets == POP3_OCTETS_UNKNOWN)
		return uid_now != NULL && now->count == before->count;
	return same_size && before->entries[i].octets != POP3_OCTETS_UNKNOWN;
}

static int fail_changed(struct pop3_error *err)
{
	return pop3_fail(err, POP3_E_LOST, "the mailbox may have changed in the new session");
}

int mailbox_check_numbers(struct pop3_session *session, const struct pop3_listing *before,
			  const struct mailbox *mailbox, struct pop3_error *err)
{
	struct pop3_listing now = { .count = 0 };
	int result = pop3_list(session, POP3_LIST_OCTETS | POP3_LIST_UIDS, &now, err);

	for (size_t i = 0; result == 0 && i < before->count; i++)
		if (!is_same(before, i, &now, mailbox != NULL && mailbox_is_marked(mailbox, i)))
			result = fail_changed(err);
	pop3_listing_release(&now);
	return result;
}

int mailbox_prove(struct mailbox *mailbox, struct pop3_session *session, struct pop3_error *err)
{
	int result;

	if (!mailbox->by_size)
		return 0;
	result = synthetic_uid_compare(session, &mailbox->listing, err);
	if (result <= 0)
		return result < 0 ? -1 : fail_changed(err);
	mailbox->by_size = false;
	return 0;
}

struct marking {
	struct pop3_deletions deletions; /* first: DELE's callback casts it to struct marking */
	bool any_refused;
};

static void note_refusal(struct pop3_deletions *deletions, size_t i, const struct pop3_error *why)
{
	(void)i, (void)why;
	((struct marking *)deletions)->any_refused = true;
}

int mailbox_reopen(struct mailbox *mailbox, const struct pop3_listing *listing,
		   struct pop3_session *session, struct pop3_error *err)
{
	struct marking marking = { .deletions = { note_refusal } };
	uint32_t *numbers;
	size_t count = 0;
	int result;

	if (pop3_session_reopen(session, err) < 0)
		return -1;
	if (listing->count > 0 && mailbox_check_numbers(session, listing, mailbox, err) < 0)
		return -1;
	if (mailbox == NULL)
		return 0;
	mailbox->is_renewed = mailbox->by_size = true;
	if (mailbox->marked_count == 0)
		return 0;
	if (mailbox_prove(mailbox, session, err) < 0)
		return -1;
	/* A new session has none of the marks of the one before. */
	numbers = calloc(mailbox->marked_count + 1, sizeof *numbers);
	if (numbers == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < mailbox->listing.count; i++)
		if (mailbox_is_marked(mailbox, i))
			numbers[count++] = mailbox->listing.entries[i].number;
	result = pop3_dele(session, numbers, count, &marking.deletions, err);
	free(numbers);
	return result == 0 && marking.any_refused ? fail_changed(err) : result;
}
