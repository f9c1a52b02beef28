/* An mbox locked as other programs expect it: fcntl on the file and FILE.lock beside it. */
#include "mail/mbox-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/deadline.h"
#include "base/file.h"
#include "base/number.h"

#define STALE_SECONDS 300 /* a dot lock older than that was left by a crash of any machine */
#define TRY_AGAIN_MS 100

/* Whether the lock's text names a process of this machine that is no more. */
static bool is_abandoned(const char *path)
{
	char text[128] = "", host[64] = "";
	const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	const ssize_t got = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
	uint64_t owner = 0;
	size_t digits;

	if (fd >= 0)
		close(fd);
	if (got <= 0 || gethostname(host, sizeof host - 1) < 0)
		return false;
	digits = number_prefix(text, (size_t)got, &owner);
	if (digits == 0 || owner == 0 || owner > INT32_MAX || text[digits] != ' ' ||
	    strncmp(text + digits + 1, host, strlen(host)) != 0 ||
	    text[digits + 1 + strlen(host)] != '\n')
		return false;
	return kill((pid_t)owner, 0) < 0 && errno == ESRCH;
}

static bool is_stale(const char *path)
{
	struct stat status;

	if (lstat(path, &status) < 0)
		return false;
	return time(NULL) - status.st_mtime > STALE_SECONDS || is_abandoned(path);
}

/* A lock that does not say whose it is, for want of room, is one all the same. */
static void name_owner(int fd)
{
	char text[128], host[64] = "";
	int length;

	gethostname(host, sizeof host - 1);
	length = snprintf(text, sizeof text, "%ld %s\n", (long)getpid(), host);
	file_write_all(fd, text, (size_t)length);
}

/* A file that names its owner from the moment it exists; -1 where the file system has no such. */
static int create_named(const char *path)
{
	const char *const slash = strrchr(path, '/');
	char *const folder = slash != NULL ? strndup(path, (size_t)(slash - path) + 1) : NULL;
	const int fd = open(folder != NULL ? folder : ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	char itself[32];
	int result, saved;

	free(folder);
	if (fd < 0)
		return -1;
	name_owner(fd);
	snprintf(itself, sizeof itself, "/proc/self/fd/%d", fd);
	result = linkat(AT_FDCWD, itself, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}

/* 1 when it is ours, 0 when somebody has it, -1 when the folder allows no such file. */
static int try_dot_lock(const char *path)
{
	int fd;

	if (create_named(path) == 0)
		return 1;
	fd = errno != EEXIST ? file_create(AT_FDCWD, path) : -1;
	if (fd >= 0) {
		name_owner(fd);
		close(fd);
		return 1;
	}
	if (errno != EEXIST)
		return -1;
	if (is_stale(path))
		unlink(path);
	return 0;
}

static int try_file_lock(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 1;
	return errno == EAGAIN || errno == EACCES ? 0 : -1;
}

static int open_mbox(const char *path, struct pop3_error *err)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	struct stat status;

	if (fd < 0 && errno == ELOOP)
		return pop3_fail(err, POP3_E_DESTINATION, "'%s' is a link", path);
	if (fd < 0 || fstat(fd, &status) < 0) {
		pop3_fail_errno(err, POP3_E_DESTINATION, "cannot open '%s'", path);
	} else if (!S_ISREG(status.st_mode)) {
		pop3_fail(err, POP3_E_DESTINATION, "'%s' is not a file", path);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Both locks or none: one alone would keep out those who wait for the other. */
static int try_both(struct mbox_lock *lock, struct pop3_error *err)
{
	const int dotted = try_dot_lock(buffer_text(&lock->path));
	const int locked = dotted != 0 ? try_file_lock(lock->fd) : 0;

	if (dotted < 0)
		buffer_clear(&lock->path);
	if (locked < 0)
		pop3_fail_errno(err, POP3_E_DESTINATION, "cannot lock the mbox");
	if (locked != 1 && dotted == 1)
		unlink(lock->path.data);
	return locked;
}

int mbox_lock(struct mbox_lock *lock, const char *path, const struct pop3_timeouts *timeouts,
	      struct pop3_error *err)
{
	const int64_t deadline = deadline_after(timeouts, timeouts->progress_ms);
	int locked;

	lock->fd = open_mbox(path, err);
	if (lock->fd < 0)
		return -1;
	buffer_clear(&lock->path);
	buffer_append_format(&lock->path, "%s.lock", path);
	while ((locked = try_both(lock, err)) == 0) {
		if (deadline != 0 && clock_ms() >= deadline) {
			locked = pop3_fail(err, POP3_E_LOCKED, "'%s' is locked", path);
			break;
		}
		if (deadline_pause(timeouts, TRY_AGAIN_MS, err) < 0) {
			locked = -1;
			break;
		}
	}
	if (locked == 1)
		return 0;
	buffer_clear(&lock->path);
	mbox_unlock(lock);
	return -1;
}

void mbox_unlock(struct mbox_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
	if (lock->path.length > 0)
		unlink(lock->path.data);
	buffer_clear(&lock->path);
}
