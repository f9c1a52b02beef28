#ifndef SERVE_MAILDROP_MAILDIRS_H
#define SERVE_MAILDROP_MAILDIRS_H

#include "pop3/error.h"

/*
 * A user's mailbox is the Maildir of that name right under the root. Names have passed
 * user_name_ok; no link is followed on the way.
 */

/*
 * The folder's descriptor; made with new, cur and tmp where they are missing, by root for the
 * owner of the folder above. POP3_E_IO.
 */
int maildirs_open(const char *root, const char *user, struct pop3_error *err);

/* Fails with POP3_E_REFUSED when the new name has a mailbox; a missing one is no failure. */
int maildirs_rename(const char *root, const char *user, const char *new_user,
		   struct pop3_error *err);

/*
 * Takes a mailbox out of the way at once; emptying the bin then removes what was discarded, which
 * takes as long as it takes and may be done in a thread.
 */
int maildirs_discard(const char *root, const char *user, struct pop3_error *err);
void maildirs_empty_bin(const char *root);

#endif
