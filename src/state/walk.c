/* Along the seen table from UID to UID, and by a new search where that would be long. */
#include "state/walk.h"

#include <string.h>

#include "state/sql.h"

#define STEPS_MAX 8 /* rows: more cost more than a search */

static void step(struct state *state)
{
	state->walk.at_end = sql_row(state, state->walk.statement, &state->look_up) <= 0;
}

/* The row's UID against this one, in the order of the table. */
static int compare(const struct walk *walk, const char *uid)
{
	const size_t row = (size_t)sqlite3_column_bytes(walk->statement, 0);
	const size_t length = strlen(uid);
	const size_t shared = row < length ? row : length;
	/* Of a blob without octets there is no address. */
	const int order =
		shared > 0 ? memcmp(sqlite3_column_blob(walk->statement, 0), uid, shared) : 0;

	return order != 0 ? order : (row > length) - (row < length);
}

static int keep(struct buffer *copy, const char *text, struct pop3_error *err)
{
	buffer_clear(copy);
	buffer_append_text(copy, text);
	return buffer_check(copy, POP3_E_MEMORY, err);
}

static void search(struct state *state, const char *cursor, const char *uid)
{
	struct walk *const walk = &state->walk;

	walk_end(walk);
	walk->at_end = true;
	if (keep(&walk->cursor, cursor, &state->look_up) < 0)
		return;
	walk->statement = sql_prepare(state,
				      "SELECT uid, gone FROM seen WHERE cursor = ?1 AND uid >= ?2"
				      " ORDER BY uid",
				      &state->look_up);
	if (walk->statement == NULL)
		return;
	sql_bind_text(walk->statement, 1, buffer_text(&walk->cursor));
	/* The statement goes on when the caller's UID may be gone. */
	if (sqlite3_bind_blob(walk->statement, 2, uid, (int)strlen(uid), SQLITE_TRANSIENT) ==
	    SQLITE_OK)
		step(state);
	else
		sql_fail(state, "read", &state->look_up);
}

static bool lies_ahead(const struct walk *walk, const char *cursor, const char *uid)
{
	return walk->statement != NULL && strcmp(buffer_text(&walk->cursor), cursor) == 0 &&
	       strcmp(buffer_text(&walk->last), uid) <= 0;
}

enum walk_found walk_find(struct state *state, const char *cursor, const char *uid)
{
	struct walk *const walk = &state->walk;
	int steps = 0, order = 0;

	if (!lies_ahead(walk, cursor, uid))
		search(state, cursor, uid);
	if (keep(&walk->last, uid, &state->look_up) < 0)
		return WALK_NOTHING;
	while (!walk->at_end && (order = compare(walk, uid)) < 0) {
		if (steps++ < STEPS_MAX)
			step(state);
		else
			search(state, cursor, uid);
	}
	if (walk->at_end || order != 0)
		return WALK_NOTHING;
	return sqlite3_column_int(walk->statement, 1) != 0 ? WALK_GONE : WALK_KEPT;
}

void walk_end(struct walk *walk)
{
	sqlite3_reset(walk->statement);
	walk->statement = NULL;
}

void walk_release(struct walk *walk)
{
	buffer_release(&walk->cursor);
	buffer_release(&walk->last);
}
