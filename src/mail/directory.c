/* Directories for deliveries: opened without following symbolic links, file names never reused. */
#include "mail/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

int directory_open(int parent, const char *path, bool must_exist, struct pop3_error *err)
{
	static const int how = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int directory = openat(parent, path, how);

	if (directory < 0 && errno == ENOENT && !must_exist) {
		const int made = parent == AT_FDCWD ? file_make_directories(path)
						    : mkdirat(parent, path, 0700);

		if (made < 0 && errno != EEXIST)
			return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot create '%s'", path);
		if (parent != AT_FDCWD && directory_sync(parent, path, err) < 0)
			return -1;
		directory = openat(parent, path, how);
	}
	if (directory < 0 && (errno == ENOTDIR || errno == ELOOP))
		return pop3_fail(err, POP3_E_DESTINATION,
				 "'%s' is not a directory, or is a symbolic link", path);
	if (directory < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot open '%s'", path);
	if (file_check_writable(directory) < 0) {
		pop3_fail_errno(err, POP3_E_DESTINATION, "cannot write into '%s'", path);
		close(directory);
		return -1;
	}
	return directory;
}

int directory_move(int from, const char *old_name, int to, const char *new_name)
{
	if (file_rename_new(from, old_name, to, new_name) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* link(2) never replaces an existing file either. */
	if (linkat(from, old_name, to, new_name, 0) < 0)
		return -1;
	unlinkat(from, old_name, 0);
	return 0;
}

DIR *directory_list(int directory, const char *path, struct pop3_error *err)
{
	const int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *const names = copy >= 0 ? fdopendir(copy) : NULL;

	if (names == NULL) {
		pop3_fail_errno(err, POP3_E_DESTINATION, "cannot list '%s'", path);
		if (copy >= 0)
			close(copy);
	}
	return names;
}

int directory_remove(int directory, const char *path, const char *prefix, struct pop3_error *err)
{
	DIR *const names = directory_list(directory, path, err);
	const struct dirent *entry;

	if (names == NULL)
		return -1;
	while ((entry = readdir(names)) != NULL)
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0)
			unlinkat(directory, entry->d_name, 0);
	closedir(names);
	return 0;
}

int directory_sync(int directory, const char *path, struct pop3_error *err)
{
	if (fsync(directory) < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot sync '%s'", path);
	return 0;
}
