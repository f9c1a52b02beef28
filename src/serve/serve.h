#ifndef SERVE_SERVE_H
#define SERVE_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"
#include "pop3/secret.h"

/*
 * A POP3 server for Maildirs and its management listeners, in one process. Every string is
 * borrowed until serve_run returns. Addresses are "HOST:PORT", "[V6]:PORT", or "*:PORT" for all
 * addresses; port 0 = any free port.
 */
struct serve_addresses {
	const char *const *items;
	size_t count;
};

/* The management protocols that have a secret; monitor has none. */
enum serve_manager { SERVE_PEEP, SERVE_SPSCMP, SERVE_SMTPSTATUS, SERVE_MANAGERS };

struct serve_settings {
	struct serve_addresses listen;	   /* unencrypted; offers STLS if there is a certificate */
	struct serve_addresses listen_tls; /* TLS from the first octet */
	const char *peep, *spscmp, *monitor, *smtpstatus; /* management; NULL = off */
	const char *root;		   /* with one Maildir per user; created if missing */
	const char *users;		   /* lines of "name:hash", crypt(3) */
	const char *cert, *key;		   /* PEM; key NULL = in cert */
	const char *transform;		   /* shell command to pipe messages through; NULL = none */
	const char *user;		   /* to switch to once the sockets are open; NULL = none */
	const struct pop3_secret *secrets[SERVE_MANAGERS]; /* NULL or empty = none */
	uint64_t timeout;		   /* seconds a session may be idle, 0 = no limit */
	uint64_t login_timeout;		   /* seconds from connecting to the login */
	uint64_t login_delay;		   /* minimum seconds between two logins of one user */
	uint32_t max_connections, max_users;
	uint32_t log_entries; /* latest logins that managers can list */
	const char *state;    /* file for the managers' settings; NULL = lost at exit */
	uint32_t max_per_address; /* connections per client address, 0 = 7/8 of max_connections */
	bool allow_cleartext;	  /* accept passwords without TLS from other machines, too */
	bool allow_remote_management;
	bool any_password; /* of a trial: opens every mailbox, and all is for this machine alone */
	bool log_json;
	bool no_sandbox;
	uint32_t ready_fd; /* descriptor that gets a line feed once serving begins, 0 = none */
};

/* listening is called for every open socket, then ready once when serving begins. */
struct serve_observer {
	int (*listening)(struct serve_observer *, const char *protocol, const char *address,
			 uint16_t port, struct pop3_error *err);
	int (*ready)(struct serve_observer *, struct pop3_error *err);
};

/* Fails with POP3_E_USAGE unless the settings are valid together; serve_run checks that first. */
int serve_check(const struct serve_settings *settings, struct pop3_error *err);

/* Serves until SIGTERM or SIGINT; SIGHUP reloads certificates and users. */
int serve_run(const struct serve_settings *settings, struct serve_observer *observer,
	      struct pop3_error *err);

/* The Maildirs in a directory as mailboxes for a trial; "test" is made if there is none. */
#define SERVE_TRIAL_USERS 1000

struct serve_trial {
	char *users[SERVE_TRIAL_USERS]; /* their names, sorted */
	size_t count;
	char path[32]; /* of the users file, for serve_settings */
	int fd;	       /* which it is open at, as long as it exists */
};

int serve_trial_open(struct serve_trial *trial, const char *root, struct pop3_error *err);
void serve_trial_release(struct serve_trial *trial);

/* Adds a user to the file and, if there is a root, its mailbox. POP3_E_REFUSED: the user exists. */
int serve_add_user(const struct serve_settings *settings, const char *name,
		   const struct pop3_secret *password, struct pop3_error *err);

#endif
