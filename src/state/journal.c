/* Deliveries that have begun: entered before they appear, looked for after a crash. */
#include "state/journal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mail/delivery-kind.h"
#include "state/seen.h"
#include "state/sql.h"

static int add_entry(const struct journal *j, const struct delivery_item *item,
		      struct pop3_error *err)
{
	sqlite3_stmt *const statement =
		sql_prepare(j->state,
			    "INSERT OR REPLACE INTO flight(cursor, uid, destination, name, octets,"
			    " doomed) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
			    err);

	if (statement == NULL)
		return -1;
	sql_bind_text(statement, 1, j->cursor);
	sql_bind_text(statement, 2, item->uid);
	sql_bind_text(statement, 3, j->destination);
	sql_bind_text(statement, 4, buffer_text(&item->name));
	sql_bind_number(statement, 5, (int64_t)item->octets);
	sql_bind_number(statement, 6, j->doomed);
	return sql_run(j->state, statement, err);
}

static int remove_entry(struct state *state, const char *cursor, const char *uid,
		       struct pop3_error *err)
{
	sqlite3_stmt *const statement =
		sql_prepare(state, "DELETE FROM flight WHERE cursor = ?1 AND uid = ?2", err);

	if (statement == NULL)
		return -1;
	sql_bind_text(statement, 1, cursor);
	sql_bind_text(statement, 2, uid);
	return sql_run(state, statement, err);
}

static int end_transaction(struct state *state, int result, struct pop3_error *err)
{
	if (result == 0)
		return state_commit(state, err);
	state_rollback(state);
	return -1;
}

int journal_begin(const struct journal *j, const struct delivery_item *items, size_t count,
		   struct pop3_error *err)
{
	int result;

	if (!j->can_recover)
		return 0;
	result = state_begin(j->state, err);
	for (size_t i = 0; result == 0 && i < count; i++)
		result = add_entry(j, &items[i], err);
	return end_transaction(j->state, result, err);
}

static int count_as_seen(const struct journal *j, const struct delivery_item *items, size_t count,
			 struct pop3_error *err)
{
	struct seen seen[SEEN_AT_ONCE];
	const int64_t now = time(NULL);
	size_t arrived = 0;

	for (size_t i = 0; i < count; i++) {
		if (items[i].failure == NULL && items[i].uid[0] != '\0')
			seen[arrived++] = (struct seen){ items[i].uid, now, items[i].octets };
		if (arrived < SEEN_AT_ONCE)
			continue;
		if (seen_add(j->state, j->cursor, seen, arrived, j->doomed, err) < 0)
			return -1;
		arrived = 0;
	}
	return seen_add(j->state, j->cursor, seen, arrived, j->doomed, err);
}

int journal_commit(const struct journal *j, const struct delivery_item *items, size_t count,
		   struct pop3_error *err)
{
	int result = state_begin(j->state, err);

	if (result == 0)
		result = count_as_seen(j, items, count, err);
	for (size_t i = 0; result == 0 && j->can_recover && i < count; i++)
		result = remove_entry(j->state, j->cursor, items[i].uid, err);
	return end_transaction(j->state, result, err);
}

/* --- after a crash --- */

struct entry {
	char *cursor, *uid, *destination, *name;
	uint64_t octets;
	bool doomed;
};

struct entries {
	struct entry *all;
	size_t count;
};

static void release_entries(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		free(entries->all[i].cursor);
		free(entries->all[i].uid);
		free(entries->all[i].destination);
		free(entries->all[i].name);
	}
	free(entries->all);
}

static bool copy_entry(struct entry *entry, sqlite3_stmt *statement)
{
	*entry = (struct entry){
		.cursor = strdup(sql_text(statement, 0)), .uid = strdup(sql_text(statement, 1)),
		.destination = strdup(sql_text(statement, 2)),
		.name = strdup(sql_text(statement, 3)),
		.octets = (uint64_t)sqlite3_column_int64(statement, 4),
		.doomed = sqlite3_column_int(statement, 5) != 0,
	};
	return entry->cursor != NULL && entry->uid != NULL && entry->destination != NULL &&
	       entry->name != NULL;
}

static int load_entries(struct state *state, struct entries *entries, struct pop3_error *err)
{
	sqlite3_stmt *const statement =
		sql_prepare(state,
			    "SELECT cursor, uid, destination, name, octets, doomed FROM flight"
			    " ORDER BY destination",
			    err);
	int more = -1;

	while (statement != NULL && (more = sql_row(state, statement, err)) > 0) {
		struct entry *const all =
			reallocarray(entries->all, entries->count + 1, sizeof *all);

		if (all != NULL)
			entries->all = all;
		if (all == NULL || !copy_entry(&all[entries->count++], statement)) {
			sqlite3_reset(statement);
			return pop3_fail(err, POP3_E_MEMORY, "out of memory");
		}
	}
	return more;
}

static int recover_one(struct state *state, struct delivery *delivery, const struct entry *entry,
		      size_t *found, struct pop3_error *err)
{
	const int arrived = delivery->kind->recover != NULL
				    ? delivery->kind->recover(delivery, entry->name, err)
				    : 0;
	const struct seen seen = { entry->uid, time(NULL), entry->octets };
	int result;

	if (arrived < 0)
		return -1;
	*found += (size_t)arrived;
	result = state_begin(state, err);
	if (result == 0 && arrived)
		result = seen_add(state, entry->cursor, &seen, 1, entry->doomed, err);
	if (result == 0)
		result = remove_entry(state, entry->cursor, entry->uid, err);
	return end_transaction(state, result, err);
}

/* All entries to the destination of the first; *next is behind them. */
static int recover_destination(struct state *state, const struct entries *entries, size_t *next,
			      const struct delivery_settings *settings, size_t *found,
			      struct pop3_error *err)
{
	const char *const destination = entries->all[*next].destination;
	struct delivery *const delivery = delivery_open(destination, settings, err);
	int result = delivery != NULL ? 0 : -1;

	for (; result == 0 && *next < entries->count &&
	       strcmp(entries->all[*next].destination, destination) == 0;
	     (*next)++)
		result = recover_one(state, delivery, &entries->all[*next], found, err);
	if (result == 0)
		result = delivery->kind->tidy(delivery, err);
	delivery_close(delivery);
	if (result < 0)
		pop3_context(err, "recovering an earlier delivery into '%s'", destination);
	return result;
}

int journal_recover(struct state *state, const struct delivery_settings *settings,
		    size_t *found, struct pop3_error *err)
{
	struct entries entries = { .all = NULL };
	int result = load_entries(state, &entries, err);

	*found = 0;
	for (size_t next = 0; result == 0 && next < entries.count;)
		result = recover_destination(state, &entries, &next, settings, found, err);
	release_entries(&entries);
	return result;
}
