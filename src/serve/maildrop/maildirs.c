/* Creates, renames and removes mailboxes: directories under the root. */
#include "serve/maildrop/maildirs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

/* The directory for removed mailboxes. No user can have that name: it begins with a dot. */
#define BIN ".removed"
#define BIN_DEPTH_MAX 16

#define DIRECTORY_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int open_root(const char *root, struct pop3_error *err)
{
	const int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 ? fd : pop3_fail_errno(err, POP3_E_IO, "cannot open '%s'", root);
}

/* If run by root, gives a new directory to the owner of its parent. */
static int inherit_owner(int fd, int parent)
{
	struct stat above, own;

	if (geteuid() != 0)
		return 0;
	if (fstat(parent, &above) < 0 || fstat(fd, &own) < 0)
		return -1;
	if (own.st_uid == above.st_uid && own.st_gid == above.st_gid)
		return 0;
	return fchown(fd, above.st_uid, above.st_gid);
}

static int open_directory(int parent, const char *name)
{
	int fd = openat(parent, name, DIRECTORY_FLAGS);
	bool made;

	if (fd >= 0 || errno != ENOENT)
		return fd;
	made = mkdirat(parent, name, 0700) == 0;
	if (!made && errno != EEXIST)
		return -1;
	fd = openat(parent, name, DIRECTORY_FLAGS);
	if (fd < 0 || !made || inherit_owner(fd, parent) == 0)
		return fd;
	close(fd);
	return -1;
}

static int make_directories(int mailbox)
{
	static const char *const directories[] = { "tmp", "new", "cur" };

	for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
		struct stat status;
		int fd;

		if (fstatat(mailbox, directories[i], &status, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		fd = open_directory(mailbox, directories[i]);
		if (fd < 0)
			return -1;
		close(fd);
	}
	return 0;
}

int maildirs_open(const char *root, const char *user, struct pop3_error *err)
{
	const int parent = open_root(root, err);
	int fd;

	if (parent < 0)
		return -1;
	fd = open_directory(parent, user);
	close(parent);
	if (fd >= 0 && make_directories(fd) == 0)
		return fd;
	pop3_fail_errno(err, POP3_E_IO, "cannot open the mailbox '%s/%s'", root, user);
	if (fd >= 0)
		close(fd);
	return -1;
}

int maildirs_rename(const char *root, const char *user, const char *new_user,
		   struct pop3_error *err)
{
	const int parent = open_root(root, err);
	int result;

	if (parent < 0)
		return -1;
	result = file_rename_new(parent, user, parent, new_user);
	/* Plain rename does not replace a Maildir either, since one is never empty. */
	if (result < 0 && (errno == EINVAL || errno == ENOSYS))
		result = renameat(parent, user, parent, new_user);
	if (result < 0 && errno == ENOENT)
		result = 0;
	else if (result < 0)
		pop3_fail_errno(err, errno == EEXIST || errno == ENOTEMPTY ?
				POP3_E_REFUSED : POP3_E_IO, "cannot rename the mailbox '%s'", user);
	close(parent);
	return result;
}

int maildirs_discard(const char *root, const char *user, struct pop3_error *err)
{
	const int parent = open_root(root, err);
	const int bin = parent < 0 ? -1 : open_directory(parent, BIN);
	char name[NAME_MAX + 1];
	struct timespec now;
	int result = -1;

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(name, sizeof name, "%s.%lld.%09ld", user, (long long)now.tv_sec, now.tv_nsec);
	if (bin >= 0)
		result = renameat(parent, user, bin, name);
	if (parent >= 0 && result < 0 && errno == ENOENT)
		result = 0;
	else if (parent >= 0 && result < 0)
		pop3_fail_errno(err, POP3_E_IO, "cannot remove the mailbox '%s'", user);
	if (bin >= 0)
		close(bin);
	if (parent >= 0)
		close(parent);
	return result;
}

static void remove_entries(int directory, int depth);

static void remove_entry(int directory, const char *name, int depth)
{
	int inner;

	if (unlinkat(directory, name, 0) == 0 || (errno != EISDIR && errno != EPERM) || depth == 0)
		return;
	inner = openat(directory, name, DIRECTORY_FLAGS);
	if (inner < 0)
		return;
	remove_entries(inner, depth - 1);
	unlinkat(directory, name, AT_REMOVEDIR);
}

/* Closes the descriptor. */
static void remove_entries(int directory, int depth)
{
	DIR *const entries = fdopendir(directory);
	const struct dirent *entry;

	if (entries == NULL) {
		close(directory);
		return;
	}
	while ((entry = readdir(entries)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			remove_entry(directory, entry->d_name, depth);
	closedir(entries);
}

void maildirs_empty_bin(const char *root)
{
	struct pop3_error ignored;
	const int parent = open_root(root, &ignored);

	if (parent < 0)
		return;
	remove_entry(parent, BIN, BIN_DEPTH_MAX);
	close(parent);
}
