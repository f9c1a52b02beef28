/*
 * Faults that strace cannot inject, preloaded into the client:
 *
 *	FAULT_SHORT=K        the K-th write takes only half of its octets
 *	FAULT_SHORT=K,ERRNO  the same, and all later writes fail with ERRNO, as on a full disk
 *	FAULT_MALLOC=K       the K-th allocation fails
 *	FAULT_COUNT=FILE     receives the number of writes and allocations
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static long writes, allocations, short_at, malloc_at;
static int afterwards;
static FILE *counts; /* opened before the sandbox forbids it */

__attribute__((constructor)) static void read_environment(void)
{
	const char *const fault_short = getenv("FAULT_SHORT");
	const char *const fault_malloc = getenv("FAULT_MALLOC");
	const char *const fault_count = getenv("FAULT_COUNT");
	char *end;

	if (fault_short != NULL) {
		short_at = strtol(fault_short, &end, 10);
		afterwards = *end == ',' ? (int)strtol(end + 1, NULL, 10) : 0;
	}
	malloc_at = fault_malloc != NULL ? strtol(fault_malloc, NULL, 10) : 0;
	counts = fault_count != NULL ? fopen(fault_count, "w") : NULL;
	writes = allocations = 0;
}

__attribute__((destructor)) static void write_counts(void)
{
	const long all_writes = writes, all_allocations = allocations;

	if (counts == NULL)
		return;
	fprintf(counts, "%ld %ld\n", all_writes, all_allocations);
	fclose(counts);
}

/* --- writes --- */

static ssize_t real_write(int fd, const void *data, size_t length, off_t at)
{
	static ssize_t (*put)(int, const void *, size_t);
	static ssize_t (*put_at)(int, const void *, size_t, off_t);

	if (put == NULL) {
		*(void **)&put = dlsym(RTLD_NEXT, "write");
		*(void **)&put_at = dlsym(RTLD_NEXT, "pwrite");
	}
	return at < 0 ? put(fd, data, length) : put_at(fd, data, length, at);
}

static ssize_t maybe_short(int fd, const void *data, size_t length, off_t at)
{
	writes++;
	if (short_at > 0 && writes > short_at && afterwards != 0) {
		errno = afterwards;
		return -1;
	}
	return real_write(fd, data, writes == short_at && length > 1 ? length / 2 : length, at);
}

ssize_t write(int fd, const void *data, size_t length)
{
	return maybe_short(fd, data, length, -1);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at)
{
	return maybe_short(fd, data, length, at);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at)
{
	return maybe_short(fd, data, length, at);
}

ssize_t send(int fd, const void *data, size_t length, int flags)
{
	static ssize_t (*put)(int, const void *, size_t, int);

	if (put == NULL)
		*(void **)&put = dlsym(RTLD_NEXT, "send");
	return put(fd, data, ++writes == short_at && length > 1 ? length / 2 : length, flags);
}

/* --- allocations --- */

static int fails(void)
{
	if (++allocations != malloc_at)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}
