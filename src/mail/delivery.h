#ifndef MAIL_DELIVERY_H
#define MAIL_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/account.h"

/*
 * Where messages go: one file and one row a kind of destination. A batch of messages is written
 * under names nobody reads, made durable together, noted in the caller's journal under the names
 * they will have, published under those, and noted as done. Whatever dies when, the journal and a
 * look at the destination tell which of them are there.
 */

/* One message on its way. The caller sets the first members, the kind the others. */
struct delivery_item {
	uint32_t number;
	const char *uid; /* "" where the server gave none; borrowed */
	uint64_t octets; /* as the server sent them, counted by the caller */

	struct buffer temporary; /* its name while it is being written */
	struct buffer name;	 /* what the journal is to remember */
	struct buffer path;	 /* what the user is told */
	int fd;
	uint64_t written;	   /* octets on disk */
	struct pop3_error failure; /* POP3_E_NONE while all is well with it */
};

struct delivery_settings {
	const char *path;    /* behind the scheme, "~" expanded */
	const char *account; /* whose mail it is: goes into names and environments */
	bool crlf;	     /* keep CRLF where LF is the destination's custom */
	const struct pop3_patience *patience;
};

/* The first member of every kind's own struct. */
struct delivery {
	const struct delivery_kind *kind;
	struct delivery_settings settings;
	char mark[17]; /* in the names of temporary files: ours, and of no other account */
};

struct delivery_kind {
	const char *scheme;   /* before the colon */
	size_t batch;	      /* messages published together at the most */
	bool is_stdout;	      /* octets go out as they come; records would stand between them */

	/* Everything that can be known to fail before connecting fails here. Size of struct below. */
	size_t size;
	int (*open)(struct delivery *, struct pop3_error *err);
	void (*close)(struct delivery *);

	int (*begin)(struct delivery *, struct delivery_item *, struct pop3_error *err);
	int (*write)(struct delivery *, struct delivery_item *, const char *data, size_t length,
		     struct pop3_error *err);
	int (*end)(struct delivery *, struct delivery_item *, struct pop3_error *err);
	/* None of it shall remain; at any time between begin and publish. */
	void (*abort)(struct delivery *, struct delivery_item *);

	/* Durable, still unpublished; every item's name is known afterwards. */
	int (*sync)(struct delivery *, struct delivery_item *, size_t count,
		    struct pop3_error *err);
	/* There, durably. One item's trouble goes to its failure; -1 when all of them failed. */
	int (*publish)(struct delivery *, struct delivery_item *, size_t count,
		       struct pop3_error *err);
	/* The journal has it: nothing but the messages themselves need remain. May be NULL. */
	void (*finish)(struct delivery *);

	/*
	 * After a crash: whether the message that was to have that name is there, 1 or 0 or -1.
	 * What is left of one that is not is removed. unknown runs once all are settled.
	 */
	int (*settle)(struct delivery *, const char *name, struct pop3_error *err);
	int (*tidy)(struct delivery *, struct pop3_error *err); /* leftovers that no journal knew */
};

/* Opens the destination that a text such as "maildir:~/Mail" names. NULL with POP3_E_USAGE or
 * POP3_E_DESTINATION. The settings' path is filled in; texts are borrowed. */
struct delivery *delivery_open(const char *destination, const struct delivery_settings *settings,
			       struct pop3_error *err);
void delivery_close(struct delivery *delivery);

/* Octets of a message, counted. */
int delivery_write(struct delivery *, struct delivery_item *, const char *data, size_t length,
		   struct pop3_error *err);

void delivery_item_release(struct delivery_item *item);

extern const struct delivery_kind delivery_maildir;
extern const struct delivery_kind delivery_mbox;
extern const struct delivery_kind delivery_dir;
extern const struct delivery_kind delivery_pipe;
extern const struct delivery_kind delivery_stdout_mbox;

#endif
