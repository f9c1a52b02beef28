#ifndef MAIL_MBOX_LOCK_H
#define MAIL_MBOX_LOCK_H

#include "base/buffer.h"
#include "mail/delivery.h"

/* Locks an mbox as other programs do: with fcntl, and with a file FILE.lock next to it. */
struct mbox_lock {
	int fd;		    /* of the mbox, -1 while unlocked */
	const char *mark;   /* identifies the owner; unique among running processes */
	struct buffer path; /* of the dot lock; empty if it could not be created */
};

/* Opens the mbox (created with 0600) and locks it. POP3_E_LOCKED when not free in time. */
int mbox_lock(struct mbox_lock *lock, const struct delivery_settings *settings,
	      struct pop3_error *err);
void mbox_unlock(struct mbox_lock *lock);

/* Removes a dot lock left by a crash, when nothing is delivered. */
void mbox_lock_tidy(struct mbox_lock *lock, const char *path);

#endif
