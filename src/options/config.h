#ifndef OPTIONS_CONFIG_H
#define OPTIONS_CONFIG_H

#include <stddef.h>

#include "options/getopt.h"
#include "pop3/secret.h"

/*
 * The configuration file: [defaults] and a section an account; keys are the long names of options
 * with "_" for "-". Read whole, every key checked, applied later.
 */
#define CONFIG_DEFAULTS "defaults" /* the section that every account builds upon */
#define CONFIG_NAME_MAX 64	   /* octets of an option's name, NUL included */

struct config_entry {
	const char *section, *key;
	char *value; /* of a password wiped once it is applied */
	unsigned line;
};

struct config {
	struct buffer path;
	struct string_pool *pool;
	struct config_entry *entries;
	size_t count, capacity;
	const char **accounts; /* in the order of the file */
	size_t account_count, account_capacity;
	struct pop3_secret password;	  /* of the section it was applied from */
	enum option_source password_origin;
	bool is_there;
	bool is_private;		  /* nobody else may read the file */
};

/* The long option that a key stands for. */
void config_option_name(const char *key, char name[CONFIG_NAME_MAX]);

/*
 * $XDG_CONFIG_HOME/pop3/config, with keys that known has; one that does not exist is empty.
 * POP3_E_CONFIG says why not.
 */
int config_read(struct config *config, const struct getopt_table *known,
		struct string_pool *pool, struct pop3_error *err);

/* Gives a set the values of a section and those of [defaults]. */
int config_apply(struct config *config, const char *account, struct option_set *set,
		 struct pop3_error *err);

/* Whether there is an account of that name; a hint at the nearest into err when not. */
int config_expect(const struct config *config, const char *account, struct pop3_error *err);

/*
 * Where a refused value came from the file, says in which line of it, as POP3_E_CONFIG. Returns -1.
 */
int config_blame(const struct config *config, const char *account, const struct option_set *set,
		 const char *option, struct pop3_error *err);

void config_release(struct config *config);

#endif
