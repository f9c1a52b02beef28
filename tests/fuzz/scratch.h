/* A directory for the files of a harness, in memory if possible; removed at the end. */
#ifndef FUZZ_SCRATCH_H
#define FUZZ_SCRATCH_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "fuzz.h"

static char scratch_path[256];

static inline int scratch_remove_one(const char *path, const struct stat *status, int kind,
				     struct FTW *place)
{
	(void)status, (void)kind, (void)place;
	return remove(path);
}

static inline void scratch_empty(const char *path)
{
	nftw(path, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void scratch_remove(void)
{
	scratch_empty(scratch_path);
}

/* The directory, created by the first call. */
static inline const char *scratch(void)
{
	const char *const parent = getenv("TMPDIR");

	if (scratch_path[0] != '\0')
		return scratch_path;
	snprintf(scratch_path, sizeof scratch_path, "%s/fuzz.XXXXXX",
		 parent != NULL			   ? parent
		 : access("/dev/shm", W_OK) == 0 ? "/dev/shm"
						   : "/tmp");
	must(mkdtemp(scratch_path) != NULL, "the directory can be created");
	atexit(scratch_remove);
	return scratch_path;
}

/* Appends the path of a file in the directory. */
static inline const char *scratch_name(struct buffer *out, const char *name)
{
	buffer_clear(out);
	buffer_append_format(out, "%s/%s", scratch(), name);
	return out->data;
}

static inline void scratch_write(const char *name, const void *octets, size_t length)
{
	struct buffer path = { 0 };
	const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
	const int fd = open(scratch_name(&path, name), flags, 0600);

	must(fd >= 0 && file_write_all(fd, octets, length) == 0, "a file can be written");
	close(fd);
	buffer_release(&path);
}

/* The parent directory must exist. */
static inline void scratch_directory(const char *name)
{
	struct buffer path = { 0 };

	must(mkdir(scratch_name(&path, name), 0700) == 0 || errno == EEXIST,
	     "a directory can be created");
	buffer_release(&path);
}

#endif
