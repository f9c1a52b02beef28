#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "pop3/error.h"

/* Files of our own: private from the moment they exist, never through somebody's link. */

/* Creates a file that must not exist yet, mode 0600, to write and read; errno tells on -1. */
int file_create(int folder, const char *name);

/*
 * Creates a file without a name in $TMPDIR or /tmp, for reading and writing: it is gone with its
 * last descriptor. errno tells on -1.
 */
int file_create_unnamed(void);

/* Reads a whole file of at most out->limit octets. errno is 0 when it was read but too long. */
int file_read(const char *path, struct buffer *out);

/*
 * The same of a file in a folder (or AT_FDCWD) that may be anybody's: never waits for the other
 * end of a FIFO. EINVAL when it is no regular file; flags: 0 or O_NOFOLLOW.
 */
int file_read_regular(int folder, const char *name, int flags, struct buffer *out);

/* The same, refused with EPERM unless it is a plain file of ours that no one else may touch. */
int file_read_private(const char *path, struct buffer *out);

/* Puts a file in place atomically (0600); not synced: for what can be had again. */
int file_replace(const char *path, const char *data, size_t length);
int file_replace_at(int folder, const char *name, const char *data, size_t length);

/* Makes a folder (0700) and those above it that are missing, durably. */
int file_make_folders(const char *path);

/* Writes all octets, over short writes and interrupts; errno tells on -1. */
int file_write_all(int fd, const void *data, size_t length);

/* What a failed write to stdout means, by errno: POP3_E_CLOSED or POP3_E_IO. Returns -1. */
int file_fail_stdout(struct pop3_error *err);

/* The folder that a path's last part is in. */
void file_folder_of(struct buffer *out, const char *path);

/* Where files go that nobody is to find: $TMPDIR, or /tmp. */
const char *file_temporary_folder(void);

/*
 * A path with "~" or "~/" in front replaced by $HOME, or by the home directory of the password
 * database. POP3_E_CONFIG when there is neither.
 */
int file_expand(struct buffer *out, const char *path, struct pop3_error *err);

/* A folder of the user's: the value of the variable ($XDG_...), which must be absolute, or else. */
int file_user_folder(struct buffer *out, const char *variable, const char *otherwise,
		     struct pop3_error *err);

#endif
