#ifndef POP3_ACCOUNT_H
#define POP3_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/secret.h"

/*
 * Which server, as whom, and how to get there. A zeroed account with a host is usable. All that it
 * points to is borrowed and must outlive the sessions opened with it, which only read it.
 */

enum pop3_tls_mode {
	POP3_TLS_IMPLICIT, /* from the first octet (RFC 8314 section 3) */
	POP3_TLS_STLS,	   /* required, right after the greeting (RFC 2595 section 4) */
	POP3_TLS_OFF,	   /* all in clear */
};

/*
 * Whom to trust. Nothing set: the system's authorities, and the certificate must name the host
 * (RFC 9525). A file that cannot be used is POP3_E_CONFIG, a check that fails POP3_E_TLS.
 */
struct pop3_trust {
	const char *ca_file;	 /* PEM; with ca_dir in place of the system's authorities */
	const char *ca_dir;	 /* hashed as by "openssl rehash" */
	const char *const *pins; /* "sha256//BASE64" of a key (RFC 7469); one of them must hold */
	size_t pin_count;
	const char *cert; /* PEM, this client's certificate chain */
	const char *key;  /* PEM, its key; NULL = in the same file */
	const char *name; /* to be found in the certificate in place of the host, and sent as SNI */
	bool tls_1_3_only;
	bool no_verify; /* neither authority nor name; pins still hold */
};

/* How long to wait (then POP3_E_TIMEOUT), and what ends a wait early. 0 = without end. */
struct pop3_timeouts {
	int64_t connect_ms;  /* for name, connection, proxy and TLS together; for TLS after STLS anew */
	int64_t progress_ms; /* without an answer, or 1,024 octets of one */
	int64_t until_ms;    /* all must be over then: a moment of CLOCK_MONOTONIC */
	int cancel_fd;	     /* readable = stop with POP3_E_INTERRUPTED; 0 or -1 = none */
};

enum pop3_direction {
	POP3_SENT,
	POP3_RECEIVED,
	POP3_NOTED, /* what the client found worth telling: a quirk, a retreat */
};

/* Hears the conversation line by line, without line ends; secrets are masked before. */
struct pop3_tracer {
	/* In the thread of the session's caller; text has no NUL and is borrowed for the call. */
	void (*trace)(struct pop3_tracer *, enum pop3_direction, const char *text, size_t length);
};

struct pop3_diagnostics;

struct pop3_account {
	const char *host;
	uint16_t port;	  /* 0 = 995, or 110 without implicit TLS */
	const char *user; /* UTF-8; NULL = do not log in */
	struct pop3_secret *secret; /* the user's password or token, never NULL with one */
	bool lock_step;	  /* one command at a time, whatever the server offers */
	bool one_session; /* the secret is wiped as soon as this session cannot need it again */
	const char *auth; /* a mechanism of pop3(1) --auth; NULL = the best both sides have */
	enum pop3_tls_mode tls;
	struct pop3_trust trust;
	int family;	    /* AF_UNSPEC, AF_INET or AF_INET6 */
	const char *proxy;  /* "socks5h://[user:password@]host[:port]" (RFC 1928), or "http://…" */
	const char *tunnel; /* run by /bin/sh; its stdin and stdout are the connection */
	struct pop3_timeouts timeouts;
	const char *cache_dir; /* a folder, keeps tickets and capabilities; NULL = none */
	struct pop3_tracer *tracer; /* NULL = none */
	struct pop3_diagnostics *diagnostics; /* filled in, see pop3/diagnostics.h; NULL = none */
};

#endif
