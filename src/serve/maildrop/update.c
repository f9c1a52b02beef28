/* The UPDATE state (RFC 1939 section 6): applies the session's changes to the files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/folder.h"
#include "serve/maildrop/maildrop.h"

struct update {
	struct maildrop *drop;
	struct buffer target; /* scratch: a file name in cur */
	size_t removed, failed, missing;
	bool changed;
};

static bool is_same_file(const struct update *update, const struct maildrop_message *message)
{
	const struct maildrop *const drop = update->drop;
	struct stat status;

	if (fstatat(maildrop_folder(drop, message), maildrop_name(drop, message), &status,
		    AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	errno = ENOENT;
	return !drop->inodes_match || status.st_ino == message->inode;
}

static void remove_message(struct update *update, struct maildrop_message *message)
{
	const struct maildrop *const drop = update->drop;

	if (is_same_file(update, message) &&
	    unlinkat(maildrop_folder(drop, message), maildrop_name(drop, message), 0) == 0) {
		message->gone = true;
		update->removed++;
		update->changed = true;
	} else if (errno == ENOENT) {
		update->missing++;
	} else {
		update->failed++;
	}
}

static void move_to_cur(struct update *update, const struct maildrop_message *message)
{
	const struct maildrop *const drop = update->drop;
	const char *const name = maildrop_name(drop, message);
	const int fresh = drop->folders[true], cur = drop->folders[false];

	buffer_clear(&update->target);
	buffer_append_format(&update->target, "%s%s", name,
			     strchr(name, ':') == NULL ? ":2," : "");
	if (update->target.no_memory || !is_same_file(update, message))
		return;
	if (folder_move(fresh, name, cur, update->target.data) < 0)
		return;
	update->changed = true;
}

static void remove_marked(struct update *update)
{
	update->missing = update->failed = 0;
	for (size_t i = 0; i < update->drop->count; i++) {
		struct maildrop_message *const message = &update->drop->messages[i];

		if (maildrop_is_marked(update->drop, i) && !message->gone)
			remove_message(update, message);
	}
}

static void move_new(struct update *update)
{
	for (size_t i = 0; i < update->drop->count; i++) {
		const struct maildrop_message *const message = &update->drop->messages[i];

		if (message->in_new && !maildrop_is_marked(update->drop, i) && !message->gone)
			move_to_cur(update, message);
	}
}

static int sync_folders(const struct maildrop *drop)
{
	int result = 0;

	for (size_t i = 0; i < 2; i++)
		if (fsync(drop->folders[i]) < 0)
			result = -1;
	return result;
}

int maildrop_update(struct maildrop *drop, size_t *removed, struct pop3_error *err)
{
	struct update update = { .drop = drop };
	int result = 0;

	remove_marked(&update);
	if (update.missing > 0) {
		/* Renamed by other programs: find them once. Removed ones are not a failure. */
		result = maildrop_scan_again(drop, err);
		if (result == 0)
			remove_marked(&update);
	}
	move_new(&update);
	if (update.changed && sync_folders(drop) < 0)
		result = pop3_fail_errno(err, POP3_E_IO, "cannot sync the mailbox");
	if (result == 0 && update.failed > 0)
		result = pop3_fail(err, POP3_E_IO, "%zu messages could not be removed",
				   update.failed);
	buffer_release(&update.target);
	*removed = update.removed;
	return result;
}
