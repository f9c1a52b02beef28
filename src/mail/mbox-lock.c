/* Locks an mbox as other programs do: with fcntl, and with a file FILE.lock next to it. */
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
#include "base/tracer.h"

#define STALE_SECONDS 300 /* a dot lock older than that was left by a crash */
#define TRY_AGAIN_MS 100

/* Whether the lock is old, or its owner an earlier run or a process of this host that has ended. */
static bool is_stale(const struct mbox_lock *lock)
{
	char text[192] = "", host[64] = "", name[64], mark[32] = "";
	struct stat status;
	int fd, owner = 0;
	ssize_t got;

	if (lstat(lock->path.data, &status) < 0)
		return false;
	if (time(NULL) - status.st_mtime > STALE_SECONDS)
		return true;
	fd = open(lock->path.data, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	got = read(fd, text, sizeof text - 1);
	close(fd);
	if (got <= 0 || gethostname(host, sizeof host - 1) < 0 ||
	    sscanf(text, "%9d %63s %31s", &owner, name, mark) < 2 || owner <= 0)
		return false;
	return strcmp(mark, lock->mark) == 0 ||
	       (strcmp(name, host) == 0 && kill((pid_t)owner, 0) < 0 && errno == ESRCH);
}

/* Best effort: a lock file is valid without its owner's name, for example on a full disk. */
static void name_owner(int fd, const char *mark)
{
	char text[192], host[64] = "";
	int length;

	gethostname(host, sizeof host - 1);
	length = snprintf(text, sizeof text, "%ld %s %s\n", (long)getpid(), host, mark);
	file_write_all(fd, text, (size_t)length);
}

/* Creates the file with its content in one step; -1 where the file system does not support that. */
static int create_named(const char *path, const char *mark)
{
	const char *const slash = strrchr(path, '/');
	char *const directory = slash != NULL ? strndup(path, (size_t)(slash - path) + 1) : NULL;
	const int fd = open(directory != NULL ? directory : ".",
				    O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	char itself[32];
	int result, saved;

	free(directory);
	if (fd < 0)
		return -1;
	name_owner(fd, mark);
	snprintf(itself, sizeof itself, "/proc/self/fd/%d", fd);
	result = linkat(AT_FDCWD, itself, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}

/* Returns 1 on success, 0 when it is locked, -1 when the directory is not writable. */
static int try_dot_lock(const struct mbox_lock *lock)
{
	const char *const path = buffer_text(&lock->path);
	int fd;

	if (create_named(path, lock->mark) == 0)
		return 1;
	fd = errno != EEXIST ? file_create(AT_FDCWD, path) : -1;
	if (fd >= 0) {
		name_owner(fd, lock->mark);
		close(fd);
		return 1;
	}
	if (errno != EEXIST)
		return -1;
	if (is_stale(lock))
		unlink(path);
	return 0;
}

static int try_file_lock(int fd, short type)
{
	struct flock lock = { .l_type = type, .l_whence = SEEK_SET };

	if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
		return 1;
	return errno == EAGAIN || errno == EACCES ? 0 : -1;
}

static int open_mbox(const char *path, struct pop3_error *err)
{
	const int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
	struct stat status;

	if (fd < 0 && errno == ELOOP)
		return pop3_fail(err, POP3_E_DESTINATION, "'%s' is a symbolic link", path);
	if (fd < 0 || fstat(fd, &status) < 0) {
		pop3_fail_errno(err, POP3_E_DESTINATION, "cannot open '%s'", path);
	} else if (!S_ISREG(status.st_mode)) {
		pop3_fail(err, POP3_E_DESTINATION, "'%s' is not a regular file", path);
	} else {
		return fd;
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* A program that rewrites an mbox may rename a new file to its name: the old one is then lost. */
static bool is_current(int fd, const char *path)
{
	struct stat here, there;

	return fstat(fd, &here) == 0 && lstat(path, &there) == 0 && here.st_dev == there.st_dev &&
	       here.st_ino == there.st_ino;
}

static void name_dot_lock(struct mbox_lock *lock, const char *path)
{
	buffer_clear(&lock->path);
	buffer_append_format(&lock->path, "%s.lock", path);
}

/*
 * Takes both locks or none: holding one would block programs that wait for the other. Only the
 * holder of the file lock removes a stale dot lock, so that no process removes a new lock of
 * another. Opens the mbox each time, since a program that had the locks may have replaced it.
 */
static int try_both(struct mbox_lock *lock, const char *path, struct pop3_error *err)
{
	int locked, dotted = 0;

	lock->fd = open_mbox(path, err);
	if (lock->fd < 0)
		return -1;
	locked = try_file_lock(lock->fd, F_WRLCK);
	if (locked < 0)
		pop3_fail_errno(err, POP3_E_DESTINATION, "cannot lock '%s'", path);
	if (locked > 0) {
		name_dot_lock(lock, path);
		dotted = try_dot_lock(lock);
	}
	if (dotted <= 0)
		buffer_clear(&lock->path); /* it is not ours */
	if (dotted != 0 && is_current(lock->fd, path))
		return 1;
	mbox_unlock(lock);
	return locked < 0 ? -1 : 0;
}

int mbox_lock(struct mbox_lock *lock, const struct delivery_settings *settings,
	      struct pop3_error *err)
{
	const char *const path = settings->path;
	const struct pop3_timeouts *const timeouts = settings->timeouts;
	const int64_t deadline = deadline_after(timeouts, timeouts->progress_ms);
	bool waits = false;
	int locked;

	while ((locked = try_both(lock, path, err)) == 0) {
		if (!waits)
			tracer_print(settings->tracer, POP3_STEP, "waiting for the lock of '%s'",
				     path);
		waits = true;
		if (deadline != 0 && clock_ms() >= deadline)
			return pop3_fail(err, POP3_E_LOCKED, "'%s' is locked by another program",
					 path);
		if (deadline_pause(timeouts, TRY_AGAIN_MS, err) < 0)
			return -1;
	}
	return locked < 0 ? -1 : 0;
}

void mbox_unlock(struct mbox_lock *lock)
{
	if (lock->path.length > 0)
		unlink(lock->path.data);
	buffer_clear(&lock->path);
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}

void mbox_lock_tidy(struct mbox_lock *lock, const char *path)
{
	const int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	name_dot_lock(lock, path);
	if (fd >= 0 && !lock->path.no_memory && is_stale(lock) &&
	    try_file_lock(fd, F_WRLCK) == 1 && is_stale(lock))
		unlink(lock->path.data);
	buffer_clear(&lock->path);
	if (fd >= 0)
		close(fd);
}
