/* Applies selectors to a mailbox, in time proportional to their sum, not their product. */
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "mail/selection.h"

#define SHOWN 200 /* maximum size of a UID in an error */

/* A UID in the selection, and whether a message has it. */
struct wanted {
	const char *uid;
	bool found;
};

/* The messages from index begin up to but not including index end. */
struct stretch {
	size_t begin, end;
};

static int compare_wanted(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->uid, ((const struct wanted *)b)->uid);
}

/* If the same UID was requested twice, bsearch always returns the same one of the two entries. */
static struct wanted *find_wanted(const struct wanted *sorted, size_t count, const char *uid)
{
	const struct wanted key = { .uid = uid };

	return count == 0 ? NULL : bsearch(&key, sorted, count, sizeof key, compare_wanted);
}

/* The index of the first message with at least that number. */
static size_t find_number(const struct selection_mailbox *mailbox, uint64_t number)
{
	return number_lower_bound(mailbox->numbers, mailbox->count, sizeof *mailbox->numbers,
				  number);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The range of messages that a selector selects by position; empty for UIDs. */
static struct stretch find_stretch(const struct selector *selector,
				   const struct selection_mailbox *mailbox)
{
	const size_t count = mailbox->count;

	switch (selector->kind) {
	case SELECTOR_ALL:
		return (struct stretch){ 0, count };
	case SELECTOR_NUMBER:
	case SELECTOR_RANGE:
		return (struct stretch){ find_number(mailbox, selector->first),
					 find_number(mailbox, (uint64_t)selector->last + 1) };
	case SELECTOR_FIRST:
		return (struct stretch){ 0, least(selector->first, count) };
	case SELECTOR_LAST:
		return (struct stretch){ count - least(selector->last, count), count };
	case SELECTOR_LAST_ONE:
		return (struct stretch){ count - least(1, count), count };
	case SELECTOR_NEW:
	case SELECTOR_UID:
		break;
	}
	return (struct stretch){ 0, 0 };
}

/* For a selector that selected no message: fails if it names particular ones. */
static int refuse_missing(const struct selector *selector, struct pop3_error *err)
{
	switch (selector->kind) {
	case SELECTOR_NUMBER:
		return pop3_fail(err, POP3_E_NO_MESSAGE, "no message '%u'", selector->first);
	case SELECTOR_RANGE:
		if (selector->last == UINT32_MAX)
			return pop3_fail(err, POP3_E_NO_MESSAGE, "no messages '%u-'",
					 selector->first);
		return pop3_fail(err, POP3_E_NO_MESSAGE, "no messages '%u-%u'", selector->first,
				 selector->last);
	case SELECTOR_LAST_ONE:
		return pop3_fail(err, POP3_E_NO_MESSAGE, "no message 'last': the mailbox is empty");
	case SELECTOR_UID:
		return pop3_fail(err, POP3_E_NO_MESSAGE, "no message 'uid:%.*s'", SHOWN,
				 selector->uid);
	case SELECTOR_ALL:
	case SELECTOR_FIRST:
	case SELECTOR_LAST:
	case SELECTOR_NEW:
		return 0;
	}
	return 0;
}

int selection_apply(const struct selection *selection, const struct selection_mailbox *mailbox,
		    bool *chosen, struct pop3_error *err)
{
	struct wanted *const wanted = calloc(selection->count + 1, sizeof *wanted);
	/* edges[i]: the number of stretches that begin at i, minus those that end at i. */
	int64_t *const edges = calloc(mailbox->count + 1, sizeof *edges), depth = 0;
	size_t wanted_count = 0;
	bool choose_new = false;
	int result = -1;

	if (wanted == NULL || edges == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < selection->count; i++)
		if (selection->selectors[i].kind == SELECTOR_UID)
			wanted[wanted_count++].uid = selection->selectors[i].uid;
	qsort(wanted, wanted_count, sizeof *wanted, compare_wanted);
	for (size_t i = 0; i < mailbox->count; i++) {
		struct wanted *const entry =
			mailbox->uids != NULL
				? find_wanted(wanted, wanted_count, mailbox->uids[i])
				: NULL;

		chosen[i] = entry != NULL;
		if (entry != NULL)
			entry->found = true;
	}
	for (size_t i = 0; i < selection->count; i++) {
		const struct selector *const selector = &selection->selectors[i];
		const struct stretch stretch = find_stretch(selector, mailbox);
		const struct wanted *const entry =
			selector->kind == SELECTOR_UID
				? find_wanted(wanted, wanted_count, selector->uid)
				: NULL;
		const bool chose = entry != NULL ? entry->found : stretch.begin < stretch.end;

		if (!chose && !selection->ignore_missing && refuse_missing(selector, err) < 0)
			goto out;
		choose_new = choose_new || selector->kind == SELECTOR_NEW;
		edges[stretch.begin]++;
		edges[stretch.end]--;
	}
	for (size_t i = 0; i < mailbox->count; i++) {
		depth += edges[i];
		chosen[i] = chosen[i] || depth > 0 ||
			    (choose_new && mailbox->is_new(mailbox->arg, i));
	}
	result = 0;
out:
	free(wanted);
	free(edges);
	return result;
}
