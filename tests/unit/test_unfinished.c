/*
 * Deliveries interrupted by a crash, with changes to the destination before the next run: in the
 * end each message is there once, and other messages are unharmed.
 */
#include <dirent.h>

#include "../fuzz/scratch.h"
#include "check.h"
#include "mail/delivery-kind.h"
#include "state/journal.h"
#include "state/seen.h"

#define MESSAGES 2

static const struct pop3_timeouts timeouts = { .progress_ms = 100, .cancel_fd = -1 };
static const char *const uids[MESSAGES] = { "1", "2" };

/* How far a delivery got before the crash. */
enum reach { WRITTEN, NOTED, PARTLY_THERE, THERE, DONE };

enum meanwhile {
	NOTHING,
	SAME_ACCOUNT_ELSEWHERE, /* another user's state; other messages with the same UIDs */
	OTHER_ACCOUNT,
	SPOOL_REMOVED,
	OTHER_PROGRAM, /* appends to the mbox, or reads the Maildir */
	LAST_LINE_END_REMOVED,
	EARLIER_REMOVED, /* an earlier message */
	BOTH_REMOVED_AND_APPENDED,
};

static struct buffer destination;
static const char *kind;

/* --- runs of an account --- */

struct account {
	const char *state, *name;
	char letter; /* marks its messages */
};

static const struct account ann = { "ann", "ann", 'a' }, other_ann = { "other", "ann", 'o' },
			    bob = { "bob", "bob", 'b' };

static void write_message(struct buffer *text, const struct account *account, int i)
{
	buffer_append_format(text, "Subject: %c%d\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\n",
			     account->letter, i + 1);
	buffer_append_format(text, "From %c, %d.\r\n\r\n", account->letter, i + 1);
}

/* Leaves the mbox as a crash during an append would. */
static void append_part(const struct delivery_item *items)
{
	struct buffer path = { 0 }, spool = { 0 };
	DIR *const directory = opendir(scratch_name(&path, "to"));
	const struct dirent *entry;
	int mbox;

	while ((entry = readdir(directory)) != NULL)
		if (strncmp(entry->d_name, ".pop3-", 6) == 0)
			break;
	must(entry != NULL, "there is a spool");
	buffer_append_format(&path, "/%s", entry->d_name);
	must(file_read(path.data, &spool) == 0, "it can be read");
	mbox = open(scratch_name(&path, "to/box"), O_WRONLY | O_APPEND);
	must(file_write_all(mbox, spool.data, items[1].start + 60) == 0, "and appended");
	close(mbox);
	closedir(directory);
	buffer_release(&path);
	buffer_release(&spool);
}

static size_t find_wanted(struct state *state, struct delivery_item *items)
{
	struct pop3_error err;
	size_t count = 0;

	state_begin_reading(state);
	for (int i = 0; i < MESSAGES; i++)
		if (!seen_has(state, "", uids[i]))
			items[count++].uid = uids[i];
	must(state_end_reading(state, &err) == 0, "the state can be read");
	return count;
}

static void deliver(const struct account *account, struct state *state,
		    struct delivery *delivery, enum reach reach)
{
	const struct delivery_kind *const k = delivery->kind;
	const struct journal journal = {
		.state = state, .cursor = "", .destination = destination.data, .can_recover = true,
	};
	struct delivery_item items[MESSAGES] = { 0 };
	const size_t count = find_wanted(state, items);
	struct buffer text = { 0 };
	struct pop3_error err;
	bool well = true;

	for (size_t i = 0; i < count; i++) {
		const char *const uid = items[i].uid;

		delivery_item_clear(&items[i]);
		buffer_clear(&text);
		write_message(&text, account, uid[0] - '1');
		well = well && k->begin(delivery, &items[i], &err) == 0 &&
		       delivery_write(delivery, &items[i], text.data, text.length, &err) == 0 &&
		       k->end(delivery, &items[i], &err) == 0;
	}
	if (well && count > 0 && reach > WRITTEN)
		well = k->sync(delivery, items, count, &err) == 0 &&
		       journal_begin(&journal, items, count, &err) == 0;
	if (well && count > 0 && reach == PARTLY_THERE)
		append_part(items);
	if (well && count > 0 && reach > PARTLY_THERE)
		well = k->publish(delivery, items, count, &err) == 0;
	if (well && count > 0 && reach == DONE)
		well = journal_commit(&journal, items, count, &err) == 0;
	if (well && count > 0 && reach == DONE && k->finish != NULL)
		k->finish(delivery);
	for (size_t i = 0; i < count; i++) {
		delivery_close_file(&items[i]);
		delivery_item_release(&items[i]);
	}
	buffer_release(&text);
	must(well, "a delivery comes as far as it is to");
}

static int postpone(struct journal_recovery *recovery, const char *where,
		    const struct pop3_error *why, struct pop3_error *err)
{
	(void)recovery, (void)where, (void)err;
	printf("# %s\n", why->text);
	return 0;
}

static void run(const struct account *account, enum reach reach)
{
	struct delivery_settings settings = { .account = account->name, .timeouts = &timeouts };
	struct journal_recovery recovery = { .postpone = postpone };
	struct buffer path = { 0 };
	struct delivery *delivery = NULL;
	struct pop3_error err;
	struct state *state;

	buffer_append_format(&path, "%s/%s.db", scratch(), account->state);
	state = state_open(path.data, STATE_WRITE, 0, &timeouts, &err);
	settings.mark = state != NULL ? state_mark(state, &err) : NULL;
	if (settings.mark != NULL && journal_recover(state, &settings, &recovery, &err) == 0)
		delivery = delivery_open(destination.data, &settings, &err);
	must(delivery != NULL && delivery->kind->tidy(delivery, &err) == 0, "it can be opened");
	deliver(account, state, delivery, reach);
	delivery_close(delivery);
	state_close(state);
	buffer_release(&path);
}

/* --- changes by others --- */

static const char foreign[] = "From carl Thu Jan  1 00:00:00 1970\nSubject: c\n\nhello\n\n";

static void change_mbox(bool without_end, bool without_first, bool with_another)
{
	struct buffer path = { 0 }, text = { 0 };

	must(file_read(scratch_name(&path, "to/box"), &text) == 0, "there is an mbox");
	if (without_first)
		buffer_drop(&text, sizeof foreign - 1);
	while (without_end && text.length > 0 && text.data[text.length - 1] == '\n')
		text.length--;
	if (with_another)
		buffer_append_format(&text, "\n%s", foreign);
	scratch_write("to/box", text.data, text.length);
	buffer_release(&path);
	buffer_release(&text);
}

static int take_spool(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	return type == FTW_F && strncmp(path + place->base, ".pop3-", 6) == 0 ? unlink(path) : 0;
}

static int read_mail(const char *path, const struct stat *status, int type, struct FTW *place)
{
	struct buffer cur = { 0 };
	const char *const new_mail = strstr(path, "/new/");
	int result = 0;

	(void)status;
	if (type == FTW_F && new_mail != NULL) {
		buffer_append(&cur, path, (size_t)(new_mail - path));
		buffer_append_format(&cur, "/cur/%s:2,S", path + place->base);
		result = rename(path, cur.data);
	}
	buffer_release(&cur);
	return result;
}

static void happen(enum meanwhile what)
{
	const bool is_mbox = strcmp(kind, "mbox:") == 0;
	struct buffer path = { 0 };

	scratch_name(&path, "to");
	switch (what) {
	case NOTHING:
		break;
	case SAME_ACCOUNT_ELSEWHERE:
		run(&other_ann, DONE);
		break;
	case OTHER_ACCOUNT:
		run(&bob, DONE);
		break;
	case SPOOL_REMOVED:
		nftw(path.data, take_spool, 16, FTW_PHYS);
		break;
	case OTHER_PROGRAM:
		if (is_mbox)
			change_mbox(false, false, true);
		else
			nftw(path.data, read_mail, 16, FTW_PHYS);
		break;
	case LAST_LINE_END_REMOVED:
		change_mbox(true, false, false);
		break;
	case EARLIER_REMOVED:
		change_mbox(false, true, false);
		break;
	case BOTH_REMOVED_AND_APPENDED:
		change_mbox(true, true, true);
		break;
	}
	buffer_release(&path);
}

/* --- checking the destination --- */

static struct buffer found;

static int take_file(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status, (void)place;
	if (type == FTW_F && strstr(path, "/.pop3-") == NULL && strstr(path, "/tmp/") == NULL)
		must(file_read(path, &found) == 0, "a file can be read");
	return 0;
}

static unsigned times_there(const char *text)
{
	unsigned times = 0;

	for (const char *at = found.data; (at = strstr(at, text)) != NULL; at++)
		times++;
	return times;
}

static void check_there(const char *title, const struct account *account, unsigned times)
{
	struct buffer text = { 0 }, what = { 0 };

	for (int i = 0; i < MESSAGES; i++) {
		buffer_clear(&text);
		buffer_clear(&what);
		buffer_append_format(&what, "%s%s: message %c%d", kind, title, account->letter,
				     i + 1);
		buffer_append_format(&text, "%cSubject: %c%d", '\n', account->letter, i + 1);
		check_number(what.data, times_there(text.data), times);
	}
	buffer_release(&text);
	buffer_release(&what);
}

static const struct row {
	const char *title;
	enum reach reach;
	enum meanwhile meanwhile;
	unsigned kinds; /* bit set of destinations */
} rows[] = {
#define DIRECTORIES 3
#define MBOX 4
#define ALL 7
	{ " written, no changes", WRITTEN, NOTHING, ALL },
	{ " written, then another user with that name", WRITTEN, SAME_ACCOUNT_ELSEWHERE, ALL },
	{ " in the journal, no changes", NOTED, NOTHING, ALL },
	{ " in the journal, then another user with that name", NOTED, SAME_ACCOUNT_ELSEWHERE, ALL },
	{ " in the journal, then another account", NOTED, OTHER_ACCOUNT, ALL },
	{ " in the journal, then other programs", NOTED, OTHER_PROGRAM, ALL },
	{ " in the journal, then without a line end", NOTED, LAST_LINE_END_REMOVED, MBOX },
	{ " in the journal, then without the first message", NOTED, EARLIER_REMOVED, MBOX },
	{ " in the journal, then changed at both ends", NOTED, BOTH_REMOVED_AND_APPENDED, MBOX },
	{ " partly appended, no changes", PARTLY_THERE, NOTHING, MBOX },
	{ " partly appended, then another user with that name", PARTLY_THERE,
	  SAME_ACCOUNT_ELSEWHERE, MBOX },
	{ " partly appended, then another account", PARTLY_THERE, OTHER_ACCOUNT, MBOX },
	{ " partly appended, then other programs", PARTLY_THERE, OTHER_PROGRAM, MBOX },
	{ " delivered, no changes", THERE, NOTHING, ALL },
	{ " delivered, then another user with that name", THERE, SAME_ACCOUNT_ELSEWHERE, ALL },
	{ " delivered, then another account", THERE, OTHER_ACCOUNT, ALL },
	{ " delivered, then other programs", THERE, OTHER_PROGRAM, ALL },
	{ " delivered, then without a spool", THERE, SPOOL_REMOVED, ALL },
	{ " delivered, then without a line end", THERE, LAST_LINE_END_REMOVED, MBOX },
	{ " delivered, then without the first message", THERE, EARLIER_REMOVED, MBOX },
	{ " delivered, then changed at both ends", THERE, BOTH_REMOVED_AND_APPENDED, MBOX },
};

static void test_row(const struct row *row)
{
	struct buffer path = { 0 };

	scratch_empty(scratch());
	must(mkdir(scratch(), 0700) == 0, "there is a directory");
	scratch_directory("to");
	if (strcmp(kind, "mbox:") == 0)
		scratch_write("to/box", OCTETS(foreign));
	run(&ann, row->reach);
	happen(row->meanwhile);
	run(&ann, DONE);
	buffer_clear(&found);
	buffer_append_octet(&found, '\n');
	nftw(scratch_name(&path, "to"), take_file, 16, FTW_PHYS);
	check_there(row->title, &ann, 1);
	check_there(row->title, &bob, row->meanwhile == OTHER_ACCOUNT);
	check_there(row->title, &other_ann, row->meanwhile == SAME_ACCOUNT_ELSEWHERE);
	buffer_release(&path);
}

int main(void)
{
	static const char *const kinds[] = { "maildir:", "dir:", "mbox:" };

	for (size_t k = 0; k < ROWS(kinds); k++) {
		kind = kinds[k];
		buffer_clear(&destination);
		buffer_append_format(&destination, "%s%s/to/box", kind, scratch());
		for (size_t i = 0; i < ROWS(rows); i++)
			if ((rows[i].kinds & 1U << k) != 0)
				test_row(&rows[i]);
	}
	buffer_release(&destination);
	buffer_release(&found);
	return check_end();
}
