/*
 * The journal of deliveries: entries are written before messages are published, checked after a
 * crash.
 */
#include "state/journal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/array.h"
#include "mail/delivery-kind.h"
#include "state/seen.h"
#include "state/sql.h"

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
	sqlite3_stmt *statement;
	int result = 0;

	if (!j->can_recover)
		return 0;
	statement = sql_prepare(j->state,
				"INSERT OR REPLACE INTO flight(cursor, uid, destination, name,"
				" octets, doomed) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
				err);
	if (statement == NULL || state_begin(j->state, err) < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < count; i++) {
		sql_bind_text(statement, 1, j->cursor);
		sql_bind_text(statement, 2, items[i].uid);
		sql_bind_text(statement, 3, j->destination);
		sql_bind_text(statement, 4, buffer_text(&items[i].name));
		sqlite3_bind_int64(statement, 5, (int64_t)items[i].octets);
		sqlite3_bind_int64(statement, 6, j->doomed);
		result = sql_run(j->state, statement, err);
	}
	return end_transaction(j->state, result, err);
}

int journal_commit(const struct journal *j, const struct delivery_item *items, size_t count,
		   struct pop3_error *err)
{
	struct seen seen[SEEN_AT_ONCE];
	const int64_t now = time(NULL);
	size_t arrived = 0;
	int result = 0;

	if (state_begin(j->state, err) < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < count; i++) {
		if (items[i].failure == NULL && items[i].uid[0] != '\0')
			seen[arrived++] = (struct seen){
				.uid = items[i].uid, .fetched = now, .octets = items[i].octets,
				.listed = items[i].listed, .header = items[i].header,
				.place = j->place,
			};
		if (arrived < SEEN_AT_ONCE && i + 1 < count)
			continue;
		result = seen_add(j->state, j->cursor, seen, arrived, j->doomed, err);
		arrived = 0;
	}
	for (size_t i = 0; result == 0 && j->can_recover && i < count; i++)
		result = remove_entry(j->state, j->cursor, items[i].uid, err);
	return end_transaction(j->state, result, err);
}

/* --- recovery after a crash --- */

struct entry {
	char *cursor, *uid, *destination;
	bool doomed, arrived;
	struct delivery_item item; /* only the members stored in the journal */
};

struct entries {
	struct entry *all;
	size_t count, capacity;
};

static int load_entries(struct state *state, struct entries *entries, struct pop3_error *err)
{
	sqlite3_stmt *const statement =
		sql_prepare(state,
			    "SELECT cursor, uid, destination, name, octets, doomed FROM flight"
			    " ORDER BY destination",
			    err);
	int more = -1;

	while (statement != NULL && (more = sql_row(state, statement, err)) > 0) {
		struct entry *const all = array_room(entries->all, entries->count,
						     &entries->capacity, sizeof *all);
		struct entry *entry;

		if (all == NULL)
			goto no_memory;
		entries->all = all;
		entry = &all[entries->count++];
		*entry = (struct entry){
			.cursor = strdup(sql_text(statement, 0)),
			.uid = strdup(sql_text(statement, 1)),
			.destination = strdup(sql_text(statement, 2)),
			.doomed = sqlite3_column_int(statement, 5) != 0,
		};
		entry->item.uid = entry->uid;
		buffer_append_text(&entry->item.name, sql_text(statement, 3));
		entry->item.octets = (uint64_t)sqlite3_column_int64(statement, 4);
		if (entry->cursor == NULL || entry->uid == NULL || entry->destination == NULL ||
		    entry->item.name.no_memory)
			goto no_memory;
	}
	return more;
no_memory:
	sqlite3_reset(statement);
	return pop3_fail(err, POP3_E_MEMORY, "out of memory");
}

static int resolve(struct state *state, const struct entry *entries, size_t count,
		   struct pop3_error *err)
{
	int result = 0;

	if (state_begin(state, err) < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < count; i++) {
		const struct entry *const entry = &entries[i];
		const struct seen seen = {
			.uid = entry->uid, .fetched = time(NULL), .octets = entry->item.octets,
		};

		if (entry->arrived && entry->uid[0] != '\0')
			result = seen_add(state, entry->cursor, &seen, 1, entry->doomed, err);
		if (result == 0)
			result = remove_entry(state, entry->cursor, entry->uid, err);
	}
	return end_transaction(state, result, err);
}

/* Leftovers that cannot be removed now are removed before the next delivery. */
static int recover_destination(struct state *state, struct entry *entries, size_t count,
			       const struct delivery_settings *settings,
			       struct journal_recovery *recovery, struct pop3_error *err)
{
	struct delivery_settings existing = *settings;
	struct delivery *delivery;
	struct pop3_error why;
	int found = 0, result;

	existing.must_exist = true;
	delivery = delivery_open(entries->destination, &existing, &why);
	if (delivery == NULL)
		found = -1;
	for (size_t i = 0; found >= 0 && delivery->kind->recover != NULL && i < count; i++) {
		found = delivery->kind->recover(delivery, &entries[i].item, &why);
		entries[i].arrived = found > 0;
	}
	if (found < 0) {
		delivery_close(delivery);
		pop3_context(&why, "unfinished delivery into '%s'", entries->destination);
		return recovery->postpone(recovery, entries->destination, &why, err);
	}
	result = resolve(state, entries, count, err);
	if (result == 0 && delivery->kind->tidy != NULL)
		delivery->kind->tidy(delivery, &why);
	delivery_close(delivery);
	for (size_t i = 0; i < count; i++)
		recovery->arrived += entries[i].arrived;
	return result;
}

int journal_recover(struct state *state, const struct delivery_settings *settings,
		    struct journal_recovery *recovery, struct pop3_error *err)
{
	struct entries entries = { .all = NULL };
	int result = load_entries(state, &entries, err);
	size_t count;

	for (size_t i = 0; result == 0 && i < entries.count; i += count) {
		struct entry *const first = &entries.all[i];

		for (count = 1; i + count < entries.count; count++)
			if (strcmp(first->destination, first[count].destination) != 0)
				break;
		result = recover_destination(state, first, count, settings, recovery, err);
	}
	for (size_t i = 0; i < entries.count; i++) {
		free(entries.all[i].cursor);
		free(entries.all[i].uid);
		free(entries.all[i].destination);
		delivery_item_release(&entries.all[i].item);
	}
	free(entries.all);
	return result;
}

bool journal_has(struct state *state, const char *cursor, const char *uid)
{
	sqlite3_stmt *const statement =
		sql_prepare(state, "SELECT 1 FROM flight WHERE cursor = ?1 AND uid = ?2",
			    &state->look_up);
	bool has;

	if (statement == NULL)
		return false;
	sql_bind_text(statement, 1, cursor);
	sql_bind_text(statement, 2, uid);
	has = sql_row(state, statement, &state->look_up) > 0;
	sqlite3_reset(statement);
	return has;
}
