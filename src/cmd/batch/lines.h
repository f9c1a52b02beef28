#ifndef CMD_BATCH_LINES_H
#define CMD_BATCH_LINES_H

#include <stdbool.h>

#include "base/buffer.h"
#include "pop3/account.h"

/* Lines from a descriptor, read as they come, so that whoever writes them can wait for answers. */
#define LINES_OCTETS (1024UL * 1024) /* of one line */

struct lines {
	int fd; /* borrowed */
	struct buffer text;
	size_t begin;	 /* of the next line in text */
	unsigned number; /* of the line taken last, from 1 */
	bool ended;
};

/* The next line without its end: 1, or 0 when there is none, or -1. Borrowed until the next call. */
int lines_next(struct lines *lines, const struct pop3_timeouts *timeouts, const char **line,
	       size_t *length, struct pop3_error *err);

/* Whether taking the next line would not wait; reads what is there. */
bool lines_ready(struct lines *lines);

void lines_release(struct lines *lines);

#endif
