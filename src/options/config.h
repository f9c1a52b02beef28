#ifndef OPTIONS_CONFIG_H
#define OPTIONS_CONFIG_H

#include <stddef.h>

#include "options/getopt.h"
#include "pop3/secret.h"

/*
 * The configuration file: [defaults] and one section per account. Keys are the long names of
 * options with "_" for "-". The whole file is read and every key checked before values are applied.
 */
#define CONFIG_DEFAULTS "defaults" /* the section with defaults for every account */
#define CONFIG_NAME_MAX 64	   /* octets of an option's name, including NUL */

struct config_entry {
	const char *section, *key;
	char *value; /* a password is wiped once it is applied */
	unsigned line;
};

struct config {
	struct buffer path;
	struct string_pool *pool;
	struct config_entry *entries;
	size_t count, capacity;
	const char **accounts; /* in the order of the file */
	size_t account_count, account_capacity;
	struct pop3_secret password;	  /* of the section that was applied */
	enum option_source password_origin;
	bool is_there;
	bool is_private;		  /* other users cannot read the file */
};

/* Converts a key to the name of its long option. */
void config_option_name(const char *key, char name[CONFIG_NAME_MAX]);

/*
 * Reads $XDG_CONFIG_HOME/pop3/config, whose keys must be in known; a missing file counts as empty.
 * Fails with POP3_E_CONFIG.
 */
int config_read(struct config *config, const struct getopt_table *known,
		struct string_pool *pool, struct pop3_error *err);

/* Applies the values of an account's section and of [defaults] to the set. */
int config_apply(struct config *config, const char *account, struct option_set *set,
		 struct pop3_error *err);

/* Fails if there is no account of that name; the error suggests the nearest. */
int config_expect(const struct config *config, const char *account, struct pop3_error *err);

/*
 * Where a refused value came from the file, says in which line of it, as POP3_E_CONFIG. Returns -1.
 */
int config_blame(const struct config *config, const char *account, const struct option_set *set,
		 const char *option, struct pop3_error *err);

void config_release(struct config *config);

#endif
