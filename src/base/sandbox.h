#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>

#include "base/buffer.h"

/*
 * Rights that this process, and every thread and program it starts afterwards, gives up for good:
 * writing outside the allowed paths (Landlock), executing programs (seccomp), and with either one
 * gaining privileges through set-user-ID programs (no_new_privs). Best effort: restrictions that
 * the kernel does not support are skipped.
 */
struct sandbox {
	struct buffer writable; /* NUL-terminated paths of files and of directory trees */
	bool may_write;		/* anywhere */
	bool may_exec;
};

void sandbox_allow(struct sandbox *sandbox, const char *path);
void sandbox_allow_directory_of(struct sandbox *sandbox, const char *path);

/* Does nothing when both may_write and may_exec are set. */
void sandbox_enter(const struct sandbox *sandbox);

void sandbox_release(struct sandbox *sandbox);

#endif
