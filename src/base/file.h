#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "pop3/error.h"

/* Files of our own: created with private modes, and never through another user's symbolic link. */

/* Creates a file that must not exist yet, mode 0600, for reading and writing; -1 with errno set. */
int file_create(int directory, const char *name);

/*
 * Creates an unnamed file in $TMPDIR or /tmp, for reading and writing. It is removed when its last
 * descriptor is closed. Returns -1 with errno set.
 */
int file_create_unnamed(void);

/* Reads a whole file, up to out->limit octets. -1 with errno set, to 0 for a longer file. */
int file_read(const char *path, struct buffer *out);

/*
 * The same for a file in a directory (or AT_FDCWD) that other users may write to: does not block on
 * a FIFO. Fails with EINVAL unless it is a regular file. flags: 0 or O_NOFOLLOW.
 */
int file_read_regular(int directory, const char *name, int flags, struct buffer *out);

/* The same for a regular file of ours without access for others; otherwise EPERM. */
int file_read_private(const char *path, int flags, struct buffer *out);

/* Replaces a file atomically (mode 0600), without fsync: for data that can be obtained again. */
int file_replace(const char *path, const char *data, size_t length);
int file_replace_at(int directory, const char *name, const char *data, size_t length);

/* Creates a directory (0700) and its missing parents, durably. */
int file_make_directories(const char *path);

/* Writes all octets, despite short writes and EINTR; -1 with errno set. */
int file_write_all(int fd, const void *data, size_t length);

/* Fails for a write to stdout, by errno: POP3_E_CLOSED or POP3_E_IO. Returns -1. */
int file_fail_stdout(struct pop3_error *err);

/* Whether files can be created in the directory: 0, or -1 with errno. */
int file_check_writable(int directory);

/* Renames, but replaces no file that is there (EEXIST). ENOSYS or EINVAL = the system cannot. */
int file_rename_new(int from, const char *old_name, int to, const char *new_name);

/* Programs that are started get none of the descriptors from this one on that are open now. */
void file_close_on_exec(int first);

/* The directory part of a path. */
void file_directory_of(struct buffer *out, const char *path);

/* Makes what was created, renamed or removed there survive a power loss; -1 with errno set. */
int file_sync_directory_of(const char *path);

/* The directory for temporary files: $TMPDIR, or /tmp. */
const char *file_temporary_directory(void);

/*
 * Appends the path with a leading "~" or "~/" replaced by $HOME, or by the home directory in the
 * password database. Fails with POP3_E_CONFIG when there is neither.
 */
int file_expand(struct buffer *out, const char *path, struct pop3_error *err);

/*
 * A directory of the user: the value of an environment variable ($XDG_...) if it is an absolute
 * path, otherwise the expanded default.
 */
int file_user_directory(struct buffer *out, const char *variable, const char *otherwise,
			struct pop3_error *err);

#endif
