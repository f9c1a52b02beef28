#ifndef STATE_SQL_H
#define STATE_SQL_H

#include <sqlite3.h>

#include "base/buffer.h"
#include "state/seen.h"

/* The inside of a state, for the modules of this folder: statements prepared once, then reused. */

#define SQL_STATEMENTS 32

/* What was seen under one cursor, read at once: a listing is held against all of it. */
struct seen_records {
	bool loaded;
	struct buffer cursor;
	struct buffer uids; /* each ended by NUL, in order */
	struct seen *all;
	size_t count, capacity;
};

struct state {
	sqlite3 *db;
	enum state_use use;
	int lock; /* descriptor that holds this run's lock, -1 = none */
	bool is_open; /* a failure names the file; before, who opens it does */
	bool relaxed;
	char mark[17]; /* state_mark */
	struct pop3_error look_up; /* why a look-up failed, POP3_E_NONE when none did */
	struct seen_records seen;  /* while look-ups last */
	bool notes_doomed;	   /* there is a table doomed_before */
	bool no_failures;	   /* no message is known to have failed: the table is empty */
	struct {
		const char *text; /* which statement this is: the literal itself */
		sqlite3_stmt *statement;
	} prepared[SQL_STATEMENTS];
};

/* A statement ready for its values, from the cache; NULL with the error. text must be a literal. */
sqlite3_stmt *sql_prepare(struct state *state, const char *text, struct pop3_error *err);

/* The text is borrowed until the statement has run. */
void sql_bind_text(sqlite3_stmt *statement, int i, const char *text);
void sql_bind_number(sqlite3_stmt *statement, int i, int64_t number);

/* Runs it to its end. */
int sql_run(struct state *state, sqlite3_stmt *statement, struct pop3_error *err);

/* One row more: 1, or 0 at the end, or -1. The statement is reset at the end. */
int sql_row(struct state *state, sqlite3_stmt *statement, struct pop3_error *err);

/* Text of a column, "" for NULL. Borrowed until the next row. */
const char *sql_text(sqlite3_stmt *statement, int column);

int sql_fail(struct state *state, const char *what, struct pop3_error *err);

#endif
