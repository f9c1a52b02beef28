/* Deliveries in flight: written down before they appear, settled after a crash by looking. */
#include "state/journal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mail/delivery-kind.h"
#include "state/seen.h"
#include "state/sql.h"

static int add_flight(const struct journal *j, const struct delivery_item *item,
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

static int drop_flight(struct state *state, const char *cursor, const char *uid,
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

int journal_depart(const struct journal *j, const struct delivery_item *items, size_t count,
		   struct pop3_error *err)
{
	int result;

	if (!j->can_settle)
		return 0;
	result = state_begin(j->state, err);
	for (size_t i = 0; result == 0 && i < count; i++)
		result = add_flight(j, &items[i], err);
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

int journal_arrive(const struct journal *j, const struct delivery_item *items, size_t count,
		   struct pop3_error *err)
{
	int result = state_begin(j->state, err);

	if (result == 0)
		result = count_as_seen(j, items, count, err);
	for (size_t i = 0; result == 0 && j->can_settle && i < count; i++)
		result = drop_flight(j->state, j->cursor, items[i].uid, err);
	return end_transaction(j->state, result, err);
}

/* --- after a crash --- */

struct flight {
	char *cursor, *uid, *destination, *name;
	uint64_t octets;
	bool doomed;
};

struct flights {
	struct flight *all;
	size_t count;
};

static void release_flights(struct flights *flights)
{
	for (size_t i = 0; i < flights->count; i++) {
		free(flights->all[i].cursor);
		free(flights->all[i].uid);
		free(flights->all[i].destination);
		free(flights->all[i].name);
	}
	free(flights->all);
}

static bool copy_flight(struct flight *flight, sqlite3_stmt *statement)
{
	*flight = (struct flight){
		.cursor = strdup(sql_text(statement, 0)), .uid = strdup(sql_text(statement, 1)),
		.destination = strdup(sql_text(statement, 2)),
		.name = strdup(sql_text(statement, 3)),
		.octets = (uint64_t)sqlite3_column_int64(statement, 4),
		.doomed = sqlite3_column_int(statement, 5) != 0,
	};
	return flight->cursor != NULL && flight->uid != NULL && flight->destination != NULL &&
	       flight->name != NULL;
}

static int load_flights(struct state *state, struct flights *flights, struct pop3_error *err)
{
	sqlite3_stmt *const statement =
		sql_prepare(state,
			    "SELECT cursor, uid, destination, name, octets, doomed FROM flight"
			    " ORDER BY destination",
			    err);
	int more = -1;

	while (statement != NULL && (more = sql_row(state, statement, err)) > 0) {
		struct flight *const all =
			reallocarray(flights->all, flights->count + 1, sizeof *all);

		if (all != NULL)
			flights->all = all;
		if (all == NULL || !copy_flight(&all[flights->count++], statement)) {
			sqlite3_reset(statement);
			return pop3_fail(err, POP3_E_MEMORY, "out of memory");
		}
	}
	return more;
}

static int settle_one(struct state *state, struct delivery *delivery, const struct flight *flight,
		      size_t *settled, struct pop3_error *err)
{
	const int arrived = delivery->kind->settle != NULL
				    ? delivery->kind->settle(delivery, flight->name, err)
				    : 0;
	const struct seen seen = { flight->uid, time(NULL), flight->octets };
	int result;

	if (arrived < 0)
		return -1;
	*settled += (size_t)arrived;
	result = state_begin(state, err);
	if (result == 0 && arrived)
		result = seen_add(state, flight->cursor, &seen, 1, flight->doomed, err);
	if (result == 0)
		result = drop_flight(state, flight->cursor, flight->uid, err);
	return end_transaction(state, result, err);
}

/* All flights to the destination of the first; *next is behind them. */
static int settle_destination(struct state *state, const struct flights *flights, size_t *next,
			      const struct delivery_settings *settings, size_t *settled,
			      struct pop3_error *err)
{
	const char *const destination = flights->all[*next].destination;
	struct delivery *const delivery = delivery_open(destination, settings, err);
	int result = delivery != NULL ? 0 : -1;

	for (; result == 0 && *next < flights->count &&
	       strcmp(flights->all[*next].destination, destination) == 0;
	     (*next)++)
		result = settle_one(state, delivery, &flights->all[*next], settled, err);
	if (result == 0)
		result = delivery->kind->tidy(delivery, err);
	delivery_close(delivery);
	if (result < 0)
		pop3_context(err, "settling an earlier delivery into '%s'", destination);
	return result;
}

int journal_recover(struct state *state, const struct delivery_settings *settings,
		    size_t *settled, struct pop3_error *err)
{
	struct flights flights = { .all = NULL };
	int result = load_flights(state, &flights, err);

	*settled = 0;
	for (size_t next = 0; result == 0 && next < flights.count;)
		result = settle_destination(state, &flights, &next, settings, settled, err);
	release_flights(&flights);
	return result;
}
