#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"
#include "pop3/secret.h"

/*
 * A POP3 server over Maildirs, with its management listeners, in one process. Every string is
 * borrowed until serve_run returns. Addresses are "HOST:PORT", "[V6]:PORT", or "*:PORT" for all
 * of them; port 0 is the system's choice.
 */
struct serve_addresses {
	const char *const *items;
	size_t count;
};

/* Those who have a secret; who monitors has none. */
enum serve_manager { SERVE_PEEP, SERVE_SPSCMP, SERVE_SMTPSTATUS, SERVE_MANAGERS };

struct serve_settings {
	struct serve_addresses listen;	   /* in clear, with STLS where there is a certificate */
	struct serve_addresses listen_tls; /* TLS from the first octet */
	const char *peep, *spscmp, *monitor, *smtpstatus; /* management; NULL = off */
	const char *root;		   /* a Maildir a user; made when missing */
	const char *users;		   /* lines of "name:hash", crypt(3) */
	const char *cert, *key;		   /* PEM; key NULL = in cert */
	const char *transform;		   /* run by /bin/sh, message on stdin; NULL = none */
	const char *user;		   /* to become once the sockets are open; NULL = stay */
	const struct pop3_secret *secrets[SERVE_MANAGERS]; /* NULL or empty = none */
	uint64_t timeout;		   /* seconds a session may be idle, 0 = for ever */
	uint64_t login_timeout;		   /* seconds from connecting to a login */
	uint64_t login_delay;		   /* seconds between two logins of a user, 0 = none */
	uint32_t max_connections, max_users;
	uint32_t log_entries; /* logins that managers are shown */
	const char *state;    /* file of what managers have set; NULL = forgotten at the end */
	uint32_t max_per_address; /* connections of one client's address, 0 = 7 of 8 places */
	bool allow_cleartext;	  /* passwords without TLS from other machines too */
	bool allow_remote_management;
	bool log_json;
	bool no_sandbox;
	uint32_t ready_fd; /* gets one line feed when all sockets are open, 0 = none */
};

/* Is told of every socket that is open, then once that serving begins. */
struct serve_observer {
	int (*listening)(struct serve_observer *, const char *protocol, const char *address,
			 uint16_t port, struct pop3_error *err);
	int (*ready)(struct serve_observer *, struct pop3_error *err);
};

/* Whether the settings go together, which serve_run asks first. Fails with POP3_E_USAGE. */
int serve_check(const struct serve_settings *settings, struct pop3_error *err);

/* Serves until SIGTERM or SIGINT; SIGHUP reads certificates and users again. */
int serve_run(const struct serve_settings *settings, struct serve_observer *observer,
	      struct pop3_error *err);

/* Adds a user to the file, and the mailbox where there is a root. POP3_E_REFUSED: there is one. */
int serve_add_user(const struct serve_settings *settings, const char *name,
		   const struct pop3_secret *password, struct pop3_error *err);

#endif
