#ifndef CLI_CONNECTION_H
#define CLI_CONNECTION_H

#include <sys/types.h>

#include "base/url.h"
#include "options/option.h"
#include "pop3/account.h"

/* Places to try in order, the most specific first, until one yields the secret. */
struct password_sources {
	const char *command, *file, *fd; /* options of these names, NULL = not given */
	const char *prompt;		 /* shown at the terminal; NULL = never ask */
	const struct pop3_timeouts *timeouts;
	struct password_command *held; /* the command, started before; NULL = not */
};

/* A password command; without a child it is not started. */
struct password_command {
	pid_t child;
	int gate, output;
};

/* Finds the password of a connection for its session. */
struct password_finder {
	struct pop3_secret_source source; /* first: find casts it to this struct */
	struct connection *connection;
};

/* The server, the user and the connection between: option values, and the resulting account. */
struct connection {
	/* Set by the option rows. */
	const char *account, *server, *user;
	int tls, auth;
	const char *password_command, *password_file, *password_fd;
	bool no_input;
	const char *ca_file, *ca_dir, *cert, *key, *tls_name;
	struct text_list pins;
	int tls_min;
	bool no_verify, ipv4, ipv6;
	const char *proxy, *tunnel;
	uint32_t connect_timeout, timeout, max_time, retry;
	int pipelining;
	const char *trace;
	bool no_sandbox;

	/* Set by connection_prepare. */
	const char *at_fault; /* the option whose value it refused, NULL = none alone */
	struct url url;
	bool manages; /* the URL's scheme is not POP3's */
	struct pop3_secret secret;
	bool password_chosen; /* the secret is there, or sources or a prompt will give it */
	bool password_failed; /* it could not be got */
	bool prompts;	      /* it is typed at the terminal */
	struct password_sources sources;
	struct password_command held;
	struct password_finder finder;
	const struct option_set *set; /* where the values came from; borrowed */
	/* Read before any command of the user's runs; the unused one is wiped. */
	struct pop3_secret in_environment, in_config;
	enum option_source config_origin; /* where "password =" was found, if it was */
	struct pop3_account target;
};

/* Call begin before their first use: it fills in the mechanisms that --auth accepts. */
extern const struct option_spec connection_options[];
void connection_options_begin(void);

/*
 * Makes the account from the settings: parses the URL and refuses contradictions, but finds no
 * password yet. any_scheme: the caller checks the URL's scheme.
 */
int connection_prepare(struct connection *connection, const struct option_set *set,
		       bool any_scheme, struct pop3_error *err);

/*
 * Appends "user@host:port", the name of a mailbox without an account. The default port of a
 * management protocol is unknown here and left out.
 */
void connection_name(const struct connection *connection, struct buffer *out);

#endif
