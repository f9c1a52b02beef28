#ifndef SERVE_MANAGE_ACCESS_LOG_H
#define SERVE_MANAGE_ACCESS_LOG_H

#include <stdint.h>
#include <time.h>

#include "base/buffer.h"
#include "serve/users/users.h"

/* The logins of late, for the management protocols: a ring, in memory alone. */
#define ACCESS_LOG_ENTRIES 1000

struct access {
	time_t when;
	char name[USER_NAME_MAX + 1];
};

struct access_log {
	struct access *ring; /* NULL until something is noted */
	uint64_t ever;
};

void access_log_note(struct access_log *log, const char *name);
void access_log_release(struct access_log *log);

/* A line an entry, the oldest first: name, date and time (UTC), CRLF. */
void access_log_print(const struct access_log *log, struct buffer *out);

#endif
