/* The fetched UIDs, their pending deletions on the server, and messages that failed. */
#include "state/seen.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "pop3/listing.h"
#include "state/sql.h"

/* Prepares a statement whose first parameters are a cursor, a UID, or both. */
static sqlite3_stmt *about(struct state *state, const char *text, const char *cursor,
			   const char *uid, struct pop3_error *err)
{
	sqlite3_stmt *const statement = sql_prepare(state, text, err);

	if (statement == NULL)
		return NULL;
	if (cursor != NULL)
		sql_bind_text(statement, 1, cursor);
	if (uid != NULL)
		sql_bind_text(statement, cursor != NULL ? 2 : 1, uid);
	return statement;
}

/* Runs a query for a single number; 0 when there is no row. */
static int64_t look_up(struct state *state, const char *text, const char *cursor, const char *uid)
{
	struct pop3_error *const err = &state->look_up;
	sqlite3_stmt *const statement = about(state, text, cursor, uid, err);
	int64_t number = 0;

	if (statement == NULL)
		return 0;
	if (sql_row(state, statement, err) > 0)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return number;
}

static int change(struct state *state, const char *text, const char *cursor, const char *uid,
		  struct pop3_error *err)
{
	sqlite3_stmt *const statement = about(state, text, cursor, uid, err);

	return statement != NULL ? sql_run(state, statement, err) : -1;
}

/* --- lookups --- */

#define COLUMNS "uid, fetched, octets, doomed, gone, listed, header"

/* Reads a row of COLUMNS; uid is borrowed until the next row. */
static struct seen read_record(sqlite3_stmt *statement)
{
	return (struct seen){
		.uid = sql_text(statement, 0),
		.fetched = sqlite3_column_int64(statement, 1),
		.octets = (uint64_t)sqlite3_column_int64(statement, 2),
		.doomed = sqlite3_column_int(statement, 3) != 0,
		.place = (enum seen_place)sqlite3_column_int(statement, 4),
		.listed = (uint64_t)sqlite3_column_int64(statement, 5),
		.header = (uint64_t)sqlite3_column_int64(statement, 6),
	};
}

/* Loads all records of a cursor, in the order of the primary key, which is that of strcmp. */
static int load_records(struct state *state, const char *cursor, struct pop3_error *err)
{
	struct seen_records *const records = &state->seen;
	sqlite3_stmt *const statement = about(
		state, "SELECT " COLUMNS " FROM seen WHERE cursor = ?1 ORDER BY uid", cursor, NULL,
		err);
	const char *uid;
	int more = -1;

	records->count = 0;
	buffer_clear(&records->uids);
	buffer_clear(&records->cursor);
	buffer_append_text(&records->cursor, cursor);
	while (statement != NULL && (more = sql_row(state, statement, err)) > 0) {
		struct seen *const all = array_room(records->all, records->count,
						    &records->capacity, sizeof *all);

		if (all == NULL) {
			sqlite3_reset(statement);
			return pop3_fail(err, POP3_E_MEMORY, "out of memory");
		}
		records->all = all;
		all[records->count++] = read_record(statement);
		buffer_append(&records->uids, sqlite3_column_blob(statement, 0),
			      (size_t)sqlite3_column_bytes(statement, 0));
		buffer_append_octet(&records->uids, '\0');
	}
	if (more < 0 || buffer_check(&records->uids, POP3_E_MEMORY, err) < 0 ||
	    buffer_check(&records->cursor, POP3_E_MEMORY, err) < 0)
		return -1;
	uid = buffer_text(&records->uids);
	for (size_t i = 0; i < records->count; i++) {
		records->all[i].uid = uid;
		uid += strlen(uid) + 1;
	}
	records->loaded = true;
	return 0;
}

static int compare_uid(const void *uid, const void *record)
{
	return strcmp(uid, ((const struct seen *)record)->uid);
}

const struct seen *seen_find(struct state *state, const char *cursor, const char *uid)
{
	const struct seen_records *const records = &state->seen;

	if (uid[0] == '\0')
		return NULL;
	if ((!records->loaded || strcmp(buffer_text(&records->cursor), cursor) != 0) &&
	    load_records(state, cursor, &state->look_up) < 0)
		return NULL;
	if (records->count == 0)
		return NULL;
	return bsearch(uid, records->all, records->count, sizeof *records->all, compare_uid);
}

bool seen_any_by_uid(struct state *state)
{
	return look_up(state,
		       "SELECT 1 FROM seen WHERE substr(uid, 1, 4) != CAST('top:' AS BLOB) LIMIT 1",
		       NULL, NULL) != 0;
}

bool seen_has(struct state *state, const char *cursor, const char *uid)
{
	return seen_find(state, cursor, uid) != NULL;
}

bool seen_any_absent(struct state *state, const char *cursor)
{
	return look_up(state, "SELECT 1 FROM seen WHERE cursor = ?1 AND gone = 1 LIMIT 1", cursor,
		       NULL) != 0;
}

/* --- comparing messages --- */

bool seen_is_synthetic(const char *uid)
{
	return strncmp(uid, "top:", 4) == 0;
}

bool seen_is_known(const struct seen *seen, uint64_t octets)
{
	if (seen->place == SEEN_DELETED)
		return false;
	if (seen->listed == 0 || octets == POP3_OCTETS_UNKNOWN || octets == seen->listed)
		return true;
	return seen->place == SEEN_THERE && !seen_is_synthetic(seen->uid);
}

bool seen_agrees(const struct seen *seen, uint64_t octets)
{
	if (seen->place == SEEN_DELETED || seen->octets == 0)
		return false;
	if (octets == POP3_OCTETS_UNKNOWN)
		return seen->listed == 0;
	return octets == (seen->listed != 0 ? seen->listed : seen->octets);
}

bool seen_any_repeated(struct state *state)
{
	return look_up(state, "SELECT 1 FROM repeated LIMIT 1", NULL, NULL) != 0;
}

bool seen_is_repeated(struct state *state, const char *uid)
{
	return look_up(state, "SELECT 1 FROM repeated WHERE uid = ?1", NULL, uid) != 0;
}

/* --- changes --- */

static int forget_failure(struct state *state, const char *cursor, const char *uid,
			  struct pop3_error *err)
{
	if (state->no_failures)
		return 0;
	return change(state, "DELETE FROM failure WHERE cursor = ?1 AND uid = ?2", cursor, uid,
		      err);
}

#define TIMES_10(row)                                                                              \
	row "," row "," row "," row "," row "," row "," row "," row "," row "," row
#define ROW "(?1, ?2, ?, ?, ?, ?, ?, ?)"
#define ROWS TIMES_10(TIMES_10(ROW))
#define INTO_SEEN " INTO seen(cursor, doomed, uid, fetched, octets, listed, header, gone) VALUES"
#define OR_UPDATE                                                                                  \
	" ON CONFLICT DO UPDATE SET fetched = iif(gone, excluded.fetched, fetched),"               \
	" octets = excluded.octets, listed = excluded.listed, header = excluded.header,"          \
	" gone = iif(gone, excluded.gone, 0),"                                                     \
	" doomed = excluded.doomed OR (doomed AND listed = excluded.listed)"                       \
	" WHERE gone OR excluded.doomed"

static_assert(sizeof ROWS == SEEN_AT_ONCE * sizeof ROW, "as many rows as are added at once");

static int add_rows(struct state *state, const char *text, const char *cursor,
		    const struct seen *seen, size_t count, bool doomed, struct pop3_error *err)
{
	sqlite3_stmt *const statement = about(state, text, cursor, NULL, err);
	int i = 2;

	if (statement == NULL)
		return -1;
	sqlite3_bind_int64(statement, i++, doomed);
	for (size_t row = 0; row < count; row++) {
		sql_bind_text(statement, i++, seen[row].uid);
		sqlite3_bind_int64(statement, i++, seen[row].fetched);
		sqlite3_bind_int64(statement, i++, (int64_t)seen[row].octets);
		sqlite3_bind_int64(statement, i++, (int64_t)seen[row].listed);
		sqlite3_bind_int64(statement, i++, (int64_t)seen[row].header);
		sqlite3_bind_int64(statement, i++, seen[row].place);
	}
	return sql_run(state, statement, err);
}

int seen_add(struct state *state, const char *cursor, const struct seen *seen, size_t count,
	     bool doomed, struct pop3_error *err)
{
	size_t added = 0;
	int result = 0;

	for (; result == 0 && count - added >= SEEN_AT_ONCE; added += SEEN_AT_ONCE)
		result = add_rows(state, "INSERT" INTO_SEEN ROWS OR_UPDATE, cursor, &seen[added],
				  SEEN_AT_ONCE, doomed, err);
	for (; result == 0 && added < count; added++)
		result = add_rows(state, "INSERT" INTO_SEEN ROW OR_UPDATE, cursor, &seen[added], 1,
				  doomed, err);
	for (size_t i = 0; result == 0 && i < count; i++)
		result = forget_failure(state, cursor, seen[i].uid, err);
	return result;
}

int seen_add_new(struct state *state, const char *cursor, const struct seen *seen, bool *added,
		 struct pop3_error *err)
{
	if (add_rows(state, "INSERT OR IGNORE" INTO_SEEN ROW, cursor, seen, 1, false, err) < 0)
		return -1;
	*added = sqlite3_changes(state->db) > 0;
	return *added ? forget_failure(state, cursor, seen->uid, err) : 0;
}

int seen_remove(struct state *state, const char *cursor, const char *uid, bool *removed,
		struct pop3_error *err)
{
	if (forget_failure(state, cursor, uid, err) < 0 ||
	    change(state, "DELETE FROM seen WHERE cursor = ?1 AND uid = ?2", cursor, uid, err) < 0)
		return -1;
	*removed = sqlite3_changes(state->db) > 0;
	return 0;
}

int seen_clear(struct state *state, const char *cursor, struct pop3_error *err)
{
	if (change(state, "DELETE FROM failure WHERE cursor = ?1", cursor, NULL, err) < 0)
		return -1;
	return change(state, "DELETE FROM seen WHERE cursor = ?1", cursor, NULL, err);
}

int seen_each(struct state *state, const char *cursor,
	      int (*act)(void *arg, const struct seen *seen, struct pop3_error *err), void *arg,
	      struct pop3_error *err)
{
	sqlite3_stmt *const statement =
		about(state,
		      "SELECT " COLUMNS " FROM seen WHERE cursor = ?1 ORDER BY fetched, uid",
		      cursor, NULL, err);
	int more = -1;

	while (statement != NULL && (more = sql_row(state, statement, err)) > 0) {
		const struct seen seen = read_record(statement);

		if (act(arg, &seen, err) < 0) {
			sqlite3_reset(statement);
			return -1;
		}
	}
	return more;
}

int seen_each_cursor(struct state *state,
		     int (*act)(void *arg, const char *name, struct pop3_error *err), void *arg,
		     struct pop3_error *err)
{
	return sql_each_text(state, "SELECT DISTINCT cursor FROM seen WHERE length(cursor) > 0",
			     act, arg, err);
}

int seen_count(struct state *state, const char *cursor, uint64_t *recorded, uint64_t *doomed,
	       struct pop3_error *err)
{
	sqlite3_stmt *const statement =
		about(state,
		      "SELECT count(*) - total(doomed), total(doomed) FROM seen"
		      " WHERE cursor = ?1 AND gone = 0",
		      cursor, NULL, err);

	if (statement == NULL || sql_row(state, statement, err) < 0)
		return -1;
	*recorded = (uint64_t)sqlite3_column_int64(statement, 0);
	*doomed = (uint64_t)sqlite3_column_int64(statement, 1);
	sqlite3_reset(statement);
	return 0;
}

bool seen_has_many(struct state *state, const char *cursor, unsigned many)
{
	struct pop3_error *const err = &state->look_up;
	sqlite3_stmt *const statement =
		about(state,
		      "SELECT 1 FROM seen WHERE cursor = ?1 AND gone = 0 AND doomed = 0"
		      " LIMIT 1 OFFSET ?2 - 1",
		      cursor, NULL, err);
	bool has;

	if (statement == NULL)
		return false;
	sqlite3_bind_int64(statement, 2, many);
	has = sql_row(state, statement, err) > 0;
	sqlite3_reset(statement);
	return has;
}

/* --- bulk changes: the UIDs go into a temporary table, which the statements refer to --- */

#define CHANGES_MAX 2

/* Runs statements on a set of UIDs, the table "listed", in one transaction. ?1 is the cursor. */
static int change_listed(struct state *state, const char *cursor, const char *const *uids,
			 size_t count, const char *const texts[CHANGES_MAX], struct pop3_error *err)
{
	int result = 0;

	if (state_begin(state, err) < 0)
		return -1;
	if (sqlite3_exec(state->db,
			 "CREATE TEMP TABLE IF NOT EXISTS listed(uid BLOB PRIMARY KEY)"
			 " WITHOUT ROWID; DELETE FROM listed",
			 NULL, NULL, NULL) != SQLITE_OK)
		result = sql_fail(state, "change", err);
	for (size_t i = 0; result == 0 && i < count; i++)
		if (uids[i] != NULL)
			result = change(state, "INSERT OR IGNORE INTO listed(uid) VALUES(?1)", NULL,
					uids[i], err);
	for (size_t i = 0; result == 0 && i < CHANGES_MAX && texts[i] != NULL; i++)
		result = change(state, texts[i], cursor, NULL, err);
	if (result == 0)
		return state_commit(state, err);
	state_rollback(state);
	return -1;
}

#define IN_LISTED "uid IN (SELECT uid FROM listed)"

static_assert(SEEN_THERE == 0 && SEEN_ABSENT == 1 && SEEN_DELETED == 2, "as the table has them");

int seen_note_listing(struct state *state, const char *cursor, const char *const *uids,
		      size_t count, struct pop3_error *err)
{
	static const char *const texts[CHANGES_MAX] = {
		/* A pending deletion whose message is no longer listed was carried out. */
		"UPDATE seen SET gone = 1 + doomed, doomed = 0 WHERE cursor = ?1 AND gone = 0"
		" AND NOT " IN_LISTED,
		"UPDATE seen SET gone = 0 WHERE cursor = ?1 AND gone = 1 AND " IN_LISTED,
	};

	return change_listed(state, cursor, uids, count, texts, err);
}

int seen_doom(struct state *state, const char *const *uids, size_t count, struct pop3_error *err)
{
	static const char *const texts[CHANGES_MAX] = {
		"UPDATE seen SET doomed = 1 WHERE " IN_LISTED,
	};

	return change_listed(state, NULL, uids, count, texts, err);
}

int seen_set_place(struct state *state, const char *const *uids, size_t count,
		   enum seen_place place, struct pop3_error *err)
{
	static const char *const texts[][CHANGES_MAX] = {
		[SEEN_THERE] = { "UPDATE seen SET gone = 0 WHERE " IN_LISTED },
		[SEEN_ABSENT] = { "UPDATE seen SET gone = 1 WHERE gone = 0 AND " IN_LISTED },
		[SEEN_DELETED] = { "UPDATE seen SET gone = 2, doomed = 0 WHERE " IN_LISTED },
	};

	return change_listed(state, NULL, uids, count, texts[place], err);
}

int seen_add_repeated(struct state *state, const char *const *uids, size_t count,
		      struct pop3_error *err)
{
	static const char *const texts[CHANGES_MAX] = {
		"INSERT OR IGNORE INTO repeated(uid) SELECT uid FROM listed",
	};

	return change_listed(state, NULL, uids, count, texts, err);
}

int seen_forget(struct state *state, const char *const *uids, size_t count, struct pop3_error *err)
{
	static const char *const texts[CHANGES_MAX] = {
		"DELETE FROM seen WHERE " IN_LISTED,
		"DELETE FROM failure WHERE " IN_LISTED,
	};

	return change_listed(state, NULL, uids, count, texts, err);
}

/* --- pending deletions --- */

bool seen_any_doomed(struct state *state)
{
	return look_up(state, "SELECT 1 FROM seen WHERE doomed = 1 LIMIT 1", NULL, NULL) != 0;
}

/* Whether any of the records, of one UID, agrees with the size, or does not. */
static bool any_agrees(struct state *state, const char *text, const char *uid, uint64_t octets,
		       bool agrees)
{
	struct pop3_error *const err = &state->look_up;
	sqlite3_stmt *const statement = about(state, text, NULL, uid, err);
	bool found = false;

	while (statement != NULL && !found && sql_row(state, statement, err) > 0) {
		const struct seen seen = read_record(statement);

		found = seen_agrees(&seen, octets) == agrees;
	}
	if (statement != NULL)
		sqlite3_reset(statement);
	return found;
}

bool seen_is_doomed(struct state *state, const char *uid, uint64_t octets)
{
	return any_agrees(state, "SELECT " COLUMNS " FROM seen WHERE uid = ?1 AND doomed = 1", uid,
			  octets, true);
}

bool seen_is_another(struct state *state, const char *uid, uint64_t octets)
{
	return any_agrees(state,
			  "SELECT " COLUMNS " FROM seen WHERE uid = ?1 AND gone != 2 AND octets > 0",
			  uid, octets, false);
}

int seen_add_failure(struct state *state, const char *cursor, const char *uid,
		     const char *reason, bool counts, struct pop3_error *err)
{
	sqlite3_stmt *const statement =
		about(state,
		      "INSERT INTO failure(cursor, uid, times, reason) VALUES(?1, ?2, ?4, ?3)"
		      " ON CONFLICT DO UPDATE SET times = times + ?4, reason = ?3",
		      cursor, uid, err);

	if (statement == NULL)
		return -1;
	state->no_failures = false;
	sql_bind_text(statement, 3, reason);
	sqlite3_bind_int(statement, 4, counts);
	return sql_run(state, statement, err);
}

bool seen_any_failure(struct state *state)
{
	const bool any = look_up(state, "SELECT 1 FROM failure LIMIT 1", NULL, NULL) != 0;

	/* A writer has exclusive access, so no other process adds failures. */
	state->no_failures = !any && state->look_up.code == POP3_E_NONE;
	return any;
}

int seen_failures(struct state *state, const char *cursor, const char *uid)
{
	return (int)look_up(state, "SELECT times + 1 FROM failure WHERE cursor = ?1 AND uid = ?2",
			    cursor, uid) - 1;
}
