#ifndef FAULTS_H
#define FAULTS_H

/* Faults of a client (faults.c), and their log (log.c). */

#include <stddef.h>

/* Finds the function that an interposed one replaces. */
#define REAL(result, name, ...)                                                                    \
	static result (*real)(__VA_ARGS__);                                                        \
	if (real == NULL)                                                                          \
		*(void **)&real = dlsym(RTLD_NEXT, name)

#define OF_A_SYNC 2 /* needs no space, but fails on a broken disk */

/* Counts a call. Returns whether it must fail, with errno set, because it needs disk space. */
int fault_fails(const char *name, const char *about, int needs_space);

/* Opens a file without counting the call. */
int fault_open(int folder, const char *path, int flags, unsigned mode);

const char *fault_path(int fd);

/* Called at the start: later the sandbox forbids writing outside the client's own directories. */
void log_open(const char *path, const char *synced_folder);

void log_call(const char *name, const char *about);

#endif
