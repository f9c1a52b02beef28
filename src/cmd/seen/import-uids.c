/* UIDs gathered, then added or removed all together. */
#include "cmd/seen/import-uids.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "state/seen.h"

static int take(struct import_sink *sink, const struct import_entry *entry, struct pop3_error *err)
{
	struct import_uids *const uids = (struct import_uids *)sink;

	buffer_append(&uids->texts, entry->uid, strlen(entry->uid) + 1);
	uids->count++;
	return buffer_check(&uids->texts, POP3_E_MEMORY, err);
}

void import_uids_begin(struct import_uids *uids)
{
	*uids = (struct import_uids){ .sink.take = take };
}

void import_uids_release(struct import_uids *uids)
{
	buffer_release(&uids->texts);
	free(uids->changed);
}

static int add_one(struct state *state, const char *cursor, const char *uid, bool *changed,
		   struct pop3_error *err)
{
	const struct seen seen = { .uid = uid, .fetched = time(NULL) };

	return seen_add_new(state, cursor, &seen, changed, err);
}

static int change_all(struct import_uids *uids, struct state *state, const char *cursor,
		      int (*change)(struct state *, const char *cursor, const char *uid,
				    bool *changed, struct pop3_error *),
		      struct pop3_error *err)
{
	const char *uid = buffer_text(&uids->texts);
	int result;

	uids->changed = calloc(uids->count + 1, sizeof *uids->changed);
	if (uids->changed == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	result = state_begin(state, err);
	if (result < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < uids->count; i++) {
		result = change(state, cursor, uid, &uids->changed[i], err);
		uid += strlen(uid) + 1;
	}
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

/* The first one that is not there, NULL when all are. */
static const char *find_missing(const struct import_uids *uids, struct state *state,
				const char *cursor)
{
	const char *uid = buffer_text(&uids->texts);

	for (size_t i = 0; i < uids->count; i++) {
		if (!seen_has(state, cursor, uid))
			return uid;
		uid += strlen(uid) + 1;
	}
	return NULL;
}

int import_uids_remove(struct import_uids *uids, struct state *state, const char *cursor,
		       struct pop3_error *err)
{
	const char *missing;

	/* Asked for all of them first: the same one may be named twice. */
	state_begin_reading(state);
	missing = find_missing(uids, state, cursor);
	if (state_end_reading(state, err) < 0)
		return -1;
	if (missing != NULL)
		return pop3_fail(err, POP3_E_NO_MESSAGE,
				 "'%s' is not among the seen: nothing was removed", missing);
	return change_all(uids, state, cursor, seen_remove, err);
}
