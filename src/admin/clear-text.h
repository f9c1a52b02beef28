#ifndef ADMIN_CLEAR_TEXT_H
#define ADMIN_CLEAR_TEXT_H

#include "pop3/account.h"
#include "pop3/error.h"

/*
 * Clear text stays on this machine unless the user allows otherwise. The checks go by address,
 * since any name may resolve to any address. Both fail with POP3_E_USAGE.
 */
/* Before connecting: fails if the host is another machine, or if there is a proxy. */
int clear_text_check_account(const struct pop3_account *, struct pop3_error *err);

/* Before the first octet: fails if the socket is connected to another machine. */
int clear_text_check_socket(int fd, struct pop3_error *err);

int clear_text_refuse(struct pop3_error *err);

#endif
