/* A maildrop while any call may fail: no message is confused, and only marked ones are removed. */
#include "../fuzz/scratch.h"
#include "serve/maildrop/maildrop.h"
#include "trials.h"

#define MESSAGES 4

static const struct {
	const char *file, *renamed, *stored;
	uint64_t octets; /* as sent */
} messages[MESSAGES] = {
	{ "new/1.a.h", "cur/1.a.h:2,S", "one\n", 5 },
	{ "new/2.b.h", "cur/2.b.h:2,", "two\r\n", 5 },
	{ "cur/3.c.h,W=7:2,S", "cur/3.c.h,W=7:2,RS", "three\n", 7 },
	{ "cur/4 d.h:2,", "cur/4 d.h:2,T", "four\n", 6 },
};

static char root[sizeof scratch_path + sizeof "/root"];
static struct maildrop *drop;
static bool marked[MESSAGES];
static bool is_right; /* the maildrop or message that was opened */

/* --- the directory --- */

static const char *path_of(const char *file)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/ann/%s", root, file);
	return path;
}

static const char *base_of(size_t i)
{
	return messages[i].file + strlen("new/");
}

static void move(const char *from, const char *to)
{
	char source[PATH_MAX];

	snprintf(source, sizeof source, "%s", path_of(from));
	must(rename(source, path_of(to)) == 0, "a file can be renamed");
}

static void prepare_directory(void)
{
	maildrop_close(drop);
	drop = NULL;
	memset(marked, 0, sizeof marked);
	snprintf(root, sizeof root, "%s/root", scratch());
	scratch_empty(root);
	scratch_directory("root");
	scratch_directory("root/ann");
	scratch_directory("root/ann/new");
	scratch_directory("root/ann/cur");
	for (size_t i = 0; i < MESSAGES; i++) {
		char name[64];

		snprintf(name, sizeof name, "root/ann/%s", messages[i].file);
		scratch_write(name, messages[i].stored, strlen(messages[i].stored));
	}
}

static int open_drop(struct pop3_error *err)
{
	drop = maildrop_open(root, "ann", err);
	return drop != NULL ? maildrop_measure(drop, INT64_MAX, err) : -1;
}

static void prepare_drop(void)
{
	struct pop3_error err;

	prepare_directory();
	must(open_drop(&err) == 0 && drop->count == MESSAGES, "the maildrop opens");
}

/* The sizes are already in the cache. */
static void prepare_cache(void)
{
	prepare_drop();
	maildrop_close(drop);
	drop = NULL;
}

static void prepare_marks(void)
{
	prepare_drop();
	marked[0] = marked[3] = true;
	for (size_t i = 0; i < MESSAGES; i++)
		if (marked[i])
			maildrop_mark(drop, i);
}

static void prepare_renamed(void)
{
	prepare_marks();
	for (size_t i = 0; i < MESSAGES; i++)
		move(messages[i].file, messages[i].renamed);
}

/* --- the trials and their conditions --- */

static bool size_is_true(const struct maildrop_message *message)
{
	for (size_t i = 0; i < MESSAGES; i++)
		if (maildrop_compare(maildrop_name(drop, message), base_of(i)) == 0)
			return message->octets == messages[i].octets;
	return false;
}

static bool could_not_read(void)
{
	return faults.struck != NULL && strcmp(faults.struck, "read") == 0;
}

/* Only a message that cannot be read may be missing from the list. */
static int open_and_close(struct pop3_error *err)
{
	is_right = true;
	if (open_drop(err) < 0) {
		maildrop_close(drop);
		drop = NULL;
		return -1;
	}
	is_right = drop->path != NULL && (drop->count == MESSAGES || could_not_read());
	for (size_t i = 0; i < drop->count; i++)
		is_right = is_right && size_is_true(&drop->messages[i]);
	maildrop_close(drop);
	drop = NULL;
	return 0;
}

static int open_first(struct pop3_error *err)
{
	char octets[16];
	uint64_t stored;
	const int fd = maildrop_open_message(drop, 0, &stored, err);

	is_right = fd < 0 || (stored == 4 && FAULTS_REAL(pread)(fd, octets, sizeof octets, 0) == 4 &&
			      memcmp(octets, "one\n", 4) == 0);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

static bool was_right(bool done)
{
	(void)done;
	return is_right;
}

static int update(struct pop3_error *err)
{
	size_t removed;

	return maildrop_update(drop, &removed, err);
}

/* Whether a message is still in the directory, under any name. */
static bool is_there(size_t i)
{
	char seen[64];

	snprintf(seen, sizeof seen, "cur/%s:2,", base_of(i));
	return access(path_of(messages[i].file), F_OK) == 0 ||
	       access(path_of(messages[i].renamed), F_OK) == 0 || access(path_of(seen), F_OK) == 0;
}

static bool is_updated(bool done)
{
	for (size_t i = 0; i < MESSAGES; i++)
		if ((!marked[i] && !is_there(i)) || (done && marked[i] && is_there(i)))
			return false;
	return true;
}

static const struct trial trials[] = {
	{ "open a maildrop", prepare_directory, open_and_close, was_right },
	{ "open a maildrop whose sizes are cached", prepare_cache, open_and_close, was_right },
	{ "open a message", prepare_drop, open_first, was_right },
	{ "open a message that was renamed", prepare_renamed, open_first, was_right },
	{ "remove marked messages", prepare_marks, update, is_updated },
	{ "remove marked messages that were renamed", prepare_renamed, update, is_updated },
};

static const char *const expected_texts[] = {
	"1 messages could not be removed",
	"cannot lock the maildrop: Input/output error",
	"cannot read '/root/ann/new': Input/output error",
	"cannot sync the mailbox: Input/output error",
};

int main(void)
{
	for (size_t row = 0; row < ROWS(trials); row++)
		trial_sweep(&trials[row]);
	maildrop_close(drop);
	check_error_texts(expected_texts, ROWS(expected_texts));
	return check_end();
}
