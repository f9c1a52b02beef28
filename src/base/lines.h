#ifndef BASE_LINES_H
#define BASE_LINES_H

#include <stdbool.h>

#include "base/buffer.h"
#include "pop3/account.h"

/* Lines from a descriptor, read as they come, so that the writer can wait for answers. */
struct lines {
	int fd; /* borrowed */
	char end;	  /* LF, or NUL */
	const char *what; /* the name of it all in messages: "cannot read" what */
	size_t limit;	  /* octets of one line */
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
