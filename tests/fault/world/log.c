/*
 * The log of a client for power.py: the call with the fault, and all data synced since the start,
 * octets of files and names in directories. Each entry is a letter, an inode, a length and that
 * number of octets.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults.h"

#define CHUNK 65536

static int log_fd = -1;
static const char *synced_directory;

void log_open(const char *path, const char *directory)
{
	synced_directory = directory;
	if (path != NULL)
		log_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void put(const void *data, size_t length)
{
	REAL(ssize_t, "write", int, const void *, size_t);
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

void log_call(const char *name, const char *about)
{
	char line[512];
	int length;

	if (log_fd < 0)
		return;
	length = snprintf(line, sizeof line, "%s %.400s", name, about);
	put_head('C', 0, (uint64_t)length);
	put(line, (size_t)length);
}

/* --- synced data --- */

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

static void log_directory(int fd, const struct stat *status)
{
	static char names[1 << 20];
	DIR *const directory = fdopendir(openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	const struct dirent *entry;
	size_t length = 0;

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		const size_t more = strlen(entry->d_name) + 1;
		const uint64_t inode = entry->d_ino;

		if (length + 8 + more > sizeof names)
			abort();
		memcpy(names + length, &inode, 8);
		memcpy(names + length + 8, entry->d_name, more);
		length += 8 + more;
	}
	if (directory != NULL)
		closedir(directory);
	put_head('D', status->st_ino, length);
	put(names, length);
}

static void log_synced(int fd)
{
	const int saved = errno;
	int again = -1;
	struct stat status;

	if (synced_directory == NULL || fstat(fd, &status) < 0)
		return;
	if (S_ISDIR(status.st_mode)) {
		log_directory(fd, &status);
	} else if (S_ISREG(status.st_mode)) {
		char path[40];

		/* The descriptor may be write-only. */
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		again = fault_open(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
		log_file(again >= 0 ? again : fd, &status);
	}
	if (again >= 0)
		close(again);
	errno = saved;
}

static int log_path(const char *path, const struct stat *status, int type, struct FTW *place)
{
	const int fd = fault_open(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);

	(void)status, (void)type, (void)place;
	if (fd >= 0) {
		log_synced(fd);
		close(fd);
	}
	return 0;
}

static int sync_fails(const char *name, int fd)
{
	return fault_fails(name, fault_path(fd), OF_A_SYNC);
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
	if (synced_directory != NULL)
		nftw(synced_directory, log_path, 16, FTW_PHYS);
	return 0;
}
