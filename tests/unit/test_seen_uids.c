/* Looking up UIDs in several orders, in two cursors, before and after changes. */
#include "state/seen.h"

#include "../fuzz/scratch.h"
#include "base/buffer.h"
#include "check.h"

#define UIDS 600
#define UID_MAX 16

static const struct pop3_timeouts timeouts = { .cancel_fd = -1 };
static char uids[UIDS][UID_MAX];
static bool in_first[UIDS], in_second[UIDS];
static size_t order[UIDS];
static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

/* Long and short UIDs, prefixes of other UIDs, and octets above ASCII. */
static void make_uids(void)
{
	for (size_t i = 0; i < UIDS; i++)
		snprintf(uids[i], UID_MAX, i % 3 == 0 ? "%zu" : i % 3 == 1 ? "\xff%zu" : "a%08zu", i);
}

static void add(struct state *state, const char *cursor, bool *there, uint32_t one_of)
{
	struct seen seen[UIDS];
	struct pop3_error err;
	size_t count = 0;

	for (size_t i = 0; i < UIDS; i++) {
		if (any(one_of) != 0)
			continue;
		there[i] = true;
		seen[count++] = (struct seen){ .uid = uids[i], .fetched = (int64_t)i };
	}
	must(seen_add(state, cursor, seen, count, false, &err) == 0, "UIDs can be added");
}

/* --- orders --- */

static int by_uid(const void *a, const void *b)
{
	return strcmp(uids[*(const size_t *)a], uids[*(const size_t *)b]);
}

static void as_made(void)
{
	for (size_t i = 0; i < UIDS; i++)
		order[i] = i;
}

static void ascending(void)
{
	as_made();
	qsort(order, UIDS, sizeof order[0], by_uid);
}

static void descending(void)
{
	ascending();
	for (size_t i = 0; i < UIDS / 2; i++) {
		const size_t kept = order[i];

		order[i] = order[UIDS - 1 - i];
		order[UIDS - 1 - i] = kept;
	}
}

static void twice(void)
{
	ascending();
	for (size_t i = 1; i < UIDS; i += 2)
		order[i] = order[i - 1];
}

static void shuffled(void)
{
	for (size_t i = 0; i < UIDS; i++)
		order[i] = any(UIDS);
}

static const struct {
	const char *name;
	void (*arrange)(void);
} orders[] = {
	{ "in the original order", as_made }, { "ascending", ascending },
	{ "descending", descending },		    { "each twice", twice },
	{ "shuffled", shuffled },
};

/* --- lookups --- */

/* Frees cursor and uid before the next lookup, as a caller may. */
static bool has(struct state *state, const char *cursor, const char *uid)
{
	char *const cursor_copy = strdup(cursor), *const uid_copy = strdup(uid);
	bool found;

	must(cursor_copy != NULL && uid_copy != NULL, "there is memory");
	found = seen_has(state, cursor_copy, uid_copy);
	free(cursor_copy);
	free(uid_copy);
	return found;
}

static void look_up(struct state *state, const char *when)
{
	for (size_t row = 0; row < ROWS(orders); row++) {
		struct buffer name = { 0 };
		struct pop3_error err;
		size_t wrong = 0;

		orders[row].arrange();
		state_begin_reading(state);
		for (size_t i = 0; i < UIDS; i++)
			wrong += has(state, "", uids[order[i]]) != in_first[order[i]];
		for (size_t i = 0; i < UIDS; i++)
			wrong += any(2) == 0
					 ? has(state, "", uids[order[i]]) != in_first[order[i]]
					 : has(state, "b", uids[order[i]]) != in_second[order[i]];
		must(state_end_reading(state, &err) == 0, "UIDs can be looked up");
		buffer_append_format(&name, "%s, %s", orders[row].name, when);
		check_number(buffer_text(&name), (int64_t)wrong, 0);
		buffer_release(&name);
	}
}

/* --- additions --- */

static int check_time(void *arg, const struct seen *seen, struct pop3_error *err)
{
	size_t *const wrong = arg;
	size_t i = 0;

	(void)err;
	while (strcmp(uids[i], seen->uid) != 0)
		i++;
	*wrong += seen->fetched != (int64_t)i + (i % 10 == 0 ? 1000 : 0);
	return 0;
}

/* Adds existing, removed and new UIDs in one call: only the existing ones keep their time. */
static void test_mixture(struct state *state)
{
	struct seen seen[UIDS];
	struct pop3_error err;
	size_t wrong = 0;

	must(seen_clear(state, "", &err) == 0, "a cursor can be cleared");
	for (int round = 0; round < 2; round++) {
		size_t count = 0;

		for (size_t i = 0; i < UIDS; i++)
			if (round == 1 || i % 10 != 5)
				seen[count++] = (struct seen){
					.uid = uids[i],
					.fetched = (int64_t)i + (round == 1 && i % 10 != 5 ? 1000 : 0),
				};
		must(seen_add(state, "", seen, count, false, &err) == 0, "UIDs can be added");
		for (size_t i = 0; round == 0 && i < UIDS; i += 10)
			must(seen_set_place(state, &(const char *){ uids[i] }, 1, SEEN_DELETED,
					    &err) == 0,
			     "a UID can be removed");
	}
	must(seen_each(state, "", check_time, &wrong, &err) == 0, "UIDs can be listed");
	check_number("times of existing, removed and new UIDs", (int64_t)wrong, 0);
}

static int count_one(void *arg, const struct seen *seen, struct pop3_error *err)
{
	(void)seen, (void)err;
	++*(int *)arg;
	return 0;
}

/* Empty UIDs are no longer added, but an old state file may contain one. */
static void test_empty(struct state *state)
{
	const struct seen seen[] = { { .uid = "" }, { .uid = "z" } };
	struct pop3_error err;
	int count = 0;

	for (int i = 0; i < 2; i++)
		must(seen_add(state, "c", seen, ROWS(seen), false, &err) == 0, "UIDs can be added");
	must(seen_each(state, "c", count_one, &count, &err) == 0, "UIDs can be listed");
	check_number("an empty UID is recorded", count, 2);
	state_begin_reading(state);
	check_number("an empty UID is never found", seen_has(state, "c", ""), false);
	check_number("an empty UID does not hide others", seen_has(state, "c", "z"), true);
	must(state_end_reading(state, &err) == 0, "UIDs can be looked up");
}

int main(void)
{
	struct buffer path = { 0 };
	struct pop3_error err;
	struct state *state;

	make_uids();
	scratch_name(&path, "walk.db");
	state = state_open(path.data, STATE_WRITE, 0, &timeouts, &err);
	must(state != NULL, "a state can be opened");
	look_up(state, "of nothing");
	add(state, "", in_first, 20);
	add(state, "b", in_second, 3);
	look_up(state, "of few");
	add(state, "", in_first, 2);
	add(state, "", in_first, 2);
	look_up(state, "of most");
	test_mixture(state);
	test_empty(state);
	state_close(state);
	buffer_release(&path);
	return check_end();
}
