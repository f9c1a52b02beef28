/* The UPDATE state (RFC 1939 section 6): applies the session's changes to the files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/directory.h"
#include "serve/maildrop/maildrop.h"

/* The marked messages of one attempt, and how many were removed in all. */
struct removal {
	size_t removed, failed, missing;
};

static bool is_same_file(const struct maildrop *drop, const struct maildrop_message *message)
{
	struct stat status;

	if (fstatat(maildrop_directory(drop, message), maildrop_name(drop, message), &status,
		    AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	errno = ENOENT;
	return !drop->inodes_match || status.st_ino == message->inode;
}

static void remove_marked(struct maildrop *drop, struct removal *removal)
{
	removal->missing = removal->failed = 0;
	for (size_t i = 0; i < drop->count; i++) {
		struct maildrop_message *const message = &drop->messages[i];

		if (!maildrop_is_marked(drop, i) || message->gone)
			continue;
		if (is_same_file(drop, message) &&
		    unlinkat(maildrop_directory(drop, message), maildrop_name(drop, message),
			     0) == 0) {
			message->gone = true;
			removal->removed++;
		} else if (errno == ENOENT) {
			removal->missing++;
		} else {
			removal->failed++;
		}
	}
}

/* Moves the messages that are left in new to cur; returns whether there were any. */
static bool move_new(const struct maildrop *drop)
{
	const int fresh = drop->directories[true], cur = drop->directories[false];
	struct buffer target = { 0 };
	bool moved = false;

	for (size_t i = 0; i < drop->count; i++) {
		const struct maildrop_message *const message = &drop->messages[i];
		const char *const name = maildrop_name(drop, message);

		if (!message->in_new || message->gone || maildrop_is_marked(drop, i))
			continue;
		buffer_clear(&target);
		buffer_append_format(&target, "%s%s", name, strchr(name, ':') == NULL ? ":2," : "");
		if (!target.no_memory && is_same_file(drop, message) &&
		    directory_move(fresh, name, cur, target.data) == 0)
			moved = true;
	}
	buffer_release(&target);
	return moved;
}

int maildrop_update(struct maildrop *drop, size_t *removed, struct pop3_error *err)
{
	struct removal removal = { 0 };
	bool changed;
	int result = 0;

	remove_marked(drop, &removal);
	if (removal.missing > 0) {
		/* Renamed by other programs: find them once. Removed ones are not a failure. */
		result = maildrop_scan_again(drop, err);
		if (result == 0)
			remove_marked(drop, &removal);
	}
	changed = move_new(drop) || removal.removed > 0;
	for (size_t i = 0; changed && i < 2; i++)
		if (fsync(drop->directories[i]) < 0)
			result = pop3_fail_errno(err, POP3_E_IO, "cannot sync the mailbox");
	if (result == 0 && removal.failed > 0)
		result = pop3_fail(err, POP3_E_IO, "%zu messages could not be removed",
				   removal.failed);
	*removed = removal.removed;
	return result;
}
