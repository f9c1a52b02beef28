#ifndef SERVE_LOG_H
#define SERVE_LOG_H

#include <stdbool.h>

/* The server's log: one line per event, as text or as JSON. */
struct event_log {
	int fd; /* -1 = silent */
	bool json;
};

struct log_field {
	const char *name;
	const char *text;
};

#define LOG_FIELDS(...) ((const struct log_field[]){ __VA_ARGS__, { 0 } })

/* Never blocks: the line is dropped if the pipe is full. NULL fields = none. */
void log_event(const struct event_log *log, const char *event, const struct log_field *fields);

#endif
