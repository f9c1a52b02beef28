#ifndef MAIL_DELIVERY_H
#define MAIL_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/account.h"

/*
 * Destinations of messages, independent of their kind (see mail/delivery-kind.h). A batch of
 * messages is written under temporary names, made durable together, recorded in the caller's
 * journal under its final names, published under those, and recorded as delivered. After a crash at
 * any point, the journal and the destination together show which messages were delivered.
 */

/*
 * The kinds of destinations: name, scheme, operand. The operand is the word for it in help. The
 * word DELIVERY_COMMAND also means that it is a shell command, which is passed on as it is; any
 * other word means that it is a path, which is made absolute.
 */
#define DELIVERY_COMMAND "COMMAND"
#define DELIVERY_KINDS(ROW)                                                                        \
	ROW(maildir, "maildir:", "PATH")                                                           \
	ROW(mbox, "mbox:", "PATH")                                                                 \
	ROW(dir, "dir:", "PATH")                                                                   \
	ROW(pipe, "pipe:", DELIVERY_COMMAND)

#define DELIVERY_FORM(kind, scheme, operand) ", " scheme operand
#define DELIVERY_FORMS "-, mbox:-" DELIVERY_KINDS(DELIVERY_FORM)

/*
 * A message being delivered. The caller sets the members before temporary, the kind sets the
 * others.
 */
struct delivery_item {
	uint32_t number;
	const char *uid; /* "" without UID; borrowed */
	uint64_t listed; /* octets as reported by LIST, 0 = unknown */
	uint64_t header; /* its digest, 0 = unknown; not needed before the journal is told */
	uint64_t octets; /* octets received, counted by delivery_write */

	struct buffer temporary; /* its name while it is being written */
	struct buffer name;	 /* identifies it in the journal; once published, its file name */
	uint64_t start;		 /* its offset in a file shared by several messages */
	int fd;
	uint64_t written;	   /* octets written to the file */
	struct pop3_error *failure; /* NULL while nothing has failed */
};

struct delivery_settings {
	const char *path;    /* after the scheme, with "~" expanded */
	const char *account; /* exported to commands */
	const char *mark;    /* part of file names; unique among accounts and running processes */
	bool must_exist;     /* do not create a missing destination */
	bool crlf;	     /* keep CRLF where the destination would use LF */
	bool to_terminal;    /* stdout is a terminal: escape control characters */
	const struct pop3_timeouts *timeouts;
	struct pop3_tracer *tracer; /* NULL = none */
};

struct delivery;

/* The path in a destination's text, or NULL when it has none. */
const char *delivery_path(const char *destination);

/* Whether it keeps no messages, so that they must stay on the server. False if it is unknown. */
bool delivery_loses_messages(const char *destination);

/*
 * Opens a destination such as "maildir:~/Mail". Returns NULL with POP3_E_USAGE or
 * POP3_E_DESTINATION. Sets the path in its copy of the settings. Texts are borrowed.
 */
struct delivery *delivery_open(const char *destination, const struct delivery_settings *settings,
			       struct pop3_error *err);
void delivery_close(struct delivery *delivery);

/* Writes octets of a message, and counts them. */
int delivery_write(struct delivery *, struct delivery_item *, const char *data, size_t length,
		   struct pop3_error *err);

/* Appends the location of a delivered message, for display. */
void delivery_show_path(const struct delivery *, const struct delivery_item *,
			struct buffer *path);

/* Records why a message failed, replacing an earlier reason. */
void delivery_item_fail(struct delivery_item *item, const struct pop3_error *why);

/* Resets an item for another message; keeps its memory. */
void delivery_item_clear(struct delivery_item *item);
void delivery_item_release(struct delivery_item *item);

#endif
