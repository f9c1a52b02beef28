/*
 * Every call that may fail does so once: an allocation with ENOMEM, an open with EMFILE, most
 * others with EIO; libevent's functions fail as a whole. The Makefile puts the calls below in the
 * place of the real ones (ld's --wrap) in each program test_*_faults.
 */
#ifndef UNIT_TRIALS_H
#define UNIT_TRIALS_H

#include <dirent.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "pop3/error.h"

static atomic_long faults_calls, faults_at; /* faults_at 0 = nothing fails and nothing counts */
static const char *faults_failed;	  /* what did */

/* Whether this call is the one. */
static bool faults_hit(const char *call, int error)
{
	if (atomic_load(&faults_at) == 0 ||
	    atomic_fetch_add(&faults_calls, 1) + 1 != atomic_load(&faults_at))
		return false;
	faults_failed = call;
	errno = error;
	return true;
}

#define FALLIBLE(type, failed, error, name, parameters, arguments)                                 \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return faults_hit(#name, error) ? (failed) : __real_##name arguments;              \
	}

FALLIBLE(void *, NULL, ENOMEM, malloc, (size_t size), (size))
FALLIBLE(void *, NULL, ENOMEM, calloc, (size_t count, size_t size), (count, size))
FALLIBLE(void *, NULL, ENOMEM, realloc, (void *old, size_t size), (old, size))
FALLIBLE(char *, NULL, ENOMEM, strdup, (const char *text), (text))
FALLIBLE(char *, NULL, EIO, realpath, (const char *path, char *out), (path, out))
FALLIBLE(SSL_CTX *, NULL, ENOMEM, SSL_CTX_new, (const SSL_METHOD *method), (method))
FALLIBLE(SSL *, NULL, ENOMEM, SSL_new, (SSL_CTX *context), (context))
FALLIBLE(DIR *, NULL, EIO, fdopendir, (int fd), (fd))
FALLIBLE(struct dirent *, NULL, EIO, readdir, (DIR *folder), (folder))
FALLIBLE(ssize_t, -1, EIO, getrandom, (void *out, size_t length, unsigned flags),
	 (out, length, flags))
FALLIBLE(int, -1, EIO, fsync, (int fd), (fd))
FALLIBLE(int, -1, EIO, flock, (int fd, int operation), (fd, operation))
FALLIBLE(int, -1, EIO, fstat, (int fd, struct stat *out), (fd, out))
FALLIBLE(int, -1, EIO, stat, (const char *path, struct stat *out), (path, out))
FALLIBLE(int, -1, EIO, fstatat, (int folder, const char *path, struct stat *out, int flags),
	 (folder, path, out, flags))
FALLIBLE(int, -1, EIO, faccessat, (int folder, const char *path, int mode, int flags),
	 (folder, path, mode, flags))
FALLIBLE(int, -1, EIO, mkdir, (const char *path, mode_t mode), (path, mode))
FALLIBLE(int, -1, EIO, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
FALLIBLE(int, -1, EIO, rename, (const char *from, const char *to), (from, to))
FALLIBLE(int, -1, EIO, renameat, (int a, const char *from, int b, const char *to),
	 (a, from, b, to))
FALLIBLE(int, -1, EIO, renameat2,
	 (int a, const char *from, int b, const char *to, unsigned flags), (a, from, b, to, flags))
FALLIBLE(int, -1, EIO, unlinkat, (int folder, const char *path, int flags), (folder, path, flags))
FALLIBLE(int, -1, EIO, eventfd, (unsigned count, int flags), (count, flags))
FALLIBLE(int, -1, EIO, socket, (int domain, int type, int protocol), (domain, type, protocol))
FALLIBLE(int, -1, EIO, getsockname, (int fd, struct sockaddr *out, socklen_t *size),
	 (fd, out, size))
FALLIBLE(int, -1, EIO, pipe2, (int ends[2], int flags), (ends, flags))
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

FALLIBLE(struct event_base *, NULL, ENOMEM, event_base_new, (void), ())
FALLIBLE(struct event *, NULL, ENOMEM, event_new,
	 (struct event_base *base, evutil_socket_t fd, short what, event_callback_fn tell,
	  void *of), (base, fd, what, tell, of))
FALLIBLE(struct evconnlistener *, NULL, ENOMEM, evconnlistener_new,
	 (struct event_base *base, evconnlistener_cb tell, void *of, unsigned flags, int backlog,
	  evutil_socket_t fd), (base, tell, of, flags, backlog, fd))
FALLIBLE(int, -1, ENOMEM, evconnlistener_enable, (struct evconnlistener *listener), (listener))
FALLIBLE(struct bufferevent *, NULL, ENOMEM, bufferevent_socket_new,
	 (struct event_base *base, evutil_socket_t fd, int options), (base, fd, options))
FALLIBLE(struct bufferevent *, NULL, ENOMEM, bufferevent_openssl_socket_new,
	 (struct event_base *base, evutil_socket_t fd, SSL *ssl, enum bufferevent_ssl_state state,
	  int options), (base, fd, ssl, state, options))
FALLIBLE(int, -1, ENOMEM, bufferevent_enable, (struct bufferevent *stream, short what),
	 (stream, what))
FALLIBLE(int, -1, ENOMEM, evbuffer_add, (struct evbuffer *out, const void *data, size_t length),
	 (out, data, length))
FALLIBLE(int, -1, ENOMEM, evbuffer_add_vprintf,
	 (struct evbuffer *out, const char *format, va_list args), (out, format, args))

/* A descriptor is given back all the same. */
int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
	const int result = __real_close(fd);

	return faults_hit("close", EIO) ? -1 : result;
}

/* A disk may be full or broken; a pipe of the process' own is neither. */
static bool faults_is_file(int fd)
{
	struct stat status;

	return __real_fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t __real_read(int fd, void *out, size_t length);
ssize_t __wrap_read(int fd, void *out, size_t length);
ssize_t __wrap_read(int fd, void *out, size_t length)
{
	return faults_is_file(fd) && faults_hit("read", EIO) ? -1 : __real_read(fd, out, length);
}

ssize_t __real_write(int fd, const void *from, size_t length);
ssize_t __wrap_write(int fd, const void *from, size_t length);
ssize_t __wrap_write(int fd, const void *from, size_t length)
{
	return faults_is_file(fd) && faults_hit("write", ENOSPC) ? -1 :
								   __real_write(fd, from, length);
}

/* A mode is there only with O_CREAT. */
#define OPEN_WITH_MODE(mode, flags)                                                                \
	do {                                                                                       \
		va_list args;                                                                      \
		va_start(args, flags);                                                             \
		if (((flags) & O_CREAT) != 0)                                                      \
			(mode) = va_arg(args, mode_t);                                             \
		va_end(args);                                                                      \
	} while (0)

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	OPEN_WITH_MODE(mode, flags);
	return faults_hit("open", EMFILE) ? -1 : __real_open(path, flags, mode);
}

int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...)
{
	mode_t mode = 0;

	OPEN_WITH_MODE(mode, flags);
	return faults_hit("openat", EMFILE) ? -1 : __real_openat(folder, path, flags, mode);
}

/* --- trials --- */

struct faults_trial {
	const char *name;
	void (*prepare)(void);
	/* What is tried; on -1 there is an error. */
	int (*run)(struct pop3_error *err);
	/* Whether all is as it should be after run, which was done or not. */
	bool (*holds)(bool done);
};

static size_t faults_descriptors(void)
{
	size_t open = 0;

	for (int fd = 0; fd < 256; fd++)
		open += fcntl(fd, F_GETFD) >= 0;
	return open;
}

/* Whether run holds while call number at fails; *reached tells whether there was such a call. */
static bool faults_try(const struct faults_trial *trial, long at, bool *reached)
{
	struct pop3_error err = { .text = "" };
	size_t descriptors;
	bool done, told;

	trial->prepare();
	descriptors = faults_descriptors();
	faults_failed = "";
	atomic_store(&faults_calls, 0);
	atomic_store(&faults_at, at);
	done = trial->run(&err) == 0;
	atomic_store(&faults_at, 0);
	*reached = atomic_load(&faults_calls) >= at;
	told = done || (err.code != POP3_E_NONE && err.text[0] != '\0');
	if (told && (done || *reached) && faults_descriptors() == descriptors && trial->holds(done))
		return true;
	printf("# call %ld (%s): %s\n", at, faults_failed, done ? "done" : err.text);
	return false;
}

/* One check: the first call whose failing breaks something, 0 = none does. */
static void faults_sweep(const struct faults_trial *trial)
{
	long at = 1, broken = 0;

	event_set_mem_functions(__real_malloc, __real_realloc, free);
	for (bool reached = true; reached && broken == 0; at++)
		if (!faults_try(trial, at, &reached))
			broken = at;
	check_number(trial->name, broken, 0);
	printf("# %ld calls failed\n", at - 2);
}

#endif
