/* The users' file on disk: locked, read whole, replaced whole. */
#include "serve/users/users-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define LOCK_TRIES 100

/* Whether the descriptor is still the file of that name: another process may have replaced it. */
static bool is_current(int fd, const char *path)
{
	struct stat held, named;

	return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_ino == named.st_ino &&
	       held.st_dev == named.st_dev;
}

int users_file_lock(const char *path, struct pop3_error *err)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		const int fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);

		if (fd < 0)
			return pop3_fail_errno(err, POP3_E_IO, "cannot open '%s'", path);
		if (flock(fd, LOCK_EX) == 0 && is_current(fd, path))
			return fd;
		close(fd);
	}
	return pop3_fail(err, POP3_E_IO, "cannot lock '%s'", path);
}

int users_file_read(const char *path, struct buffer *out, struct pop3_error *err)
{
	if (file_read(path, out) == 0 || errno == ENOENT)
		return 0;
	if (errno == 0)
		return pop3_fail(err, POP3_E_CONFIG, "'%s' is too long", path);
	return pop3_fail_errno(err, POP3_E_CONFIG, "cannot read '%s'", path);
}

/* For a power loss, no more: the file has its name, and a failure here takes nothing back. */
static void sync_folder_of(const char *path)
{
	struct buffer folder = { 0 };
	int fd;

	file_folder_of(&folder, path);
	fd = open(buffer_text(&folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	buffer_release(&folder);
	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

static int write_synced(const char *name, const struct buffer *text)
{
	int fd, result;

	unlink(name);
	fd = file_create(AT_FDCWD, name);
	if (fd < 0)
		return -1;
	result = file_write_all(fd, buffer_text(text), text->length);
	if (result == 0)
		result = fsync(fd);
	if (close(fd) < 0)
		result = -1;
	return result;
}

int users_file_write(const char *path, const struct buffer *text, struct pop3_error *err)
{
	struct buffer temporary = { 0 };
	int result = -1;

	buffer_append_format(&temporary, "%s.%ld.new", path, (long)getpid());
	if (temporary.no_memory)
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
	else if (write_synced(temporary.data, text) < 0 || rename(temporary.data, path) < 0)
		pop3_fail_errno(err, POP3_E_IO, "cannot write '%s'", path);
	else
		result = 0;
	if (result == 0)
		sync_folder_of(path);
	else
		unlink(buffer_text(&temporary));
	buffer_release(&temporary);
	return result;
}
