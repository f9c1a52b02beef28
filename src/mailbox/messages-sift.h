#ifndef MAILBOX_MESSAGES_SIFT_H
#define MAILBOX_MESSAGES_SIFT_H

#include "mailbox/messages.h"

/* The part of choosing that looks at headers, for messages.c. */

/* Leaves of the chosen those that pass the filters, with their header blocks where those fit. */
int messages_sift(struct invocation *in, bool last_round, struct pop3_error *err);

/* Gives the header blocks back. */
void messages_drop_headers(struct messages *messages);

#endif
