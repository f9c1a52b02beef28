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
	uint32_t marked; /* the round in which DELE did it last */
	bool in_new;
	bool gone; /* removed by others */
};

struct maildrop {
	int fd; /* the Maildir; locked for one session as long as it is open */
	int folders[2]; /* cur and new, by in_new: no link leads elsewhere from here on */
	char *path; /* the Maildir, for messages */
	struct buffer names;
	struct maildrop_message *messages;
	size_t count;
	uint32_t round;	   /* RSET begins another */
	size_t unmarked;	   /* messages without a mark */
	uint64_t octets, all_octets; /* of those, and with a mark or without */
	bool inodes_match; /* the folder tells the same inodes as the files do */
	struct measuring *measuring; /* of maildrop_measure, while it is under way */
};

/*
 * Makes the mailbox if need be, and lists what is there. Fails with POP3_E_IN_USE, POP3_E_IO or
 * POP3_E_MEMORY. To be called in a thread, and to be measured before it is used.
 */
struct maildrop *maildrop_open(const char *root, const char *user, struct pop3_error *err);
void maildrop_close(struct maildrop *drop); /* NULL is fine; nothing is removed */

/*
 * Fills in the sizes, by reading every message whose size neither its name nor the cache tells;
 * messages that cannot be read leave the list. Returns 1 at a moment of clock_ms when there is
 * more to do, 0 when all is done, -1 for POP3_E_MEMORY.
 */
int maildrop_measure(struct maildrop *drop, int64_t until, struct pop3_error *err);

/* DELE, and RSET, which takes all marks away. */
void maildrop_mark(struct maildrop *drop, size_t index);
bool maildrop_is_marked(const struct maildrop *drop, size_t index);
void maildrop_unmark_all(struct maildrop *drop);

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

/* Between the files of the maildrop: the name in the message's folder. */
const char *maildrop_name(const struct maildrop *drop, const struct maildrop_message *message);
int maildrop_folder(const struct maildrop *drop, const struct maildrop_message *message);

/* The order of base names. */
int maildrop_compare(const char *a, const char *b);

/* Fills in names and messages, but no sizes, from the folders as they are now. */
int maildrop_scan(struct maildrop *drop, struct pop3_error *err);

/* Finds by base name what others have renamed, and notes what is gone. */
int maildrop_scan_again(struct maildrop *drop, struct pop3_error *err);

void measuring_release(struct measuring *measuring); /* NULL is fine */

#endif
