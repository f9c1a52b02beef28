/* Quirks of the server, each with the time it was first observed. */
#include "state/quirks.h"

#include "state/sql.h"

int quirks_add(struct state *state, const char *quirk, int64_t now, struct pop3_error *err)
{
	sqlite3_stmt *const statement =
		sql_prepare(state, "INSERT OR IGNORE INTO quirk(name, met) VALUES(?1, ?2)", err);

	if (statement == NULL)
		return -1;
	sql_bind_text(statement, 1, quirk);
	sqlite3_bind_int64(statement, 2, now);
	return sql_run(state, statement, err);
}

int quirks_each(struct state *state,
		int (*act)(void *arg, const char *quirk, struct pop3_error *err), void *arg,
		struct pop3_error *err)
{
	return sql_each_text(state, "SELECT name FROM quirk ORDER BY met, name", act, arg, err);
}
