#ifndef MAIL_DELIVERY_KIND_H
#define MAIL_DELIVERY_KIND_H

#include "base/sandbox.h"
#include "mail/delivery.h"

/* A kind of destination: one file that exports one of these, and one row in mail/delivery.h. */

/* The first member of every kind's own struct. */
struct delivery {
	const struct delivery_kind *kind;
	struct delivery_settings settings;
};

struct delivery_kind {
	size_t batch;	      /* messages published together at the most */
	bool is_stdout;	      /* octets go out as they come; records would stand between them */
	bool is_command;      /* what stands behind the colon; a path elsewhere */

	/* Everything that can be known to fail before connecting fails here. Size of struct below. */
	size_t size;
	int (*open)(struct delivery *, struct pop3_error *err);
	void (*close)(struct delivery *);
	/* What it writes to and runs from now on. NULL = nothing. */
	void (*allow)(const struct delivery *, struct sandbox *);

	int (*begin)(struct delivery *, struct delivery_item *, struct pop3_error *err);
	int (*write)(struct delivery *, struct delivery_item *, const char *data, size_t length,
		     struct pop3_error *err);
	int (*end)(struct delivery *, struct delivery_item *, struct pop3_error *err);
	/* None of it shall remain; at any time between begin and publish, the last one first. */
	void (*abort)(struct delivery *, struct delivery_item *);

	/* Durable, still unpublished; every item's name is known afterwards. */
	int (*sync)(struct delivery *, struct delivery_item *, size_t count,
		    struct pop3_error *err);
	/*
	 * There, durably. -1 when the destination takes no more; what is there then the journal will
	 * find out. What fails on its own account gets a failure.
	 */
	int (*publish)(struct delivery *, struct delivery_item *, size_t count,
		       struct pop3_error *err);
	/* The journal has it: nothing but the messages themselves need remain. May be NULL. */
	void (*finish)(struct delivery *);

	/*
	 * After a crash: whether that very message is there, by its UID, octets and name as the
	 * journal has them: 1 or 0, or -1 when that cannot be told. A name alone proves nothing
	 * where others may have taken it. What is left of messages that are not there goes when all
	 * are recovered, by tidy.
	 */
	int (*recover)(struct delivery *, const struct delivery_item *, struct pop3_error *err);
	int (*tidy)(struct delivery *, struct pop3_error *err); /* leftovers that no journal knew */

	/* Where a published message is; appended. NULL where it is the destination itself. */
	void (*show_path)(const struct delivery *, const struct delivery_item *,
			  struct buffer *path);
};

/*
 * For kinds with a file for each message, open as item->fd: to be sync, and to give it back. Of
 * more than so many of a batch only the first need be open: one syncfs is cheaper than as many
 * fsync.
 */
#define DELIVERY_SYNC_EACH 8
int delivery_sync_files(struct delivery *, struct delivery_item *, size_t count,
			struct pop3_error *err);
void delivery_close_file(struct delivery_item *item);

#define DELIVERY_DECLARE(kind, scheme, operand) extern const struct delivery_kind delivery_##kind;
DELIVERY_KINDS(DELIVERY_DECLARE)
extern const struct delivery_kind delivery_stdout_mbox;

#endif
