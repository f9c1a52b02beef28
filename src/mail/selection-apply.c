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

struct wanted_uids {
	struct wanted *sorted;
	size_t count;
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
static struct wanted *find_wanted(const struct wanted_uids *wanted, const char *uid)
{
	const struct wanted key = { .uid = uid };

	if (wanted->count == 0)
		return NULL;
	return bsearch(&key, wanted->sorted, wanted->count, sizeof key, compare_wanted);
}

static bool was_found(const struct wanted_uids *wanted, const char *uid)
{
	const struct wanted *const entry = find_wanted(wanted, uid);

	return entry != NULL && entry->found;
}

static int collect_wanted(struct wanted_uids *wanted, const struct selection *selection,
			  struct pop3_error *err)
{
	wanted->sorted = calloc(selection->count + 1, sizeof *wanted->sorted);
	if (wanted->sorted == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < selection->count; i++)
		if (selection->selectors[i].kind == SELECTOR_UID)
			wanted->sorted[wanted->count++].uid = selection->selectors[i].uid;
	qsort(wanted->sorted, wanted->count, sizeof *wanted->sorted, compare_wanted);
	return 0;
}

static void choose_wanted(struct wanted_uids *wanted, const struct selection_mailbox *mailbox,
			  bool *chosen)
{
	if (wanted->count == 0 || mailbox->uids == NULL)
		return;
	for (size_t i = 0; i < mailbox->count; i++) {
		struct wanted *const entry = find_wanted(wanted, mailbox->uids[i]);

		if (entry != NULL)
			entry->found = chosen[i] = true;
	}
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

/* Fails when a selector that names particular messages selected none. */
static int check_found(const struct selector *selector, bool chose, struct pop3_error *err)
{
	if (chose)
		return 0;
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

/* edges[i] is set to the number of stretches that begin at i, minus those that end at i. */
static int mark_stretches(const struct selection *selection,
			  const struct selection_mailbox *mailbox,
			  const struct wanted_uids *wanted, int64_t *edges, struct pop3_error *err)
{
	for (size_t i = 0; i < selection->count; i++) {
		const struct selector *const selector = &selection->selectors[i];
		const struct stretch stretch = find_stretch(selector, mailbox);
		const bool chose = selector->kind == SELECTOR_UID
					   ? was_found(wanted, selector->uid)
					   : stretch.begin < stretch.end;

		if (!selection->ignore_missing && check_found(selector, chose, err) < 0)
			return -1;
		edges[stretch.begin]++;
		edges[stretch.end]--;
	}
	return 0;
}

static void choose_stretches(const int64_t *edges, size_t count, bool *chosen)
{
	int64_t depth = 0;

	for (size_t i = 0; i < count; i++) {
		depth += edges[i];
		chosen[i] = chosen[i] || depth > 0;
	}
}

static void choose_new(const struct selection *selection, const struct selection_mailbox *mailbox,
		       bool *chosen)
{
	bool wanted = false;

	for (size_t i = 0; i < selection->count; i++)
		wanted = wanted || selection->selectors[i].kind == SELECTOR_NEW;
	for (size_t i = 0; wanted && i < mailbox->count; i++)
		chosen[i] = chosen[i] || mailbox->is_new(mailbox->arg, i);
}

int selection_apply(const struct selection *selection, const struct selection_mailbox *mailbox,
		    bool *chosen, struct pop3_error *err)
{
	struct wanted_uids wanted = { 0 };
	int64_t *const edges = calloc(mailbox->count + 1, sizeof *edges);
	int result = -1;

	for (size_t i = 0; i < mailbox->count; i++)
		chosen[i] = false;
	if (edges == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (collect_wanted(&wanted, selection, err) < 0)
		goto out;
	choose_wanted(&wanted, mailbox, chosen);
	if (mark_stretches(selection, mailbox, &wanted, edges, err) < 0)
		goto out;
	choose_stretches(edges, mailbox->count, chosen);
	choose_new(selection, mailbox, chosen);
	result = 0;
out:
	free(wanted.sorted);
	free(edges);
	return result;
}
