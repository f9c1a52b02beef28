/*
 * Faults at the client's calls that change something, preloaded into it. Only calls that affect the
 * result of a crash are counted: not SQLite's writes between syncs, nor mkdir of an existing
 * directory, since those would make the others rarer.
 *
 *	WORLD_KILL=K           the client is killed before the K-th of them
 *	WORLD_PAUSE=K          the client is stopped before the K-th of them
 *	WORLD_FULL=K,ERRNO     from the K-th on, calls that need disk space fail
 *	WORLD_DAYS=N           the client's clock is ahead by N days
 *	WORLD_LOG=FILE         receives the call; with WORLD_SYNCS, also the synced data, for
 *	WORLD_SYNCS=FOLDER     power.py: octets of each file, names of each directory
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"

static long calls, kill_at, pause_at, full_at, days;
static int full_error, is_full;
static pid_t client;

static long number(const char *name, char **end)
{
	const char *const text = getenv(name);

	*end = "";
	return text != NULL ? strtol(text, end, 10) : 0;
}

/* Commands run by the client are not disturbed. */
__attribute__((constructor)) static void read_environment(void)
{
	char *end;

	kill_at = number("WORLD_KILL", &end);
	pause_at = number("WORLD_PAUSE", &end);
	days = number("WORLD_DAYS", &end);
	full_at = number("WORLD_FULL", &end);
	full_error = *end == ',' ? (int)strtol(end + 1, NULL, 10) : ENOSPC;
	log_open(getenv("WORLD_LOG"), getenv("WORLD_SYNCS"));
	client = getpid();
	unsetenv("LD_PRELOAD");
}

/* --- counting --- */

/* Whether the file is on the disk of the faults, which stdout is not. */
static int is_on_disk(int fd)
{
	struct stat status;

	return fd > STDERR_FILENO && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

const char *fault_path(int fd)
{
	static char path[400];
	char link[40];
	ssize_t length;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof path - 1);
	path[length > 0 ? length : 0] = '\0';
	return path;
}

/* Kills or stops the client at the chosen call; returns whether this call must fail. */
static int happens(const char *name, const char *about, int needs_space)
{
	static long seen;
	const int is_next = calls != seen;

	seen = calls;
	if (is_next && calls == kill_at) {
		log_call(name, about);
		raise(SIGKILL);
	}
	if (is_next && calls == pause_at) {
		log_call(name, about);
		raise(SIGSTOP);
	}
	if (full_at == 0 || calls < full_at || !needs_space ||
	    (needs_space == OF_A_SYNC && full_error != EIO))
		return 0;
	if (!is_full)
		log_call(name, about);
	is_full = 1;
	errno = full_error;
	return 1;
}

/* Octets sent to the server count, too, although they need no disk space. */
int fault_fails(const char *name, const char *about, int needs_space)
{
	if (getpid() != client)
		return 0;
	calls++;
	return happens(name, about, needs_space);
}

static int is_of_sqlite(const char *path)
{
	return strstr(path, ".db") != NULL;
}

static int write_fails(const char *name, int fd)
{
	const char *const path = fault_path(fd);

	if (getpid() != client)
		return 0;
	if (!is_on_disk(fd) && fd != STDOUT_FILENO)
		return 0;
	calls += !is_of_sqlite(path);
	return happens(name, path, is_on_disk(fd));
}

/* --- writes --- */

ssize_t write(int fd, const void *data, size_t length)
{
	REAL(ssize_t, "write", int, const void *, size_t);
	return write_fails("write", fd) ? -1 : real(fd, data, length);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at)
{
	REAL(ssize_t, "pwrite", int, const void *, size_t, off_t);
	return write_fails("pwrite", fd) ? -1 : real(fd, data, length, at);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at)
{
	return pwrite(fd, data, length, at);
}

ssize_t send(int fd, const void *data, size_t length, int flags)
{
	REAL(ssize_t, "send", int, const void *, size_t, int);
	return fault_fails("send", "to the server", 0) ? -1 : real(fd, data, length, flags);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
	REAL(ssize_t, "writev", int, const struct iovec *, int);
	return write_fails("write", fd) ? -1 : real(fd, parts, count);
}

ssize_t sendto(int fd, const void *data, size_t length, int flags, const struct sockaddr *to,
	       socklen_t to_length)
{
	(void)to, (void)to_length;
	return send(fd, data, length, flags);
}

int ftruncate(int fd, off_t length)
{
	REAL(int, "ftruncate", int, off_t);
	return write_fails("ftruncate", fd) ? -1 : real(fd, length);
}

int ftruncate64(int fd, off64_t length)
{
	return ftruncate(fd, length);
}

/* --- names --- */

int fault_open(int folder, const char *path, int flags, unsigned mode)
{
	REAL(int, "openat", int, const char *, int, ...);
	return real(folder, path, flags, mode);
}

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
	if ((flags & O_CREAT) != 0 && !is_of_sqlite(path) && fault_fails("open", path, 1))
		return -1;
	return fault_open(folder, path, flags, mode);
}

#define OPEN(function, parameter, folder)                                                          \
	int function(parameter const char *path, int flags, ...)                                   \
	{                                                                                          \
		va_list more;                                                                      \
		mode_t mode;                                                                       \
                                                                                                   \
		va_start(more, flags);                                                             \
		mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;            \
		va_end(more);                                                                      \
		return open_at(folder, path, flags, mode);                                         \
	}

#define COMMA ,
OPEN(open, , AT_FDCWD)
OPEN(open64, , AT_FDCWD)
OPEN(openat, int folder COMMA, folder)
OPEN(openat64, int folder COMMA, folder)

int mkdir(const char *path, mode_t mode)
{
	REAL(int, "mkdir", const char *, mode_t);
	return access(path, F_OK) < 0 && fault_fails("mkdir", path, 1) ? -1 : real(path, mode);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
	REAL(int, "mkdirat", int, const char *, mode_t);
	if (faccessat(folder, path, F_OK, 0) < 0 && fault_fails("mkdir", path, 1))
		return -1;
	return real(folder, path, mode);
}

int rename(const char *from, const char *to)
{
	REAL(int, "rename", const char *, const char *);
	return fault_fails("rename", to, 1) ? -1 : real(from, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
	REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
	return fault_fails("rename", to, 1) ? -1 : real(from_folder, from, to_folder, to, flags);
}

int link(const char *from, const char *to)
{
	REAL(int, "link", const char *, const char *);
	return fault_fails("link", to, 1) ? -1 : real(from, to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
	REAL(int, "linkat", int, const char *, int, const char *, int);
	return fault_fails("link", to, 1) ? -1 : real(from_folder, from, to_folder, to, flags);
}

int unlink(const char *path)
{
	REAL(int, "unlink", const char *);
	return !is_of_sqlite(path) && fault_fails("unlink", path, 0) ? -1 : real(path);
}

int unlinkat(int folder, const char *path, int flags)
{
	REAL(int, "unlinkat", int, const char *, int);
	return fault_fails("unlink", path, 0) ? -1 : real(folder, path, flags);
}

/* --- the clock --- */

int clock_gettime(clockid_t clock, struct timespec *now)
{
	int result;

	REAL(int, "clock_gettime", clockid_t, struct timespec *);
	result = real(clock, now);
	if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
		now->tv_sec += days * 86400;
	return result;
}

time_t time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec exact;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &exact);
	now->tv_sec = exact.tv_sec;
	now->tv_usec = exact.tv_nsec / 1000;
	return 0;
}
