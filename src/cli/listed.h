#ifndef CLI_LISTED_H
#define CLI_LISTED_H

#include "mailbox/messages.h"

/* One record "number, uid, octets" for each chosen message. */
int list_chosen(struct invocation *in, struct pop3_error *err);

#endif
