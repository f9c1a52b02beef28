#ifndef MAIL_SPOOL_H
#define MAIL_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "mail/eol.h"

#ifndef WRITE_AT
#define WRITE_AT 131072 /* octets collected before a write */
#endif

struct delivery;
struct delivery_item;

/* Writes a message to a file: converts line ends and collects octets into large writes. */
struct spool {
	int fd; /* borrowed, like where */
	const char *where; /* a path for errors */
	bool crlf;
	struct eol eol;
	struct buffer text;
	uint64_t written;
	struct octet_count *count; /* counts the octets with CRLF; NULL = do not count */
};

/* Prepares for another message; keeps its memory. Zeroes count unless it is NULL. */
void spool_begin(struct spool *spool, int fd, const char *where, bool crlf,
		 struct octet_count *count);

/*
 * Fail with POP3_E_DESTINATION when the file cannot be written. spool_write writes into the
 * delivery's spool: an implementation of delivery_kind's write.
 */
int spool_write(struct delivery *delivery, struct delivery_item *item, const char *data,
		size_t length, struct pop3_error *err);
int spool_end(struct spool *spool, struct pop3_error *err);

#endif
