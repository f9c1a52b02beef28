/* Files of our own: created with private modes, and never through another user's symbolic link. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/number.h"

#define READ_CHUNK 16384
#define PASSWD_ENTRY_MAX 16384

int file_create(int directory, const char *name)
{
	return openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Network file systems, for example, have no O_TMPFILE: a named file is created and unlinked. */
int file_create_unnamed(void)
{
	const char *const directory = file_temporary_directory();
	char path[PATH_MAX];
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL &&
			errno != ENOSYS && errno != EPERM))
		return fd;
	if (snprintf(path, sizeof path, "%s/pop3-XXXXXX", directory) >= (int)sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

int file_rename_new(int from, const char *old_name, int to, const char *new_name)
{
#ifdef RENAME_NOREPLACE
	if (renameat2(from, old_name, to, new_name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno == EPERM)
		errno = ENOSYS; /* a container may refuse calls that it does not know with EPERM */
#else
	(void)from, (void)old_name, (void)to, (void)new_name;
	errno = ENOSYS;
#endif
	return -1;
}

int file_check_writable(int directory)
{
	if (faccessat(directory, ".", W_OK | X_OK, AT_EACCESS) == 0)
		return 0;
	/* Where a container refuses faccessat2 with EPERM, the real IDs must do. The C library would
	   use faccessat2 for them, too. */
	return errno == EPERM ? (int)syscall(SYS_faccessat, directory, ".", W_OK | X_OK) : -1;
}

/* Where the kernel lacks close_range (Linux before 5.11), /dev/fd lists the descriptors. */
void file_close_on_exec(int first)
{
	const struct dirent *entry;
	uint64_t fd;
	DIR *directory;

#if defined SYS_close_range && defined CLOSE_RANGE_CLOEXEC
	if (syscall(SYS_close_range, first, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
#endif
	directory = opendir("/dev/fd");
	while (directory != NULL && (entry = readdir(directory)) != NULL)
		if (number_parse(entry->d_name, strlen(entry->d_name), INT_MAX, &fd) &&
		    (int)fd >= first)
			fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	if (directory != NULL)
		closedir(directory);
}

/* Also closes the file; keeps the errno of a failure. */
static int read_and_close(int fd, struct buffer *out)
{
	char chunk[READ_CHUNK];
	ssize_t got;
	int saved;

	while ((got = read(fd, chunk, sizeof chunk)) > 0 || (got < 0 && errno == EINTR)) {
		if (got > 0)
			buffer_append(out, chunk, (size_t)got);
		if (out->over_limit || out->no_memory) {
			errno = out->no_memory ? ENOMEM : 0;
			got = -1;
			break;
		}
	}
	saved = errno;
	close(fd);
	/* The file may hold passwords. */
	explicit_bzero(chunk, sizeof chunk);
	errno = saved;
	return (int)got;
}

int file_read(const char *path, struct buffer *out)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : read_and_close(fd, out);
}

int file_read_regular(int directory, const char *name, int flags, struct buffer *out)
{
	const int fd = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | flags);
	struct stat status;

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
		return read_and_close(fd, out);
	close(fd);
	errno = EINVAL;
	return -1;
}

int file_read_private(const char *path, int flags, struct buffer *out)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
	struct stat status;

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
	    (status.st_mode & 077) != 0) {
		close(fd);
		errno = EPERM;
		return -1;
	}
	return read_and_close(fd, out);
}

int file_write_all(int fd, const void *data, size_t length)
{
	const char *next = data;

	while (length > 0) {
		const ssize_t put = write(fd, next, length);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		next += put;
		length -= (size_t)put;
	}
	return 0;
}

int file_fail_stdout(struct pop3_error *err)
{
	return pop3_fail_errno(err, errno == EPIPE ? POP3_E_CLOSED : POP3_E_IO,
			       "cannot write to stdout");
}

int file_replace_at(int directory, const char *name, const char *data, size_t length)
{
	struct buffer temporary = { 0 };
	int fd, result = -1;

	/* The thread ID makes the name unique across threads and processes. */
	buffer_append_format(&temporary, "%s.%ld", name, (long)gettid());
	if (temporary.no_memory) {
		errno = ENOMEM;
		return -1;
	}
	unlinkat(directory, temporary.data, 0);
	fd = file_create(directory, temporary.data);
	if (fd >= 0) {
		result = file_write_all(fd, data, length);
		if (close(fd) < 0 ||
		    (result == 0 && renameat(directory, temporary.data, directory, name) < 0))
			result = -1;
		if (result < 0)
			unlinkat(directory, temporary.data, 0);
	}
	buffer_release(&temporary);
	return result;
}

int file_replace(const char *path, const char *data, size_t length)
{
	return file_replace_at(AT_FDCWD, path, data, length);
}

int file_make_directories(const char *path)
{
	struct buffer partial = { 0 };
	int result = 0;

	for (const char *end = path; result == 0 && *end != '\0';) {
		end += strspn(end, "/");
		end += strcspn(end, "/");
		buffer_clear(&partial);
		buffer_append(&partial, path, (size_t)(end - path));
		if (partial.no_memory) {
			errno = ENOMEM;
			result = -1;
		} else if (mkdir(partial.data, 0700) == 0) {
			/* It survives a power loss only after its parent directory was synced. */
			result = file_sync_directory_of(partial.data);
		} else if (errno != EEXIST) {
			result = -1;
		}
	}
	buffer_release(&partial);
	return result;
}

void file_directory_of(struct buffer *out, const char *path)
{
	const char *const slash = strrchr(path, '/');

	if (slash == NULL)
		buffer_append_text(out, ".");
	else
		buffer_append(out, path, slash == path ? 1 : (size_t)(slash - path));
}

int file_sync_directory_of(const char *path)
{
	struct buffer directory = { 0 };
	int fd, result;

	file_directory_of(&directory, path);
	fd = open(buffer_text(&directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	result = fd < 0 ? -1 : fsync(fd);
	if (fd >= 0)
		close(fd);
	buffer_release(&directory);
	return result;
}

const char *file_temporary_directory(void)
{
	const char *const named = getenv("TMPDIR");

	return named != NULL && named[0] == '/' ? named : "/tmp";
}

/* A relative $HOME is ignored: it would depend on the current directory. */
static bool append_home(struct buffer *out)
{
	const char *const named = getenv("HOME");
	struct passwd user, *found = NULL;
	char texts[PASSWD_ENTRY_MAX];

	if (named != NULL && named[0] == '/') {
		buffer_append_text(out, named);
		return true;
	}
	if (getpwuid_r(getuid(), &user, texts, sizeof texts, &found) != 0 || found == NULL ||
	    user.pw_dir[0] != '/')
		return false;
	buffer_append_text(out, user.pw_dir);
	return true;
}

int file_expand(struct buffer *out, const char *path, struct pop3_error *err)
{
	if (path[0] == '~' && (path[1] == '/' || path[1] == '\0')) {
		if (!append_home(out))
			return pop3_fail(err, POP3_E_CONFIG,
					 "no home directory for '%s': set HOME", path);
		path++;
	}
	buffer_append_text(out, path);
	return buffer_check(out, POP3_E_USAGE, err);
}

int file_user_directory(struct buffer *out, const char *variable, const char *otherwise,
			struct pop3_error *err)
{
	const char *const value = getenv(variable);

	if (value != NULL && value[0] == '/')
		return file_expand(out, value, err);
	if (file_expand(out, otherwise, err) == 0)
		return 0;
	if (err->code == POP3_E_CONFIG)
		pop3_fail(err, POP3_E_CONFIG, "no home directory: set HOME or %s", variable);
	return -1;
}
