#ifndef ADMIN_CLEAR_TEXT_H
#define ADMIN_CLEAR_TEXT_H

#include "pop3/account.h"
#include "pop3/error.h"

/*
 * Clear text stays on this machine unless the user allows it. It is the address that counts, for
 * a name can be anybody's: both checks fail with POP3_E_USAGE.
 */
/* Before connecting: an account whose host, or proxy, cannot be this machine. */
int clear_text_check_account(const struct pop3_account *, struct pop3_error *err);

/* Before the first octet: a socket that is connected to another machine. */
int clear_text_check_socket(int fd, struct pop3_error *err);

int clear_text_refuse(struct pop3_error *err);

#endif
