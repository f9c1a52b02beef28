/*
 * Calls of the C library that fail when a test says so: a program that includes this has them in
 * the library's place. "malloc" is any way to memory, and left alone under an address sanitizer,
 * which has its own.
 */
#ifndef UNIT_FAULTS_H
#define UNIT_FAULTS_H

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static struct faults {
	const char *volatile call; /* NULL = none fails; allocators may look, for all gcc knows */
	unsigned at;	  /* from 1 */
	int error;
	bool lasting; /* all of them from there on */
	unsigned seen;
} faults;

/* Whether there were enough of the calls for one to fail. */
static inline bool faults_struck(void)
{
	return faults.seen >= faults.at;
}

static inline bool faults_strike(const char *call)
{
	if (faults.call == NULL || strcmp(faults.call, call) != 0)
		return false;
	faults.seen++;
	if (faults.seen != faults.at && !(faults.lasting && faults_struck()))
		return false;
	errno = faults.error;
	return true;
}

#define FAULTS_REAL(type, name, parameters)                                                        \
	static type(*real) parameters;                                                             \
	if (real == NULL)                                                                          \
		*(void **)&real = dlsym(RTLD_NEXT, #name)

#define FAULTS_CALL(type, name, parameters, arguments)                                             \
	type name parameters                                                                       \
	{                                                                                          \
		FAULTS_REAL(type, name, parameters);                                               \
		return faults_strike(#name) ? (type)-1 : real arguments;                           \
	}

FAULTS_CALL(int, fsync, (int fd), (fd))
FAULTS_CALL(int, fdatasync, (int fd), (fd))
FAULTS_CALL(int, syncfs, (int fd), (fd))
FAULTS_CALL(int, flock, (int fd, int operation), (fd, operation))
FAULTS_CALL(int, fstat, (int fd, struct stat *status), (fd, status))
FAULTS_CALL(int, ftruncate, (int fd, off_t length), (fd, length))
FAULTS_CALL(off_t, lseek, (int fd, off_t at, int from), (fd, at, from))
FAULTS_CALL(ssize_t, pread, (int fd, void *data, size_t length, off_t at), (fd, data, length, at))
FAULTS_CALL(ssize_t, write, (int fd, const void *data, size_t length), (fd, data, length))
FAULTS_CALL(ssize_t, pwrite, (int fd, const void *data, size_t length, off_t at),
	    (fd, data, length, at))
FAULTS_CALL(ssize_t, pread64, (int fd, void *data, size_t length, off64_t at),
	    (fd, data, length, at))
FAULTS_CALL(ssize_t, pwrite64, (int fd, const void *data, size_t length, off64_t at),
	    (fd, data, length, at))
FAULTS_CALL(int, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
FAULTS_CALL(int, unlink, (const char *path), (path))
FAULTS_CALL(int, faccessat, (int folder, const char *path, int mode, int flags),
	    (folder, path, mode, flags))
FAULTS_CALL(int, linkat, (int from, const char *old, int to, const char *path, int flags),
	    (from, old, to, path, flags))
FAULTS_CALL(int, renameat2,
	    (int from, const char *old, int to, const char *path, unsigned int flags),
	    (from, old, to, path, flags))

DIR *fdopendir(int fd)
{
	FAULTS_REAL(DIR *, fdopendir, (int));
	return faults_strike("fdopendir") ? NULL : real(fd);
}

struct dirent *readdir(DIR *names)
{
	FAULTS_REAL(struct dirent *, readdir, (DIR *));
	return faults_strike("readdir") ? NULL : real(names);
}

/* --- with arguments that are not always there --- */

static inline mode_t faults_mode(int flags, va_list rest)
{
	const bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;

	return makes ? va_arg(rest, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
	FAULTS_REAL(int, open, (const char *, int, ...));
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = faults_mode(flags, rest);
	va_end(rest);
	return faults_strike("open") ? -1 : real(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
	FAULTS_REAL(int, openat, (int, const char *, int, ...));
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = faults_mode(flags, rest);
	va_end(rest);
	return faults_strike("openat") ? -1 : real(folder, path, flags, mode);
}

/* Only for locks of open files: SQLite cannot go on when giving back one of its own fails. */
int fcntl(int fd, int command, ...)
{
	FAULTS_REAL(int, fcntl, (int, int, ...));
	va_list rest;
	void *argument;

	va_start(rest, command);
	argument = va_arg(rest, void *);
	va_end(rest);
	return command == F_OFD_SETLK && faults_strike("fcntl") ? -1 : real(fd, command, argument);
}

/* --- memory --- */

#ifndef __SANITIZE_ADDRESS__

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
	return faults_strike("malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return faults_strike("malloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return faults_strike("malloc") ? NULL : __libc_realloc(old, size);
}

#endif

#endif
