/* SQLite calls with our error type, and a cache of prepared statements. */
#include "state/sql.h"

#include <string.h>

int sql_fail(struct state *state, const char *what, struct pop3_error *err)
{
	const char *const path = state->is_open ? sqlite3_db_filename(state->db, "main") : NULL;
	const int code = state->db != NULL ? sqlite3_errcode(state->db) : SQLITE_NOMEM;
	const char *const reason = sqlite3_errstr(code);

	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* a wrong schema, as our statements match our own tables */
		pop3_fail(err, POP3_E_CONFIG,
			  "the state file is damaged (%s): restore it, or move it away to start "
			  "afresh",
			  reason);
		break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		pop3_fail(err, POP3_E_LOCKED, "the state file is in use");
		break;
	case SQLITE_NOMEM:
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		break;
	default:
		pop3_fail(err, POP3_E_IO, "cannot use the state file: %s: %s", what, reason);
	}
	return path != NULL && path[0] != '\0' ? pop3_context(err, "%s", path) : -1;
}

sqlite3_stmt *sql_prepare(struct state *state, const char *text, struct pop3_error *err)
{
	for (size_t i = 0; i < SQL_STATEMENTS; i++) {
		if (state->prepared[i].text == text) {
			sqlite3_reset(state->prepared[i].statement);
			sqlite3_clear_bindings(state->prepared[i].statement);
			return state->prepared[i].statement;
		}
		if (state->prepared[i].text != NULL)
			continue;
		if (sqlite3_prepare_v3(state->db, text, -1, SQLITE_PREPARE_PERSISTENT,
				       &state->prepared[i].statement, NULL) != SQLITE_OK) {
			sql_fail(state, "prepare", err);
			return NULL;
		}
		state->prepared[i].text = text;
		return state->prepared[i].statement;
	}
	pop3_fail(err, POP3_E_BUG, "internal error: too many SQL statements");
	return NULL;
}

void sql_bind_text(sqlite3_stmt *statement, int i, const char *text)
{
	sqlite3_bind_blob(statement, i, text, (int)strlen(text), SQLITE_STATIC);
}

int sql_row(struct state *state, sqlite3_stmt *statement, struct pop3_error *err)
{
	const int result = sqlite3_step(statement);

	if (result == SQLITE_ROW)
		return 1;
	if (result == SQLITE_DONE) {
		sqlite3_reset(statement);
		return 0;
	}
	sql_fail(state, "write", err);
	sqlite3_reset(statement);
	return -1;
}

int sql_run(struct state *state, sqlite3_stmt *statement, struct pop3_error *err)
{
	int result;

	while ((result = sql_row(state, statement, err)) > 0)
		continue;
	return result;
}

const char *sql_text(sqlite3_stmt *statement, int column)
{
	/* SQLite NUL-terminates a blob only when it is read as text. */
	const unsigned char *const text = sqlite3_column_text(statement, column);

	return text != NULL ? (const char *)text : "";
}

int sql_each_text(struct state *state, const char *query,
		  int (*act)(void *arg, const char *text, struct pop3_error *err), void *arg,
		  struct pop3_error *err)
{
	sqlite3_stmt *const statement = sql_prepare(state, query, err);
	int more = -1;

	while (statement != NULL && (more = sql_row(state, statement, err)) > 0) {
		if (act(arg, sql_text(statement, 0), err) < 0) {
			sqlite3_reset(statement);
			return -1;
		}
	}
	return more;
}
