#ifndef CLI_PASSWORD_H
#define CLI_PASSWORD_H

#include "cli/connection.h"

/* One place after the other, the more particular first, until one has the secret. */
struct password_sources {
	const char *command, *file, *fd; /* as the options of these names say, NULL = not given */
	const char *prompt;		 /* what the terminal is asked with; NULL = never ask */
	const struct pop3_timeouts *timeouts;
};

/* From command, file, descriptor or prompt; 0 with an empty secret when no source was given. */
int password_from(const struct password_sources *sources, struct pop3_secret *secret,
		  struct pop3_error *err);

/*
 * From a variable of the environment, which is wiped and taken out, so that no child inherits it
 * and nobody reads it there later; 0 with an empty secret when there is none.
 */
int password_from_environment(const char *variable, struct pop3_secret *secret,
			      struct pop3_error *err);

/*
 * The password of a connection: its options, $POP3_PASSWORD, the configuration, netrc, and last
 * a prompt. Fails with POP3_E_USAGE when there is none, naming the options.
 */
int password_find(struct connection *connection, struct pop3_error *err);

#endif
