#ifndef SERVE_SESSION_TRANSFORM_H
#define SERVE_SESSION_TRANSFORM_H

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pop3/error.h"

/*
 * A command that transforms a message while it is sent. /bin/sh runs it in its own process group,
 * with the message's file as stdin, POP3_USER, POP3_UID and POP3_OCTETS in its environment, and its
 * stderr discarded.
 */
struct transform;

struct transform_task {
	const char *command;
	const char *user, *uid;
	uint64_t octets;
	int message; /* descriptor, borrowed during transform_start */
	struct event_base *base;
	const struct timeval *timeout; /* for its next output, and for its exit */
	void (*ready)(void *of);	/* called after TRANSFORM_WAITS: read again */
	void *of;
};

enum {
	TRANSFORM_ENDED = 0,   /* exited with status 0 */
	TRANSFORM_FAILED = -1, /* another status, a signal, or too slow */
	TRANSFORM_WAITS = -2,
};

struct transform *transform_start(const struct transform_task *task, struct pop3_error *err);
ssize_t transform_read(struct transform *transform, void *data, size_t length);

/* Kills the whole process group if it still runs. NULL is fine. */
void transform_end(struct transform *transform);

#endif
