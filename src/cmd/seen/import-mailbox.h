#ifndef CMD_SEEN_IMPORT_MAILBOX_H
#define CMD_SEEN_IMPORT_MAILBOX_H

#include "cmd/seen/import.h"

/* Between a list and a sink: lets the UIDs of one mailbox pass, and notes whose the others are. */

struct import_mailbox {
	struct import_sink sink;
	struct import_sink *next;
	struct import_text user;
	const char *host;
	bool any;	      /* some have passed */
	struct buffer others; /* the names of other mailboxes, as far as a message shows them */
};

/* "USER@HOST", whose text is borrowed. */
int import_mailbox_parse(struct import_mailbox *mailbox, const char *text, struct pop3_error *err);

void import_mailbox_begin(struct import_mailbox *mailbox, struct import_sink *next);

/* Fails with POP3_E_NO_ACCOUNT when the list named mailboxes, but never this one. */
int import_mailbox_end(const struct import_mailbox *mailbox, struct pop3_error *err);

void import_mailbox_release(struct import_mailbox *mailbox);

#endif
