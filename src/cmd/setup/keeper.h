#ifndef CMD_SETUP_KEEPER_H
#define CMD_SETUP_KEEPER_H

#include "base/buffer.h"
#include "pop3/account.h"

/* Stores an account's password for later runs: the desktop's keyring, pass, or a file. */
struct keeper {
	const char *name; /* shown to the user */
	const char *key;  /* in the configuration */
	bool (*is_usable)(void); /* NULL for a file: it always is */
	/* %s is the account, or for a file its path, quoted as one word for the shell. */
	const char *store; /* command that reads the password from stdin */
	const char *fetch; /* the key's value */
};

/* The first one available on this machine. */
const struct keeper *keeper_choose(void);

/* The commands for an account; directory is the directory of the configuration file. */
void keeper_store_command(const struct keeper *keeper, const char *account, const char *directory,
			  struct buffer *out);
void keeper_value(const struct keeper *keeper, const char *account, const char *directory,
		  struct buffer *out);

/* Runs a command with the password on its standard input. */
int keeper_store(const char *command, const struct pop3_secret *password,
		 const struct pop3_timeouts *timeouts, struct pop3_error *err);

#endif
