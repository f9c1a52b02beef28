#ifndef SERVE_SESSION_TRANSFORM_H
#define SERVE_SESSION_TRANSFORM_H

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pop3/error.h"

/*
 * A program that a message passes through while it is sent: run by /bin/sh in a process group of
 * its own, the message's file on its stdin, POP3_USER, POP3_UID and POP3_OCTETS in its
 * environment, its stderr discarded.
 */
struct transform;

struct transform_task {
	const char *command;
	const char *user, *uid;
	uint64_t octets;
	int message; /* a descriptor, borrowed for the start */
	struct event_base *base;
	const struct timeval *timeout; /* for its next octet and for its end */
	void (*ready)(void *of);	/* read again: after TRANSFORM_WAITS */
	void *of;
};

enum {
	TRANSFORM_ENDED = 0,   /* with status 0 */
	TRANSFORM_FAILED = -1, /* another status, a signal, or too slow */
	TRANSFORM_WAITS = -2,
};

struct transform *transform_start(const struct transform_task *task, struct pop3_error *err);
ssize_t transform_read(struct transform *transform, void *data, size_t length);

/* Ends the whole process group if it still runs. NULL is fine. */
void transform_end(struct transform *transform);

#endif
