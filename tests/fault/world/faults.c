/*
 * What befalls a client at one of its calls that change something, preloaded into it. Counted are
 * those after which a crash may find something else; the writes of SQLite between its syncs, and
 * folders that are there already, only make the others rarer.
 *
 *	WORLD_KILL=K           it is killed before the K-th of them
 *	WORLD_PAUSE=K          it is stopped before the K-th of them
 *	WORLD_FULL=K,ERRNO     from the K-th on, those that need room on a disk fail
 *	WORLD_DAYS=N           its clock is ahead by N days
 *	WORLD_LOG=FILE         which call it was; with WORLD_SYNCS, also what was synced, for
 *	WORLD_SYNCS=FOLDER     power.py: the octets of each file, the names of each folder
 *
 * The log is opened at the start, since later the client may write only to its own folders.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define CHUNK 65536

static long calls, kill_at, pause_at, full_at, days;
static int full_error, is_full, log_fd = -1;
static pid_t client;
static const char *synced_folder;

static long number(const char *name, char **end)
{
	const char *const text = getenv(name);

	*end = "";
	return text != NULL ? strtol(text, end, 10) : 0;
}

/* The commands that the client runs are not to be disturbed. */
__attribute__((constructor)) static void read_environment(void)
{
	const char *const path = getenv("WORLD_LOG");
	char *end;

	kill_at = number("WORLD_KILL", &end);
	pause_at = number("WORLD_PAUSE", &end);
	days = number("WORLD_DAYS", &end);
	full_at = number("WORLD_FULL", &end);
	full_error = *end == ',' ? (int)strtol(end + 1, NULL, 10) : ENOSPC;
	synced_folder = getenv("WORLD_SYNCS");
	if (path != NULL)
		log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	client = getpid();
	unsetenv("LD_PRELOAD");
}

/* --- the log: a letter, an inode, a length and so many octets --- */

static void put(const void *data, size_t length)
{
	static ssize_t (*real)(int, const void *, size_t);

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "write");
	for (size_t at = 0; at < length;) {
		const ssize_t got = real(log_fd, (const char *)data + at, length - at);

		if (got <= 0)
			abort();
		at += (size_t)got;
	}
}

static void put_head(char letter, uint64_t inode, uint64_t length)
{
	char head[1 + 8 + 8];

	head[0] = letter;
	memcpy(head + 1, &inode, 8);
	memcpy(head + 9, &length, 8);
	put(head, sizeof head);
}

static void log_call(const char *name, const char *about)
{
	char line[512];
	int length;

	if (log_fd < 0)
		return;
	length = snprintf(line, sizeof line, "%s %s", name, about);
	put_head('C', 0, (uint64_t)length);
	put(line, (size_t)length);
}

/* --- counting --- */

/* Standard output is another disk. */
static int is_on_disk(int fd)
{
	struct stat status;

	return fd > STDERR_FILENO && fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

static const char *path_of(int fd)
{
	static char path[400];
	char link[40];
	ssize_t length;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	length = readlink(link, path, sizeof path - 1);
	path[length > 0 ? length : 0] = '\0';
	return path;
}

/* At this call, the last that was counted or one behind it. */
static int happens(const char *name, const char *about, int needs_room)
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
	if (full_at == 0 || calls < full_at || !needs_room)
		return 0;
	if (!is_full)
		log_call(name, about);
	is_full = 1;
	errno = full_error;
	return 1;
}

/* What is sent to the server counts, too, though it needs no room on a disk. */
static int fails(const char *name, const char *about, int needs_room)
{
	if (getpid() != client)
		return 0;
	calls++;
	return happens(name, about, needs_room);
}

static int is_of_sqlite(const char *path)
{
	return strstr(path, ".db") != NULL;
}

static int write_fails(const char *name, int fd)
{
	const char *const path = path_of(fd);

	if (getpid() != client)
		return 0;
	if (!is_on_disk(fd) && fd != STDOUT_FILENO)
		return 0;
	calls += !is_of_sqlite(path);
	return happens(name, path, is_on_disk(fd));
}

#define REAL(result, name, ...)                                                                    \
	static result (*real)(__VA_ARGS__);                                                        \
	if (real == NULL)                                                                          \
		*(void **)&real = dlsym(RTLD_NEXT, name)

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
	return fails("send", "to the server", 0) ? -1 : real(fd, data, length, flags);
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

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
	REAL(int, "openat", int, const char *, int, ...);
	if ((flags & O_CREAT) != 0 && !is_of_sqlite(path) && fails("open", path, 1))
		return -1;
	return real(folder, path, flags, mode);
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
	return access(path, F_OK) < 0 && fails("mkdir", path, 1) ? -1 : real(path, mode);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
	REAL(int, "mkdirat", int, const char *, mode_t);
	return faccessat(folder, path, F_OK, 0) < 0 && fails("mkdir", path, 1) ? -1 : real(folder, path, mode);
}

int rename(const char *from, const char *to)
{
	REAL(int, "rename", const char *, const char *);
	return fails("rename", to, 1) ? -1 : real(from, to);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
	REAL(int, "renameat2", int, const char *, int, const char *, unsigned);
	return fails("rename", to, 1) ? -1 : real(from_folder, from, to_folder, to, flags);
}

int link(const char *from, const char *to)
{
	REAL(int, "link", const char *, const char *);
	return fails("link", to, 1) ? -1 : real(from, to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
	REAL(int, "linkat", int, const char *, int, const char *, int);
	return fails("link", to, 1) ? -1 : real(from_folder, from, to_folder, to, flags);
}

int unlink(const char *path)
{
	REAL(int, "unlink", const char *);
	return !is_of_sqlite(path) && fails("unlink", path, 0) ? -1 : real(path);
}

int unlinkat(int folder, const char *path, int flags)
{
	REAL(int, "unlinkat", int, const char *, int);
	return fails("unlink", path, 0) ? -1 : real(folder, path, flags);
}

/* --- what is durable from here on --- */

static void log_file(int fd, const struct stat *status)
{
	char chunk[CHUNK];
	uint64_t at = 0;

	put_head('F', status->st_ino, (uint64_t)status->st_size);
	while (at < (uint64_t)status->st_size) {
		const ssize_t got = pread(fd, chunk, sizeof chunk, (off_t)at);

		if (got <= 0)
			abort();
		put(chunk, (size_t)got);
		at += (uint64_t)got;
	}
}

static void log_folder(int fd, const struct stat *status)
{
	static char names[1 << 20];
	DIR *const folder = fdopendir(openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *entry;
	size_t length = 0;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		const size_t more = strlen(entry->d_name) + 1;
		const uint64_t inode = entry->d_ino;

		if (length + 8 + more > sizeof names)
			abort();
		memcpy(names + length, &inode, 8);
		memcpy(names + length + 8, entry->d_name, more);
		length += 8 + more;
	}
	if (folder != NULL)
		closedir(folder);
	put_head('D', status->st_ino, length);
	put(names, length);
}

static void log_synced(int fd)
{
	const int saved = errno;
	int again = -1;
	struct stat status;

	if (synced_folder == NULL || fstat(fd, &status) < 0)
		return;
	if (S_ISDIR(status.st_mode)) {
		log_folder(fd, &status);
	} else if (S_ISREG(status.st_mode)) {
		char path[40];

		/* It may have been opened for writing alone. */
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		again = open_at(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
		log_file(again >= 0 ? again : fd, &status);
	}
	if (again >= 0)
		close(again);
	errno = saved;
}

static int log_path(const char *path, const struct stat *status, int type, struct FTW *place)
{
	const int fd = open_at(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);

	(void)status, (void)type, (void)place;
	if (fd >= 0) {
		log_synced(fd);
		close(fd);
	}
	return 0;
}

static int sync_fails(const char *name, int fd)
{
	return fails(name, path_of(fd), full_error == EIO);
}

int fsync(int fd)
{
	REAL(int, "fsync", int);
	if (sync_fails("fsync", fd) || real(fd) < 0)
		return -1;
	log_synced(fd);
	return 0;
}

int fdatasync(int fd)
{
	REAL(int, "fdatasync", int);
	if (sync_fails("fdatasync", fd) || real(fd) < 0)
		return -1;
	log_synced(fd);
	return 0;
}

int syncfs(int fd)
{
	if (sync_fails("syncfs", fd))
		return -1;
	if (synced_folder != NULL)
		nftw(synced_folder, log_path, 16, FTW_PHYS);
	return 0;
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
