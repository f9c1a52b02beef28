#ifndef FAULTS_H
#define FAULTS_H

/* What befalls a client (faults.c), and what is written down of it (log.c). */

#include <stddef.h>

/* What is behind a call that is interposed. */
#define REAL(result, name, ...)                                                                    \
	static result (*real)(__VA_ARGS__);                                                        \
	if (real == NULL)                                                                          \
		*(void **)&real = dlsym(RTLD_NEXT, name)

#define OF_A_SYNC 2 /* needs no room, but fails on a disk that is broken */

/* Counts a call. Whether it is to fail, with errno set: on a full disk, where it needs room. */
int fault_fails(const char *name, const char *about, int needs_room);

/* Not counted. */
int fault_open(int folder, const char *path, int flags, unsigned mode);

const char *fault_path(int fd);

/* The log is opened at the start, since later the client may write only to its own folders. */
void log_open(const char *path, const char *synced_folder);

void log_call(const char *name, const char *about);

#endif
