#ifndef MAIL_DELIVERY_H
#define MAIL_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/account.h"

/*
 * Where messages go; how, is for each kind to say (mail/delivery-kind.h). A batch of messages is written
 * under names nobody reads, made durable together, noted in the caller's journal under the names
 * they will have, published under those, and noted as done. Whatever dies when, the journal and a
 * look at the destination tell which of them are there.
 */

/* The destinations: kind, what stands before the colon, what behind it. */
#define DELIVERY_KINDS(ROW)                                                                        \
	ROW(maildir, "maildir:", "PATH")                                                           \
	ROW(mbox, "mbox:", "PATH")                                                                 \
	ROW(dir, "dir:", "PATH")                                                                   \
	ROW(pipe, "pipe:", "COMMAND")

#define DELIVERY_FORM(kind, scheme, operand) ", " scheme operand
#define DELIVERY_FORMS "-, mbox:-" DELIVERY_KINDS(DELIVERY_FORM)

/* One message on its way. The caller sets the first members, the kind the others. */
struct delivery_item {
	uint32_t number;
	const char *uid; /* "" where the server gave none; borrowed */
	uint64_t listed; /* octets as LIST says, 0 = not known */
	uint64_t octets; /* as the server sent them, counted by the caller */

	struct buffer temporary; /* its name while it is being written */
	struct buffer name;	 /* what the journal is to remember; its file's, once published */
	uint64_t start;		 /* where it begins, in a file that several share */
	int fd;
	uint64_t written;	   /* octets on disk */
	struct pop3_error *failure; /* NULL while all is well with it */
};

struct delivery_settings {
	const char *path;    /* behind the scheme, "~" expanded */
	const char *account; /* whose mail it is: for the environment of commands */
	const char *mark;    /* in the names of files: no one else's, and no other run at work has it */
	bool must_exist;     /* a destination that is not there is not made */
	bool crlf;	     /* keep CRLF where LF is the destination's custom */
	const struct pop3_timeouts *timeouts;
};

struct delivery;

/* The path in a text that names a destination, NULL where there is none in it. */
const char *delivery_path(const char *destination);

/* Opens the destination that a text such as "maildir:~/Mail" names. NULL with POP3_E_USAGE or
 * POP3_E_DESTINATION. The settings' path is filled in; texts are borrowed. */
struct delivery *delivery_open(const char *destination, const struct delivery_settings *settings,
			       struct pop3_error *err);
void delivery_close(struct delivery *delivery);

/* Octets of a message, counted. */
int delivery_write(struct delivery *, struct delivery_item *, const char *data, size_t length,
		   struct pop3_error *err);

/* Where a delivered message is, for the user; appended. */
void delivery_show_path(const struct delivery *, const struct delivery_item *,
			struct buffer *path);

/* It has failed, and why; an earlier reason goes. */
void delivery_item_fail(struct delivery_item *item, const struct pop3_error *why);

/* As if nothing had been done with it; keeps its memory. */
void delivery_item_clear(struct delivery_item *item);
void delivery_item_release(struct delivery_item *item);

#endif
