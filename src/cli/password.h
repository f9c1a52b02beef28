#ifndef CLI_PASSWORD_H
#define CLI_PASSWORD_H

#include "cli/connection.h"

/* Places to try in order, the most specific first, until one yields the secret. */
struct password_sources {
	const char *command, *file, *fd; /* options of these names, NULL = not given */
	const char *prompt;		 /* shown at the terminal; NULL = never ask */
	const struct pop3_timeouts *timeouts;
};

/* From a command, file, descriptor or prompt; 0 with an empty secret if no source is given. */
int password_from(const struct password_sources *sources, struct pop3_secret *secret,
		  struct pop3_error *err);

/*
 * From an environment variable, which is wiped and removed, so that children do not inherit it and
 * other processes cannot read it later; 0 with an empty secret when it is not set.
 */
int password_from_environment(const char *variable, struct pop3_secret *secret,
			      struct pop3_error *err);

/*
 * Finds the password of a connection: from its options, $POP3_PASSWORD, the configuration, netrc,
 * or finally a prompt. When there is none, fails with POP3_E_USAGE, naming the options.
 */
int password_find(struct connection *connection, struct pop3_error *err);

#endif
