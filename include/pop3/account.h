#ifndef POP3_ACCOUNT_H
#define POP3_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/secret.h"

/*
 * Which server to connect to, how to get there, and which user to log in as. A zeroed account with
 * a host is usable. Everything it points to is borrowed: it must outlive the sessions opened with
 * the account, which only read it.
 */

enum pop3_tls_mode {
	POP3_TLS_IMPLICIT, /* from the first octet (RFC 8314 section 3) */
	POP3_TLS_STLS,	   /* required, directly after the greeting (RFC 2595 section 4) */
	POP3_TLS_OFF,	   /* unencrypted */
};

/*
 * Which certificates to accept. With nothing set: the system's authorities, and the certificate
 * must match the host (RFC 9525). An unusable file is POP3_E_CONFIG, a failed check POP3_E_TLS.
 */
struct pop3_trust {
	const char *ca_file;	 /* PEM; together with ca_dir replaces the system's authorities */
	const char *ca_dir;	 /* hashed by "openssl rehash" */
	const char *const *pins; /* "sha256//BASE64" of a public key (RFC 7469); one must match */
	size_t pin_count;
	const char *cert; /* PEM, this client's certificate chain */
	const char *key;  /* PEM, its private key; NULL = in the cert file */
	const char *name; /* expected in the certificate instead of host, and sent as SNI */
	bool tls_1_3_only;
	bool no_verify; /* check neither authority nor name; pins still apply */
};

/* How long to wait (then POP3_E_TIMEOUT), and what ends a wait early. 0 = no limit. */
struct pop3_timeouts {
	int64_t connect_ms;  /* for lookup, connection, proxy and TLS together; STLS starts anew */
	int64_t progress_ms; /* without an answer, or without 1,024 more octets of one */
	int64_t until_ms;    /* deadline for everything, on CLOCK_MONOTONIC */
	int cancel_fd;	     /* when readable, fail with POP3_E_INTERRUPTED; 0 or -1 = none */
};

enum pop3_direction {
	POP3_SENT,
	POP3_RECEIVED,
	POP3_NOTED, /* remarks of the client itself, such as a quirk of the server */
	POP3_STEP,  /* what the client has done, or waits for */
};

/* Receives the conversation line by line, without line ends and with secrets masked. */
struct pop3_tracer {
	/* Called in the thread that uses the session. text holds no NUL; borrowed for the call. */
	void (*trace)(struct pop3_tracer *, enum pop3_direction, const char *text, size_t length);
};

struct pop3_diagnostics;

/* Finds a secret that should not be asked for, or even be at hand, before it is needed. */
struct pop3_secret_source {
	/*
	 * Fills in the account's empty secret before a login that needs one: when the server's
	 * certificate was accepted, in the thread that opens the session. Its failure is that of
	 * the session.
	 */
	int (*find)(struct pop3_secret_source *, struct pop3_secret *secret, struct pop3_error *err);
};

struct pop3_account {
	const char *host;
	uint16_t port;	  /* 0 = 995, or 110 without implicit TLS */
	const char *user; /* UTF-8; NULL = do not log in */
	struct pop3_secret *secret; /* the user's password or token; required with user */
	struct pop3_secret_source *secret_source; /* NULL = the secret is filled in already */
	bool lock_step;	  /* one command at a time, whatever the server offers */
	bool one_session; /* wipe the secret as soon as this session can no longer need it */
	const char *auth; /* mechanism as in pop3(1) --auth; NULL = the best both sides support */
	enum pop3_tls_mode tls;
	struct pop3_trust trust;
	int family;	    /* AF_UNSPEC, AF_INET or AF_INET6 */
	const char *proxy;  /* "socks5h://[user:password@]host[:port]" (RFC 1928), or "http://…" */
	const char *tunnel; /* command for /bin/sh; its stdin and stdout are the connection */
	struct pop3_timeouts timeouts;
	const char *cache_dir; /* directory for TLS tickets and capabilities; NULL = none */
	struct pop3_tracer *tracer; /* NULL = none */
	struct pop3_diagnostics *diagnostics; /* filled in, see pop3/diagnostics.h; NULL = none */
};

#endif
