/* UIDs gathered, then added or removed all together. */
#include "state/import-uids.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "state/seen.h"

#define FIRST_CAPACITY 16

static int take(struct import_sink *sink, const struct import_entry *entry, struct pop3_error *err)
{
	struct import_uids *const uids = (struct import_uids *)sink;
	char *text;

	if (uids->count == uids->capacity) {
		const size_t capacity = uids->capacity != 0 ? uids->capacity * 2 : FIRST_CAPACITY;
		struct import_uid *const items =
			reallocarray(uids->items, capacity, sizeof *items);

		if (items == NULL)
			return pop3_fail(err, POP3_E_MEMORY, "out of memory");
		uids->items = items;
		uids->capacity = capacity;
	}
	text = strdup(entry->uid);
	if (text == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	uids->items[uids->count++] = (struct import_uid){ .text = text };
	return 0;
}

void import_uids_begin(struct import_uids *uids)
{
	*uids = (struct import_uids){ .sink.take = take };
}

void import_uids_release(struct import_uids *uids)
{
	for (size_t i = 0; i < uids->count; i++)
		free(uids->items[i].text);
	free(uids->items);
}

static int add_one(struct import_uid *uid, struct state *state, const char *cursor,
		   struct pop3_error *err)
{
	const struct seen seen = { .uid = uid->text, .fetched = time(NULL) };

	uid->changed = !seen_has(state, cursor, uid->text);
	return uid->changed ? seen_add(state, cursor, &seen, false, err) : 0;
}

static int remove_one(struct import_uid *uid, struct state *state, const char *cursor,
		      struct pop3_error *err)
{
	return seen_remove(state, cursor, uid->text, &uid->changed, err);
}

static int change_all(struct import_uids *uids, struct state *state, const char *cursor,
		      int (*change)(struct import_uid *, struct state *, const char *,
				    struct pop3_error *),
		      struct pop3_error *err)
{
	int result = state_begin(state, err);

	if (result < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < uids->count; i++)
		result = change(&uids->items[i], state, cursor, err);
	if (result == 0)
		return state_commit(state, err);
	state_rollback(state);
	return -1;
}

int import_uids_add(struct import_uids *uids, struct state *state, const char *cursor,
		    struct pop3_error *err)
{
	return change_all(uids, state, cursor, add_one, err);
}

int import_uids_remove(struct import_uids *uids, struct state *state, const char *cursor,
		       struct pop3_error *err)
{
	/* Asked for all of them first: the same one may be named twice. */
	for (size_t i = 0; i < uids->count; i++)
		if (!seen_has(state, cursor, uids->items[i].text))
			return pop3_fail(err, POP3_E_NO_MESSAGE,
					 "'%s' is not among the seen: nothing was removed",
					 uids->items[i].text);
	return change_all(uids, state, cursor, remove_one, err);
}
