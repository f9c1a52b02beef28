#ifndef SERVE_MAILDROP_MAILDROP_H
#define SERVE_MAILDROP_MAILDROP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/error.h"

/*
 * A mailbox as one session sees it: the messages of the moment it was opened, by number from 0,
 * in the order of delivery. A message is known by its base name, the part before the ":", which
 * never changes, and by its inode: whatever others do to the files, one message is never taken
 * for another. Owned by one thread at a time.
 */
#define MAILDROP_NAMES_MAX (1U << 30) /* octets of all file names together */
#define MAILDROP_UID_MAX 70	      /* octets (RFC 1939 section 7) */

struct maildrop_message {
	uint64_t octets; /* as sent */
	uint64_t inode;
	uint32_t name; /* where names has it */
	bool in_new;
	bool deleted; /* marked by DELE */
	bool gone;    /* removed by others */
};

struct maildrop {
	int fd;	    /* the Maildir; locked for one session as long as it is open */
	char *path; /* the same */
	struct buffer names;
	struct maildrop_message *messages;
	size_t count;
	bool inodes_match; /* the folder tells the same inodes as the files do */
};

/*
 * Makes the mailbox if need be. Fails with POP3_E_IN_USE, POP3_E_IO or POP3_E_MEMORY. May read
 * every message whose size neither its name nor the cache tells: to be called in a thread.
 */
struct maildrop *maildrop_open(const char *root, const char *user, struct pop3_error *err);
void maildrop_close(struct maildrop *drop); /* NULL is fine; nothing is removed */

/*
 * A message to read: a descriptor, and how many octets there are to read. Fails with
 * POP3_E_NO_MESSAGE when others have removed it, with POP3_E_MEMORY for want of memory or of
 * descriptors, which passes.
 */
int maildrop_open_message(struct maildrop *drop, size_t index, uint64_t *stored,
			  struct pop3_error *err);

/* The UID: the base name, or "sha256-…" made from it where it has not a UID's form. */
void maildrop_uid(const struct maildrop *drop, size_t index, char uid[MAILDROP_UID_MAX + 1]);

/*
 * The UPDATE state: marked messages go, new ones become cur, all of it durable. Fails with
 * POP3_E_IO when not all could be removed. For a thread as well.
 */
int maildrop_update(struct maildrop *drop, size_t *removed, struct pop3_error *err);

/* Between the files of the maildrop. */
const char *maildrop_name(const struct maildrop *drop, const struct maildrop_message *message);
void maildrop_message_path(const struct maildrop *drop, const struct maildrop_message *message,
			   struct buffer *out);

/* The order of base names. */
int maildrop_compare(const char *a, const char *b);

/* Fills in names and messages, but no sizes, from the folders as they are now. */
int maildrop_scan(struct maildrop *drop, struct pop3_error *err);

/* Finds by base name what others have renamed, and notes what is gone. */
int maildrop_scan_again(struct maildrop *drop, struct pop3_error *err);

/* Fills in the sizes; messages that cannot be read leave the list, but not for POP3_E_MEMORY. */
int maildrop_measure(struct maildrop *drop, struct pop3_error *err);

#endif
