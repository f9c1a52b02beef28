#ifndef CMD_SETUP_KEEPER_H
#define CMD_SETUP_KEEPER_H

#include "base/buffer.h"
#include "pop3/account.h"

/* What keeps an account's password for later runs: the desktop's keyring, pass, or a file. */
struct keeper {
	const char *name; /* for a person */
	const char *key;  /* of the configuration */
	bool (*is_usable)(void);
	/* %s is the account; in "file" its file. Both are one word of a shell's. */
	const char *store; /* a command that takes the password from stdin */
	const char *fetch; /* the key's value */
};

/* The first one that this machine has. The last one, a file, it always has. */
const struct keeper *keeper_choose(void);

/* The commands for an account; folder is that of the configuration file. */
void keeper_store_command(const struct keeper *keeper, const char *account, const char *folder,
			  struct buffer *out);
void keeper_value(const struct keeper *keeper, const char *account, const char *folder,
		  struct buffer *out);

/* Runs a command with the password on its standard input. */
int keeper_store(const char *command, const struct pop3_secret *password,
		 const struct pop3_timeouts *timeouts, struct pop3_error *err);

#endif
