#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>

#include "base/buffer.h"

/*
 * What this process gives up for good, and with it every thread and program that it starts
 * afterwards: to write where it has no business (Landlock), to run programs (seccomp), and with
 * either to gain rights by one (no_new_privs). Best effort: what the kernel does not know stays.
 */
struct sandbox {
	struct buffer writable; /* files, and folders with all below them, each with its NUL */
	bool may_write;		/* everywhere */
	bool may_exec;
};

void sandbox_allow(struct sandbox *sandbox, const char *path);
void sandbox_allow_folder_of(struct sandbox *sandbox, const char *path);

/* Whoever may write and execute what he likes gives up nothing at all. */
void sandbox_enter(const struct sandbox *sandbox);

void sandbox_release(struct sandbox *sandbox);

#endif
