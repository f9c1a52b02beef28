#ifndef CLI_CONNECTION_H
#define CLI_CONNECTION_H

#include "base/url.h"
#include "options/option.h"
#include "pop3/account.h"

/* Which server, as whom, and how to get there: the options, and the account they make. */
struct connection {
	/* From the option rows. */
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

	/* What connection_prepare makes of them. */
	const char *at_fault; /* the option whose value it refused, NULL = none alone */
	struct url url;
	bool manages; /* the URL's scheme is not one of POP3's */
	struct pop3_secret secret;
	bool secret_found; /* secret is the one to be used */
	bool typed;	   /* at a terminal */
	const struct option_set *set; /* what these values were given by; borrowed */
	/* Passwords at hand before a command of the user's own runs; the one not used is wiped. */
	struct pop3_secret in_environment, in_config;
	enum option_source config_origin; /* where "password =" stood, when it did */
	struct pop3_account target;
};

/* begin, before their first use, fills in which mechanisms --auth can name. */
extern const struct option_spec connection_options[];
void connection_options_begin(void);

/*
 * An account out of the settings: URL read, contradictions refused; no password yet. any_scheme:
 * whoever asks reads the URL's scheme himself.
 */
int connection_prepare(struct connection *connection, const struct option_set *set,
		       bool any_scheme, struct pop3_error *err);

/*
 * "user@host:port", the name of a mailbox without an account. A management protocol's own port is
 * not known here, and left out.
 */
void connection_name(const struct connection *connection, struct buffer *out);

void connection_release(struct connection *connection);

#endif
