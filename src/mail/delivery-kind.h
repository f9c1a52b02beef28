#ifndef MAIL_DELIVERY_KIND_H
#define MAIL_DELIVERY_KIND_H

#include "base/sandbox.h"
#include "mail/delivery.h"
#include "mail/spool.h"

/* A kind of destination: one source file that exports one of these, and one row in delivery.h. */

/* Must be the first member of each kind's own struct. */
struct delivery {
	const struct delivery_kind *kind;
	struct delivery_settings settings;
	struct spool spool; /* of kinds with one file per message; released with the delivery */
};

struct delivery_kind {
	size_t batch;	     /* maximum number of messages published together, up to 1000 */
	bool keeps_messages; /* what is published is safe: it may be deleted on the server */
	bool is_stdout;	     /* writes messages to stdout, which excludes records there */

	/*
	 * size is that of the kind's struct. open reports every failure that can be detected before
	 * connecting; it may be NULL.
	 */
	size_t size;
	int (*open)(struct delivery *, struct pop3_error *err);
	void (*close)(struct delivery *); /* may be NULL */
	/* Permits in the sandbox what the kind writes and executes after open. NULL = nothing. */
	void (*allow)(const struct delivery *, struct sandbox *);

	int (*begin)(struct delivery *, struct delivery_item *, struct pop3_error *err);
	int (*write)(struct delivery *, struct delivery_item *, const char *data, size_t length,
		     struct pop3_error *err);
	int (*end)(struct delivery *, struct delivery_item *, struct pop3_error *err);
	/* Discards a message, at any time between begin and publish; the last one first. */
	void (*abort)(struct delivery *, struct delivery_item *);

	/*
	 * Makes unpublished messages durable and sets their final names, which the journal then
	 * records. May be NULL.
	 */
	int (*sync)(struct delivery *, struct delivery_item *, size_t count,
		    struct pop3_error *err);
	/*
	 * Publishes messages durably under their names. Returns -1 when the destination accepts no
	 * more messages; recovery finds out which of these it has. A failure of one message is set
	 * in the item. May be NULL.
	 */
	int (*publish)(struct delivery *, struct delivery_item *, size_t count,
		       struct pop3_error *err);
	/*
	 * Called when the journal has recorded the batch: removes everything but the messages. May
	 * be NULL.
	 */
	void (*finish)(struct delivery *);

	/*
	 * After a crash: whether the destination has this message, identified by the UID, size and
	 * name in the journal. Returns 1 or 0, or -1 when it cannot be determined. A name alone is
	 * no proof where other programs may have used it. When all messages were recovered, tidy
	 * removes leftovers of the others.
	 * NULL when the kind cannot determine it. Its messages are then not entered in the journal,
	 * and after a crash between publish and the record of it, the next run delivers the whole
	 * batch again: keep batch small.
	 */
	int (*recover)(struct delivery *, const struct delivery_item *, struct pop3_error *err);
	/* Removes all leftovers. NULL when there are never any. */
	int (*tidy)(struct delivery *, struct pop3_error *err);

	/* Appends the location of a published message. NULL when it is the destination. */
	void (*show_path)(const struct delivery *, const struct delivery_item *,
			  struct buffer *path);
};

/* For kinds that write only below their path: an implementation of allow. */
void delivery_allow_path(const struct delivery *, struct sandbox *);

/*
 * For kinds with one file per message, open as item->fd: implementations of sync, and of closing
 * the file. In a batch of more than DELIVERY_SYNC_EACH messages only the first has to stay open,
 * because one syncfs is then cheaper than that many calls of fsync.
 */
#define DELIVERY_SYNC_EACH 8
int delivery_sync_files(struct delivery *, struct delivery_item *, size_t count,
			struct pop3_error *err);
void delivery_close_file(struct delivery_item *item);

#define DELIVERY_DECLARE(kind, scheme, operand) extern const struct delivery_kind delivery_##kind;
DELIVERY_KINDS(DELIVERY_DECLARE)
extern const struct delivery_kind delivery_stdout_mbox;

#endif
