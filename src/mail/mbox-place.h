#ifndef MAIL_MBOX_PLACE_H
#define MAIL_MBOX_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "mail/digest.h"

/*
 * A message that is to be appended to an mbox: where, and which one it is. After a crash that tells
 * whether it is there, whatever other programs have done to the mbox since.
 */
struct mbox_place {
	uint64_t at;	 /* in the mbox */
	uint64_t start;	 /* in the spool, and behind the mbox's end as it was */
	uint64_t length; /* but for its last line ends: other programs add and remove some */
	char digest[DIGEST_SIZE];
};

/* Fills in what a message is: so many octets of the spool from start on. errno tells on -1. */
int mbox_place_take(struct mbox_place *place, int spool, uint64_t start, uint64_t octets);

/* As a text for the journal, and back; false when it is none. */
void mbox_place_write(const struct mbox_place *place, struct buffer *text);
bool mbox_place_read(struct mbox_place *place, const char *text);

/* Whether the message is in the mbox: 1 or 0, or -1 with errno. */
int mbox_place_find(const struct mbox_place *place, int mbox);

/* Takes the beginning of a message away from its place, where that is all there is of it. */
int mbox_place_clean(const struct mbox_place *place, int mbox, int spool);

#endif
