/*
 * Injection of failing calls. FALLIBLE defines a wrapper, __wrap_NAME, that a test program links in
 * place of NAME (the Makefile uses ld's --wrap), for our own objects and for static libraries. This
 * file covers the C library; faults-*.h cover libraries with allocators or functions of their own.
 */
#ifndef UNIT_FAULTS_H
#define UNIT_FAULTS_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAULTS_ANY "any call"

static struct faults {
	const char *volatile call; /* NULL = none; volatile, as gcc assumes malloc ignores it */
	unsigned at;		   /* number of the call that fails, from 1 */
	int error;		   /* errno; 0 = the usual one for that call */
	bool lasting;		   /* later calls fail, too */
	atomic_uint seen;
	const char *struck; /* the call that failed; NULL = there were fewer calls */
} faults;

/* Counts a call. Returns whether it has to fail, with errno set. */
static inline bool faults_strike(const char *call, int error)
{
	const char *const wanted = faults.call;
	unsigned seen;

	if (wanted == NULL || (strcmp(wanted, FAULTS_ANY) != 0 && strcmp(wanted, call) != 0))
		return false;
	seen = atomic_fetch_add(&faults.seen, 1) + 1;
	if (seen != faults.at && !(faults.lasting && seen > faults.at))
		return false;
	faults.struck = call;
	errno = faults.error != 0 ? faults.error : error;
	return true;
}

#define FALLIBLE_AS(call, type, failed, error, name, parameters, arguments)                        \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return faults_strike(call, error) ? (failed) : __real_##name arguments;            \
	}

#define FALLIBLE(type, failed, error, name, parameters, arguments)                                 \
	FALLIBLE_AS(#name, type, failed, error, name, parameters, arguments)

/* The same for calls that _FILE_OFFSET_BITS renames, such as open64. */
#if defined _FILE_OFFSET_BITS && _FILE_OFFSET_BITS == 64
#define FAULTS_WIDE(name) name##64
#else
#define FAULTS_WIDE(name) name
#endif
#define FAULTS_REAL_AS(name) __real_##name
#define FAULTS_REAL_OF(name) FAULTS_REAL_AS(name)
#define FAULTS_REAL(name) FAULTS_REAL_OF(FAULTS_WIDE(name))
#define FALLIBLE_WIDE(type, failed, error, name, parameters, arguments)                            \
	FALLIBLE_WIDE_AS(#name, type, failed, error, FAULTS_WIDE(name), parameters, arguments)
#define FALLIBLE_WIDE_AS(call, type, failed, error, name, parameters, arguments)                   \
	FALLIBLE_AS(call, type, failed, error, name, parameters, arguments)

/* --- memory: every allocation counts as "malloc" --- */

FALLIBLE_AS("malloc", void *, NULL, ENOMEM, malloc, (size_t size), (size))
FALLIBLE_AS("malloc", void *, NULL, ENOMEM, calloc, (size_t count, size_t size), (count, size))
FALLIBLE_AS("malloc", void *, NULL, ENOMEM, realloc, (void *old, size_t size), (old, size))
FALLIBLE_AS("malloc", char *, NULL, ENOMEM, strdup, (const char *text), (text))
FALLIBLE_AS("malloc", char *, NULL, ENOMEM, strndup, (const char *text, size_t length),
	    (text, length))

/* --- files --- */

FALLIBLE(DIR *, NULL, EIO, fdopendir, (int fd), (fd))
FALLIBLE_WIDE(struct dirent *, NULL, EIO, readdir, (DIR *folder), (folder))
FALLIBLE(char *, NULL, EIO, realpath, (const char *path, char *out), (path, out))
FALLIBLE_WIDE(int, -1, EIO, stat, (const char *path, struct stat *out), (path, out))
FALLIBLE_WIDE(int, -1, EIO, fstat, (int fd, struct stat *out), (fd, out))
FALLIBLE_WIDE(int, -1, EIO, fstatat, (int folder, const char *path, struct stat *out, int flags),
	 (folder, path, out, flags))
FALLIBLE(int, -1, EIO, faccessat, (int folder, const char *path, int mode, int flags),
	 (folder, path, mode, flags))
FALLIBLE(int, -1, EIO, mkdir, (const char *path, mode_t mode), (path, mode))
FALLIBLE(int, -1, EIO, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
FALLIBLE(int, -1, EIO, linkat, (int a, const char *from, int b, const char *to, int flags),
	 (a, from, b, to, flags))
FALLIBLE(int, -1, EIO, rename, (const char *from, const char *to), (from, to))
FALLIBLE(int, -1, EIO, renameat, (int a, const char *from, int b, const char *to),
	 (a, from, b, to))
FALLIBLE(int, -1, EIO, renameat2,
	 (int a, const char *from, int b, const char *to, unsigned flags), (a, from, b, to, flags))
FALLIBLE(int, -1, EIO, unlink, (const char *path), (path))
FALLIBLE(int, -1, EIO, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
FALLIBLE(int, -1, EIO, flock, (int fd, int operation), (fd, operation))
FALLIBLE_WIDE(int, -1, EIO, ftruncate, (int fd, off_t length), (fd, length))
FALLIBLE_WIDE(off_t, -1, EIO, lseek, (int fd, off_t at, int from), (fd, at, from))
FALLIBLE_WIDE(ssize_t, -1, EIO, pread, (int fd, void *out, size_t length, off_t at),
	 (fd, out, length, at))
FALLIBLE_WIDE(ssize_t, -1, ENOSPC, pwrite, (int fd, const void *from, size_t length, off_t at),
	 (fd, from, length, at))
#if !defined _FILE_OFFSET_BITS || _FILE_OFFSET_BITS != 64
/* used by SQLite */
FALLIBLE_AS("pread", ssize_t, -1, EIO, pread64, (int fd, void *out, size_t length, off64_t at),
	    (fd, out, length, at))
FALLIBLE_AS("pwrite", ssize_t, -1, ENOSPC, pwrite64,
	    (int fd, const void *from, size_t length, off64_t at), (fd, from, length, at))
#endif
FALLIBLE(int, -1, EIO, fsync, (int fd), (fd))
FALLIBLE(int, -1, EIO, fdatasync, (int fd), (fd))
FALLIBLE(int, -1, EIO, syncfs, (int fd), (fd))

/* With FAULTS_ANY only regular files count: the process's own pipes do not fail. */
static inline bool faults_concern(int fd)
{
	struct stat status;

	return faults.call == NULL || strcmp(faults.call, FAULTS_ANY) != 0 ||
	       (FAULTS_REAL(fstat)(fd, &status) == 0 && S_ISREG(status.st_mode));
}

ssize_t __real_read(int fd, void *out, size_t length);
ssize_t __wrap_read(int fd, void *out, size_t length);
ssize_t __wrap_read(int fd, void *out, size_t length)
{
	return faults_concern(fd) && faults_strike("read", EIO) ? -1 :
								  __real_read(fd, out, length);
}

ssize_t __real_write(int fd, const void *from, size_t length);
ssize_t __wrap_write(int fd, const void *from, size_t length);
ssize_t __wrap_write(int fd, const void *from, size_t length)
{
	return faults_concern(fd) && faults_strike("write", ENOSPC) ? -1 :
								      __real_write(fd, from, length);
}

/* The descriptor is closed even if the call fails. */
int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
	const int result = __real_close(fd);

	return faults_strike("close", EIO) ? -1 : result;
}

/* open has a mode argument only if it may create a file. */
#define FAULTS_MODE(mode, flags)                                                                   \
	do {                                                                                       \
		va_list rest;                                                                      \
		va_start(rest, flags);                                                             \
		if (((flags) & O_CREAT) != 0 || ((flags) & O_TMPFILE) == O_TMPFILE)                \
			(mode) = va_arg(rest, mode_t);                                             \
		va_end(rest);                                                                      \
	} while (0)

#define FALLIBLE_OPEN(call, name, parameters, arguments)                                           \
	int __real_##name parameters;                                                              \
	int __wrap_##name parameters;                                                              \
	int __wrap_##name parameters                                                               \
	{                                                                                          \
		mode_t mode = 0;                                                                   \
                                                                                                   \
		FAULTS_MODE(mode, flags);                                                          \
		return faults_strike(call, EMFILE) ? -1 : __real_##name arguments;                 \
	}
#define FALLIBLE_OPEN_AS(call, name, parameters, arguments)                                        \
	FALLIBLE_OPEN(call, name, parameters, arguments)

FALLIBLE_OPEN_AS("open", FAULTS_WIDE(open), (const char *path, int flags, ...),
		 (path, flags, mode))
FALLIBLE_OPEN_AS("openat", FAULTS_WIDE(openat), (int folder, const char *path, int flags, ...),
		 (folder, path, flags, mode))

/* Only for F_OFD_SETLK: SQLite does not survive a failure to release its own locks. */
#define FALLIBLE_FCNTL(name)                                                                       \
	int __real_##name(int fd, int command, ...);                                               \
	int __wrap_##name(int fd, int command, ...);                                               \
	int __wrap_##name(int fd, int command, ...)                                                \
	{                                                                                          \
		va_list rest;                                                                      \
		void *argument;                                                                    \
                                                                                                   \
		va_start(rest, command);                                                           \
		argument = va_arg(rest, void *);                                                   \
		va_end(rest);                                                                      \
		return command == F_OFD_SETLK && faults_strike("fcntl", ENOLCK) ?                  \
			       -1 :                                                                \
			       __real_##name(fd, command, argument);                               \
	}
#define FALLIBLE_FCNTL_AS(name) FALLIBLE_FCNTL(name)

FALLIBLE_FCNTL_AS(FAULTS_WIDE(fcntl))

/* --- processes, threads and communication --- */

FALLIBLE(ssize_t, -1, EIO, getrandom, (void *out, size_t length, unsigned flags),
	 (out, length, flags))
FALLIBLE(int, -1, EIO, eventfd, (unsigned count, int flags), (count, flags))
FALLIBLE(int, -1, EIO, pipe2, (int ends[2], int flags), (ends, flags))
FALLIBLE(int, -1, EIO, socket, (int domain, int type, int protocol), (domain, type, protocol))
FALLIBLE(int, -1, EIO, getsockname, (int fd, struct sockaddr *out, socklen_t *size),
	 (fd, out, size))
FALLIBLE(int, -1, EIO, pidfd_open, (pid_t pid, unsigned flags), (pid, flags))
FALLIBLE(int, -1, EIO, waitid, (idtype_t type, id_t id, siginfo_t *out, int options),
	 (type, id, out, options))
FALLIBLE(int, EIO, EIO, posix_spawn,
	 (pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
	  const posix_spawnattr_t *attributes, char *const *words, char *const *environment),
	 (pid, path, actions, attributes, words, environment))
FALLIBLE(int, EAGAIN, EAGAIN, pthread_create,
	 (pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *of),
	 (thread, attributes, run, of))

#endif
