#ifndef STATE_SQL_H
#define STATE_SQL_H

#include <sqlite3.h>

#include "base/buffer.h"
#include "state/seen.h"

/* Private to the state modules: the state's struct, and a cache of prepared statements. */

#define SQL_STATEMENTS 32

/* All records of one cursor, loaded at once to compare a listing with them. */
struct seen_records {
	bool loaded;
	struct buffer cursor;
	struct buffer uids; /* NUL-terminated, sorted */
	struct seen *all;
	size_t count, capacity;
};

struct state {
	sqlite3 *db;
	enum state_use use;
	int lock; /* descriptor that holds the lock, -1 = none */
	bool is_open; /* errors include the path; before that the caller adds it */
	bool relaxed;
	char mark[17]; /* returned by state_mark */
	struct pop3_error look_up; /* the first failed lookup, or POP3_E_NONE */
	struct seen_records seen;  /* valid during lookups */
	bool no_failures;	   /* the table of failures is known to be empty */
	struct {
		const char *text; /* the string literal, compared by address */
		sqlite3_stmt *statement;
	} prepared[SQL_STATEMENTS];
};

/* Returns a cached statement ready for its parameters; NULL on failure. text must be a literal. */
sqlite3_stmt *sql_prepare(struct state *state, const char *text, struct pop3_error *err);

/* text is borrowed until the statement has run. */
void sql_bind_text(sqlite3_stmt *statement, int i, const char *text);

/* Runs a statement to its end. */
int sql_run(struct state *state, sqlite3_stmt *statement, struct pop3_error *err);

/* Fetches the next row: 1, or 0 at the end, or -1. Resets the statement unless it returns 1. */
int sql_row(struct state *state, sqlite3_stmt *statement, struct pop3_error *err);

/* The text of a column, "" for NULL. Borrowed until the next row. */
const char *sql_text(sqlite3_stmt *statement, int column);

/* Calls act with the first column of each row of a query, until it returns -1. */
int sql_each_text(struct state *state, const char *query,
		  int (*act)(void *arg, const char *text, struct pop3_error *err), void *arg,
		  struct pop3_error *err);

int sql_fail(struct state *state, const char *what, struct pop3_error *err);

#endif
