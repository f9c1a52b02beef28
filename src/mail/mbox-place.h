#ifndef MAIL_MBOX_PLACE_H
#define MAIL_MBOX_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "mail/digest.h"

/*
 * The place and the content of a message that is about to be appended to an mbox. After a crash
 * these show whether it is there, whatever other programs have done to the mbox since.
 */
struct mbox_place {
	uint64_t at;	 /* offset in the mbox */
	uint64_t start;	 /* offset in the spool, and from the original end of the mbox */
	uint64_t length; /* without trailing line ends, which other programs add and remove */
	char digest[DIGEST_SIZE];
};

/* Describes the message at start in the spool, of that size. Returns -1 with errno set. */
int mbox_place_take(struct mbox_place *place, int spool, uint64_t start, uint64_t octets);

/* Converts to a text for the journal, and back; false when the text is invalid. */
void mbox_place_write(const struct mbox_place *place, struct buffer *text);
bool mbox_place_read(struct mbox_place *place, const char *text);

/* Whether the message is in the mbox: 1 or 0, or -1 with errno set. */
int mbox_place_find(const struct mbox_place *place, int mbox);

/* Removes an incomplete message from its place. Returns -1 with errno set. */
int mbox_place_clean(const struct mbox_place *place, int mbox, int spool);

#endif
