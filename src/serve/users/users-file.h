#ifndef SERVE_USERS_USERS_FILE_H
#define SERVE_USERS_USERS_FILE_H

#include "base/buffer.h"
#include "pop3/error.h"

/*
 * Files that several processes change: the lock is held on the file itself, which is replaced as a
 * whole. Returns the descriptor to close when all is done, made with the file if need be.
 */
int users_file_lock(const char *path, struct pop3_error *err);

/* Reads it all; missing = empty. */
int users_file_read(const char *path, struct buffer *out, struct pop3_error *err);

/* Puts a new file in its place, durable before it has the name (0600). */
int users_file_write(const char *path, const struct buffer *text, struct pop3_error *err);

#endif
