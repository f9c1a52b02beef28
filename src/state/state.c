/* The state file of an account: created private, locked, and migrated to the current schema. */
#include "state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/file.h"
#include "state/sql.h"

#define APPLICATION_ID 0x706f7033 /* "pop3" */
#define TRY_AGAIN_MS 50
#define UPDATE_WAIT_MS 10000 /* how long a run that only reads waits for one that updates the file */

/* Step i migrates from version i to i + 1. Released steps must not change; append new ones. */
static const char *const steps[] = {
	"CREATE TABLE seen(cursor BLOB NOT NULL, uid BLOB NOT NULL, fetched INTEGER NOT NULL,"
	" octets INTEGER NOT NULL, doomed INTEGER NOT NULL DEFAULT 0,"
	" gone INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(cursor, uid)) WITHOUT ROWID;"
	"CREATE INDEX seen_doomed ON seen(uid) WHERE doomed = 1;"
	"CREATE TABLE flight(cursor BLOB NOT NULL, uid BLOB NOT NULL, destination BLOB NOT NULL,"
	" name BLOB NOT NULL, octets INTEGER NOT NULL, doomed INTEGER NOT NULL,"
	" PRIMARY KEY(cursor, uid)) WITHOUT ROWID;"
	"CREATE TABLE failure(cursor BLOB NOT NULL, uid BLOB NOT NULL, times INTEGER NOT NULL,"
	" reason TEXT NOT NULL, PRIMARY KEY(cursor, uid)) WITHOUT ROWID;"
	"CREATE TABLE quirk(name TEXT PRIMARY KEY, met INTEGER NOT NULL) WITHOUT ROWID;"
	"PRAGMA application_id = 0x706f7033;",
	"CREATE TABLE mark(text TEXT NOT NULL);"
	"INSERT INTO mark VALUES(lower(hex(randomblob(8))));",
	"CREATE INDEX seen_uid ON seen(uid);",
	"ALTER TABLE seen ADD COLUMN listed INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE repeated(uid BLOB PRIMARY KEY) WITHOUT ROWID;",
	"ALTER TABLE seen ADD COLUMN header INTEGER NOT NULL DEFAULT 0;",
};

#define VERSION ((int64_t)(sizeof steps / sizeof steps[0]))

/* --- schema versions --- */

/* Runs a query for a single number. */
static int ask(struct state *state, const char *text, int64_t *value, struct pop3_error *err)
{
	sqlite3_stmt *statement = NULL;
	const bool answered =
		sqlite3_prepare_v2(state->db, text, -1, &statement, NULL) == SQLITE_OK &&
		sqlite3_step(statement) == SQLITE_ROW;
	const int result = answered ? 0 : sql_fail(state, "read", err);

	*value = answered ? sqlite3_column_int64(statement, 0) : 0;
	sqlite3_finalize(statement);
	return result;
}

static int execute(struct state *state, const char *text, struct pop3_error *err)
{
	if (sqlite3_exec(state->db, text, NULL, NULL, NULL) == SQLITE_OK)
		return 0;
	return sql_fail(state, "change", err);
}

/*
 * Rejects files of other programs: those have tables at version 0, or another application ID.
 * Returns 1 if the file is of an earlier version and may not be written.
 */
static int bring_up_to_date(struct state *state, bool may_write, struct pop3_error *err)
{
	int64_t version, application, tables;
	char number[64];
	int result;

	if (ask(state, "PRAGMA user_version", &version, err) < 0 ||
	    ask(state, "PRAGMA application_id", &application, err) < 0 ||
	    ask(state, "SELECT count(*) FROM sqlite_master", &tables, err) < 0)
		return -1;
	if (version == 0 ? tables > 0 : application != APPLICATION_ID)
		return pop3_fail(err, POP3_E_CONFIG, "the state file was not written by pop3");
	if (version < 0 || version > VERSION)
		return pop3_fail(err, POP3_E_CONFIG,
				 "the state file was written by a later version of pop3");
	if (!may_write && version < VERSION)
		return 1;
	if (version == VERSION)
		return 0;
	snprintf(number, sizeof number, "PRAGMA user_version = %d", (int)VERSION);
	result = execute(state, "BEGIN IMMEDIATE", err);
	for (; result == 0 && version < VERSION; version++)
		result = execute(state, steps[version], err);
	if (result == 0 && execute(state, number, err) == 0 && execute(state, "COMMIT", err) == 0)
		return 0;
	state_rollback(state);
	return -1;
}

/* --- opening the file --- */

/*
 * Creates the file private before SQLite opens it, whose journal gets the same mode, and locks it
 * by flock, independent of SQLite's fcntl locks. The descriptor must be closed last: closing any
 * descriptor of the file drops fcntl locks.
 */
static int lock_file(struct state *state, const char *path, int64_t wait_ms,
		     const struct pop3_timeouts *timeouts, struct pop3_error *err)
{
	const int64_t end = clock_ms() + wait_ms;
	struct buffer directory = { 0 };
	struct stat status;

	file_directory_of(&directory, path);
	if (!directory.no_memory && file_make_directories(buffer_text(&directory)) == 0)
		state->lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	buffer_release(&directory);
	if (state->lock < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot open the state file");
	if (fstat(state->lock, &status) < 0 || !S_ISREG(status.st_mode))
		return pop3_fail(err, POP3_E_IO, "'%s' is not a regular file", path);
	while (flock(state->lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return pop3_fail_errno(err, POP3_E_IO, "cannot lock the state file");
		if (clock_ms() >= end)
			return pop3_fail(err, POP3_E_LOCKED, "another run is using this account");
		if (deadline_pause(timeouts, TRY_AGAIN_MS, err) < 0)
			return -1;
	}
	return 0;
}

static int open_database(struct state *state, const char *path, bool may_write,
			 struct pop3_error *err)
{
	const int flags = (may_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
			  SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX;

	if (sqlite3_open_v2(path, &state->db, flags, NULL) != SQLITE_OK)
		return sql_fail(state, "open", err);
	sqlite3_busy_timeout(state->db, 5000);
	/* Temporary files could not be created once the sandbox is active. */
	if (execute(state, "PRAGMA temp_store = MEMORY", err) < 0)
		return -1;
	if (may_write && execute(state,
				 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
				 "PRAGMA cache_size = -128",
				 err) < 0)
		return -1;
	return bring_up_to_date(state, may_write, err);
}

/* is_older: it could only be read, and has to be updated first; then err is not set. */
static struct state *open_file(const char *path, enum state_use use, int64_t wait_ms,
			       const struct pop3_timeouts *timeouts, bool *is_older,
			       struct pop3_error *err)
{
	struct state *const state = calloc(1, sizeof *state);
	int result = 0;

	*is_older = false;
	if (state == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	/* One thread with few statements: mutexes and spare memory would be a waste. */
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
	state->use = use;
	state->lock = -1;
	if (use != STATE_WRITE && access(path, F_OK) < 0 && errno == ENOENT) {
		result = open_database(state, ":memory:", true, err);
	} else {
		if (use != STATE_READ)
			result = lock_file(state, path, wait_ms, timeouts, err);
		if (result == 0)
			result = open_database(state, path, use != STATE_READ, err);
		if (result < 0)
			pop3_context(err, "%s", path);
	}
	*is_older = result > 0;
	state->is_open = result == 0;
	if (state->is_open)
		return state;
	state_close(state);
	return NULL;
}

struct state *state_open(const char *path, enum state_use use, int64_t wait_ms,
			 const struct pop3_timeouts *timeouts, struct pop3_error *err)
{
	const int64_t update_ms = wait_ms > UPDATE_WAIT_MS ? wait_ms : UPDATE_WAIT_MS;
	bool is_older;
	struct state *state = open_file(path, use, wait_ms, timeouts, &is_older, err);

	if (!is_older)
		return state;
	/* A run that only reads needs the current schema, too. */
	state = open_file(path, STATE_AMEND, update_ms, timeouts, &is_older, err);
	/* The run that has the lock may have updated the file by now. */
	if (state == NULL && err->code != POP3_E_LOCKED)
		return NULL;
	state_close(state);
	return open_file(path, use, wait_ms, timeouts, &is_older, err);
}

void state_close(struct state *state)
{
	if (state == NULL)
		return;
	for (size_t i = 0; i < SQL_STATEMENTS; i++)
		sqlite3_finalize(state->prepared[i].statement);
	sqlite3_close(state->db);
	buffer_release(&state->seen.cursor);
	buffer_release(&state->seen.uids);
	free(state->seen.all);
	if (state->lock >= 0)
		close(state->lock);
	free(state);
}

const char *state_mark(struct state *state, struct pop3_error *err)
{
	sqlite3_stmt *const statement = sql_prepare(state, "SELECT text FROM mark", err);

	if (statement == NULL || sql_row(state, statement, err) < 0)
		return NULL;
	snprintf(state->mark, sizeof state->mark, "%s", sql_text(statement, 0));
	sqlite3_reset(statement);
	return state->mark;
}

bool state_is_for(const struct state *state, enum state_use use)
{
	return state->use >= use;
}

void state_relax(struct state *state, bool relaxed)
{
	if (relaxed != state->relaxed)
		sqlite3_exec(state->db, relaxed ? "PRAGMA synchronous = NORMAL"
						: "PRAGMA synchronous = FULL",
			     NULL, NULL, NULL);
	state->relaxed = relaxed;
}

void state_begin_reading(struct state *state)
{
	state->look_up.code = POP3_E_NONE;
	state->seen.loaded = false;
	sqlite3_exec(state->db, "BEGIN", NULL, NULL, NULL);
}

int state_end_reading(struct state *state, struct pop3_error *err)
{
	state->seen.loaded = false;
	sqlite3_exec(state->db, "COMMIT", NULL, NULL, NULL);
	if (state->look_up.code == POP3_E_NONE)
		return 0;
	*err = state->look_up;
	return -1;
}

int state_begin(struct state *state, struct pop3_error *err)
{
	return execute(state, "BEGIN IMMEDIATE", err);
}

int state_commit(struct state *state, struct pop3_error *err)
{
	if (execute(state, "COMMIT", err) == 0)
		return 0;
	state_rollback(state);
	return -1;
}

void state_rollback(struct state *state)
{
	sqlite3_exec(state->db, "ROLLBACK", NULL, NULL, NULL);
}
