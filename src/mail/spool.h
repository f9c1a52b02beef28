#ifndef MAIL_SPOOL_H
#define MAIL_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "mail/eol.h"

/* Message octets on their way into a file: line ends as wanted, in few writes. */
struct spool {
	int fd; /* borrowed, as is where */
	const char *where; /* it is, for errors */
	bool crlf;
	struct eol eol;
	struct buffer text;
	uint64_t written;
	struct octet_count *count; /* of what is written, NULL where it is not wanted */
};

/* Ready for another message; keeps its memory. count, if not NULL, is zeroed. */
void spool_begin(struct spool *spool, int fd, const char *where, bool crlf,
		 struct octet_count *count);

/* -1 with POP3_E_DESTINATION when the file takes no more. */
int spool_write(struct spool *spool, const char *data, size_t length, struct pop3_error *err);
int spool_end(struct spool *spool, struct pop3_error *err);

#endif
