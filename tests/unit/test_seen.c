/*
 * Each change and each lookup of the state, with every single call below it failing once: either it
 * succeeds, or it reports an error and leaves the state unchanged.
 */
#include "state/seen.h"

#include "../fuzz/scratch.h"
#include "base/deadline.h"
#include "check.h"
#include "cmd/seen/import.h"
#include "faults-sqlite.h"
#include "state/quirks.h"

static struct buffer path;
static const struct pop3_timeouts timeouts = { .cancel_fd = -1 };

/* --- showing a state --- */

static int show_one(void *arg, const struct seen *seen, struct pop3_error *err)
{
	struct buffer *const out = arg;

	buffer_append_format(out, "%s/%lld ", seen->uid, (long long)seen->fetched);
	return buffer_check(out, POP3_E_MEMORY, err);
}

static int show(struct state *state, struct buffer *out, struct pop3_error *err)
{
	uint64_t kept, doomed;

	buffer_clear(out);
	if (seen_each(state, "", show_one, out, err) < 0 ||
	    seen_count(state, "", &kept, &doomed, err) < 0)
		return -1;
	buffer_append_format(out, "%d kept, %d doomed", (int)kept, (int)doomed);
	return buffer_check(out, POP3_E_MEMORY, err);
}

static int look_up(struct state *state, struct buffer *out, struct pop3_error *err)
{
	const struct seen *seen;

	buffer_clear(out);
	state_begin_reading(state);
	seen = seen_find(state, "", "u2");
	buffer_append_format(out, "%d %d, %d %d, %lld, %d %u", seen_has(state, "", "u1"),
			     seen_has(state, "", "u9"), seen_any_doomed(state),
			     seen_is_doomed(state, "u2", 20),
			     seen != NULL ? (long long)seen->fetched : 0, seen_any_failure(state),
			     seen_failures(state, "", "u3"));
	return state_end_reading(state, err) < 0 ? -1 : buffer_check(out, POP3_E_MEMORY, err);
}

static int show_quirk(void *arg, const char *quirk, struct pop3_error *err)
{
	buffer_append_format(arg, "%s, ", quirk);
	return buffer_check(arg, POP3_E_MEMORY, err);
}

static int show_quirks(struct state *state, struct buffer *out, struct pop3_error *err)
{
	buffer_clear(out);
	return quirks_each(state, show_quirk, out, err);
}

/* --- changes --- */

static int add(struct state *state, struct pop3_error *err)
{
	return seen_add(state, "", &(struct seen){ .uid = "u3", .fetched = 30 }, 1, false, err);
}

static int add_again(struct state *state, struct pop3_error *err)
{
	return seen_add(state, "", &(struct seen){ .uid = "u1", .fetched = 30 }, 1, false, err);
}

static int add_again_doomed(struct state *state, struct pop3_error *err)
{
	return seen_add(state, "", &(struct seen){ .uid = "u1", .fetched = 30 }, 1, true, err);
}

static const char *const u1[] = { "u1" }, *const u2[] = { "u2", NULL };

static int keep_one(struct state *state, struct pop3_error *err)
{
	return seen_note_listing(state, "", u1, ROWS(u1), err);
}

static int doom(struct state *state, struct pop3_error *err)
{
	return seen_doom(state, u1, ROWS(u1), err);
}

static int set_deleted(struct state *state, struct pop3_error *err)
{
	return seen_set_place(state, u2, ROWS(u2), SEEN_DELETED, err);
}

static int set_absent(struct state *state, struct pop3_error *err)
{
	return seen_set_place(state, u1, ROWS(u1), SEEN_ABSENT, err);
}

/* Each of the two changes is complete or not started; repeating it makes no difference. */
static int list_again(struct state *state, struct pop3_error *err)
{
	return set_absent(state, err) < 0 ? -1 : seen_note_listing(state, "", u1, ROWS(u1), err);
}

/* The UID is now that of another message. */
static int add_what_was_gone(struct state *state, struct pop3_error *err)
{
	if (set_deleted(state, err) < 0)
		return -1;
	return seen_add(state, "", &(struct seen){ .uid = "u2", .fetched = 30 }, 1, false, err);
}

static int take_out(struct state *state, struct pop3_error *err)
{
	bool removed;

	return seen_remove(state, "", "u1", &removed, err);
}

static int clear(struct state *state, struct pop3_error *err)
{
	return seen_clear(state, "", err);
}

static int meet_again(struct state *state, struct pop3_error *err)
{
	return quirks_add(state, "old", 50, err);
}

static int change_uids(struct state *state, const char *uid,
		       int (*change)(struct import_uids *, struct state *, const char *cursor,
				     struct pop3_error *),
		       struct pop3_error *err)
{
	struct import_uids uids;
	int result;

	import_uids_begin(&uids);
	result = import_operand("u2", &uids.sink, err);
	if (result == 0)
		result = import_operand(uid, &uids.sink, err);
	if (result == 0)
		result = change(&uids, state, "", err);
	import_uids_release(&uids);
	return result;
}

static int take_out_both(struct state *state, struct pop3_error *err)
{
	return change_uids(state, "u1", import_uids_remove, err);
}

static int add_both(struct state *state, struct pop3_error *err)
{
	return change_uids(state, "u2", import_uids_add, err);
}

static int take_out_unknown(struct state *state, struct pop3_error *err)
{
	return change_uids(state, "u9", import_uids_remove, err);
}

static int import(struct state *state, struct pop3_error *err)
{
	struct import_job job = {
		.format = &import_formats[2], .list = { { OCTETS("u2\0" "7\nu4\0" "40\n") }, '\n' },
	};

	return import_list(state, "", &job, err);
}

#define BEFORE "u1/10 u2/20 1 kept, 1 doomed"

static const struct {
	const char *title;
	int (*act)(struct state *, struct pop3_error *);
	const char *after;
	const char *half; /* also possible: the result after only the first of two changes */
} rows[] = {
	{ "add", add, "u1/10 u2/20 u3/30 2 kept, 1 doomed", NULL },
	{ "add an existing UID", add_again, BEFORE, NULL },
	{ "re-add a UID, to be deleted", add_again_doomed, "u1/10 u2/20 0 kept, 2 doomed", NULL },
	{ "add a UID that had been removed", add_what_was_gone, "u1/10 u2/30 2 kept, 0 doomed",
	  "u1/10 u2/20 1 kept, 0 doomed" },
	{ "remove", take_out, "u2/20 0 kept, 1 doomed", NULL },
	{ "clear", clear, "0 kept, 0 doomed", NULL },
	{ "keep only one", keep_one, "u1/10 u2/20 1 kept, 0 doomed", NULL },
	{ "doom", doom, "u1/10 u2/20 0 kept, 2 doomed", NULL },
	{ "deleted", set_deleted, "u1/10 u2/20 1 kept, 0 doomed", NULL },
	{ "perhaps deleted", set_absent, "u1/10 u2/20 0 kept, 1 doomed", NULL },
	{ "perhaps deleted, and listed", list_again, "u1/10 u2/20 1 kept, 0 doomed",
	  "u1/10 u2/20 0 kept, 1 doomed" },
	{ "remove several", take_out_both, "0 kept, 0 doomed", NULL },
	{ "add several existing UIDs", add_both, BEFORE, NULL },
	{ "remove a missing UID", take_out_unknown, BEFORE, NULL },
	{ "record a quirk again", meet_again, BEFORE, NULL },
	{ "import", import, "u1/10 u2/20 u4/40 2 kept, 1 doomed", NULL },
};

/* --- trials --- */

static struct state *reopen(enum state_use use)
{
	struct pop3_error err;
	struct state *const state = state_open(path.data, use, 0, &timeouts, &err);

	must(state != NULL, "a state can be opened");
	return state;
}

/* u1 was fetched; u2, too, with a pending deletion; u3 failed twice; two quirks are recorded. */
static void begin_anew(void)
{
	struct pop3_error err;
	struct state *state;

	scratch_empty(scratch());
	mkdir(scratch(), 0700);
	state = reopen(STATE_WRITE);
	must(seen_add(state, "", &(struct seen){ .uid = "u1", .fetched = 10 }, 1, false, &err) == 0 &&
		     seen_add(state, "",
			      &(struct seen){ .uid = "u2", .fetched = 20, .octets = 20 }, 1, true,
			      &err) == 0 &&
		     seen_add_failure(state, "", "u3", "why", true, &err) == 0 &&
		     seen_add_failure(state, "", "u3", "why", true, &err) == 0 &&
		     quirks_add(state, "new", 40, &err) == 0 &&
		     quirks_add(state, "old", 30, &err) == 0 &&
		     quirks_add(state, "old", 50, &err) == 0,
	     "a state can be filled");
	state_close(state);
}

static const struct faults calls[] = {
	{ .call = "malloc", .error = ENOMEM },
	{ .call = "SQLite's malloc", .error = ENOMEM },
	{ .call = "pread", .error = EIO },
	{ .call = "pwrite", .error = ENOSPC, .lasting = true },
	{ .call = "fdatasync", .error = EIO },
};

/* If only the last step of a change failed, the change may have been made. */
static bool change_holds(size_t row, const struct faults *fault)
{
	struct pop3_error err = { .code = POP3_E_NONE };
	struct buffer text = { 0 };
	struct state *state;
	bool holds;
	int result;

	begin_anew();
	state = reopen(STATE_WRITE);
	faults = *fault;
	result = rows[row].act(state, &err);
	faults.call = NULL;
	state_close(state);
	state = reopen(STATE_READ);
	holds = show(state, &text, &err) == 0 &&
		(strcmp(text.data, rows[row].after) == 0 ||
		 (result < 0 && err.code != POP3_E_NONE &&
		  (strcmp(text.data, BEFORE) == 0 ||
		   (rows[row].half != NULL && strcmp(text.data, rows[row].half) == 0))));
	if (!holds)
		printf("# %s: %s %u: %d, '%s', '%s'\n", rows[row].title, fault->call, fault->at,
		       result, err.text, text.data);
	state_close(state);
	buffer_release(&text);
	return holds;
}

static void test_changes(void)
{
	for (size_t row = 0; row < ROWS(rows); row++) {
		bool holds = true;

		for (size_t i = 0; i < ROWS(calls); i++) {
			struct faults fault = calls[i];

			do {
				fault.at++;
				holds = change_holds(row, &fault) && holds;
			} while (faults.struck != NULL);
		}
		check_report(rows[row].title, holds);
	}
}

static void test_look(const char *title,
		      int (*look)(struct state *, struct buffer *, struct pop3_error *),
		      const char *expected)
{
	struct buffer text = { 0 };
	bool holds = true;

	begin_anew();
	for (size_t i = 0; i < ROWS(calls); i++) {
		struct faults fault = calls[i];

		do {
			struct state *const state = reopen(i % 2 == 0 ? STATE_READ : STATE_WRITE);
			struct pop3_error err = { .code = POP3_E_NONE };
			int result;

			fault.at++;
			buffer_release(&text);
			faults = fault;
			result = look(state, &text, &err);
			faults.call = NULL;
			if (result < 0 ? err.code == POP3_E_NONE
				       : strcmp(buffer_text(&text), expected) != 0) {
				holds = false;
				printf("# %s %u: '%s'\n", fault.call, fault.at, buffer_text(&text));
			}
			state_close(state);
		} while (faults.struck != NULL);
	}
	check_report(title, holds);
	buffer_release(&text);
}

int main(void)
{
	faults_of_sqlite();
	scratch_name(&path, "ann.db");
	test_changes();
	test_look("list and count", show, BEFORE);
	test_look("look up", look_up, "1 0, 1 1, 20, 1 2");
	test_look("quirks", show_quirks, "old, new, ");
	buffer_release(&path);
	return check_end();
}
