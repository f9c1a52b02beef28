#ifndef BASE_LINES_H
#define BASE_LINES_H

#include <stdbool.h>

#include "base/buffer.h"
#include "pop3/account.h"

/* Lines from a descriptor, read as they arrive, so that the writer can wait for answers to each. */
struct lines {
	int fd; /* borrowed */
	char end;	  /* line end: LF or NUL */
	const char *what; /* the name of the input for errors: "cannot read" what */
	size_t limit;	  /* maximum size of one line, in octets */
	struct buffer text;
	size_t begin;	 /* offset in text of the next line */
	unsigned number; /* of the last line returned, counted from 1 */
	bool ended;
};

/*
 * Returns 1 and the next line without its end (borrowed until the next call), 0 at the end of the
 * input, or -1.
 */
int lines_next(struct lines *lines, const struct pop3_timeouts *timeouts, const char **line,
	       size_t *length, struct pop3_error *err);

/* Whether lines_next would return without waiting. Reads the input that is available. */
bool lines_ready(struct lines *lines);

void lines_release(struct lines *lines);

#endif
