/* The UPDATE state (RFC 1939 section 6): what QUIT does to the files. */
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
	struct buffer path, target; /* room for names */
	size_t removed, failed, missing;
	bool changed;
};

static bool is_same_file(const struct update *update, const struct maildrop_message *message)
{
	struct stat status;

	if (update->path.no_memory) {
		errno = ENOMEM;
		return false;
	}
	if (fstatat(update->drop->fd, update->path.data, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	errno = ENOENT;
	return !update->drop->inodes_match || status.st_ino == message->inode;
}

static void remove_message(struct update *update, struct maildrop_message *message)
{
	maildrop_message_path(update->drop, message, &update->path);
	if (is_same_file(update, message) &&
	    unlinkat(update->drop->fd, update->path.data, 0) == 0) {
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
	const char *const name = maildrop_name(update->drop, message);
	const int fd = update->drop->fd;

	maildrop_message_path(update->drop, message, &update->path);
	buffer_clear(&update->target);
	buffer_append_format(&update->target, "cur/%s%s", name,
			     strchr(name, ':') == NULL ? ":2," : "");
	if (update->target.no_memory || !is_same_file(update, message))
		return;
	if (folder_move(fd, update->path.data, fd, update->target.data) < 0)
		return;
	update->changed = true;
}

static void remove_marked(struct update *update)
{
	update->missing = update->failed = 0;
	for (size_t i = 0; i < update->drop->count; i++) {
		struct maildrop_message *const message = &update->drop->messages[i];

		if (message->deleted && !message->gone)
			remove_message(update, message);
	}
}

static void move_new(struct update *update)
{
	for (size_t i = 0; i < update->drop->count; i++) {
		const struct maildrop_message *const message = &update->drop->messages[i];

		if (message->in_new && !message->deleted && !message->gone)
			move_to_cur(update, message);
	}
}

static int sync_folders(int mailbox)
{
	static const char *const folders[] = { "new", "cur" };
	int result = 0;

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		const int fd = openat(mailbox, folders[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0 || fsync(fd) < 0)
			result = -1;
		if (fd >= 0)
			close(fd);
	}
	return result;
}

int maildrop_update(struct maildrop *drop, size_t *removed, struct pop3_error *err)
{
	struct update update = { .drop = drop };
	int result = 0;

	remove_marked(&update);
	if (update.missing > 0) {
		/* Renamed by others: looked for once. What is gone needs no removing. */
		result = maildrop_scan_again(drop, err);
		if (result == 0)
			remove_marked(&update);
	}
	move_new(&update);
	if (update.changed && sync_folders(drop->fd) < 0)
		result = pop3_fail_errno(err, POP3_E_IO, "cannot sync the mailbox");
	if (result == 0 && update.failed > 0)
		result = pop3_fail(err, POP3_E_IO, "%zu messages were not removed",
				   update.failed);
	buffer_release(&update.path);
	buffer_release(&update.target);
	*removed = update.removed;
	return result;
}
