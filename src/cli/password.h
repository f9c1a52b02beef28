#ifndef CLI_PASSWORD_H
#define CLI_PASSWORD_H

#include "cli/connection.h"

/* From the first of these that is given; 0 with an empty secret if none is. */
int password_from(const struct password_sources *sources, struct pop3_secret *secret,
		  struct pop3_error *err);

/*
 * From an environment variable, which is wiped and removed, so that children do not inherit it and
 * other processes cannot read it later; 0 with an empty secret when it is not set.
 */
int password_from_environment(const char *variable, struct pop3_secret *secret,
			      struct pop3_error *err);

/*
 * Decides where the password of a connection comes from: its options, $POP3_PASSWORD, the
 * configuration, netrc, or finally a prompt. Runs no command and prompts for nothing. When there is
 * no password, fails with POP3_E_USAGE, naming the options.
 */
int password_choose(struct connection *connection, struct pop3_error *err);

/* Starts the password command, if that is the choice, and has it wait for password_find. */
int password_hold(struct connection *connection, struct pop3_error *err);

/* Gets the password from where password_choose found it, unless it is there already. */
int password_find(struct connection *connection, struct pop3_error *err);

/* Wipes all passwords, and ends a command that waits. */
void password_release(struct connection *connection);

#endif
