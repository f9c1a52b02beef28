#ifndef POP3_AUTH_H
#define POP3_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/error.h"
#include "pop3/secret.h"

/* Ways to log in: one file per mechanism or family of mechanisms, one row each in auth.c. */

enum auth_flag {
	AUTH_COMMAND = 1 << 0,	   /* command lines of its own (USER, APOP), no AUTH, no base64 */
	AUTH_CLEAR = 1 << 1,	   /* the peer reads the password: under auto only over TLS */
	AUTH_AHEAD = 1 << 2,	   /* no answer depends on a challenge: may be sent without waiting */
	AUTH_BINDS = 1 << 3,	   /* -PLUS: needs the connection's channel binding */
	AUTH_ASKED = 1 << 4,	   /* only when asked for by name, never by auto */
	AUTH_NO_PASSWORD = 1 << 5, /* takes no password */
	AUTH_SERVER_FIRST = 1 << 6 /* no initial response: the server speaks first */
};

/* Data that ties a login to its TLS connection (RFC 5929, RFC 9266). */
struct auth_binding {
	const char *name; /* "tls-exporter" or "tls-server-end-point", NULL for none */
	unsigned char data[64];
	size_t length;
};

/* One login under way. The session fills in what the mechanism may use; all is borrowed. */
struct auth {
	const char *user;
	const struct pop3_secret *secret;
	const char *host; /* as the user named the server (RFC 7628 section 3.1) */
	uint16_t port;
	const char *greeting; /* the text behind the greeting's +OK, for APOP */
	const struct auth_binding *binding;
	bool server_binds;  /* the server offers a -PLUS mechanism (RFC 5802 section 6) */
	char refusal[256];  /* why the server is about to refuse, where a challenge said so */
	unsigned answered;  /* challenges so far, counted by the mechanism: 0 before start */
	void *state;	    /* the mechanism's own, released by its end */
};

/*
 * Octets in, octets out; the caller does base64 and line ends. start writes the initial response
 * (or the first command line); step answers one challenge, which may be empty, and fails with
 * POP3_E_PROTOCOL when that is not what a server of this mechanism sends. For AUTH_COMMAND, step
 * gets the text behind +OK and writes the next command line, or nothing when there is none left.
 * accepted runs when the server said +OK, and fails with POP3_E_CREDENTIALS when the server did
 * not prove itself. end may be called at any time after start, even one that failed. Functions
 * that are NULL have nothing to do: without a step, a challenge is POP3_E_PROTOCOL. What they
 * write may be secret: the caller wipes it.
 */
struct auth_mechanism {
	const char *name;   /* as the SASL capability names it (RFC 5034 section 6) */
	const char *option; /* as --auth names it */
	unsigned flags;
	unsigned questions; /* it has to answer at least, before the login can be over */
	int (*start)(struct auth *auth, struct buffer *out, struct pop3_error *err);
	int (*step)(struct auth *auth, const char *challenge, size_t length, struct buffer *out,
		    struct pop3_error *err);
	int (*accepted)(struct auth *auth, struct pop3_error *err);
	void (*end)(struct auth *auth);
};

/* Mechanism i in the order in which auto prefers them; NULL behind the last. */
const struct auth_mechanism *auth_mechanism(size_t i);

/* The mechanism of that --auth name, or NULL. */
const struct auth_mechanism *auth_find(const char *option);

extern const struct auth_mechanism auth_scram_sha_256_plus;
extern const struct auth_mechanism auth_scram_sha_1_plus;
extern const struct auth_mechanism auth_scram_sha_256;
extern const struct auth_mechanism auth_scram_sha_1;
extern const struct auth_mechanism auth_plain;
extern const struct auth_mechanism auth_login;
extern const struct auth_mechanism auth_user;
extern const struct auth_mechanism auth_cram_md5;
extern const struct auth_mechanism auth_apop;
extern const struct auth_mechanism auth_xoauth2;
extern const struct auth_mechanism auth_oauthbearer;
extern const struct auth_mechanism auth_external;

/* --- what several mechanisms do with names, passwords, digests and a server's reasons --- */

/* Fails with POP3_E_USAGE when the user name or the secret holds an octet 00-1F or 7F. */
int auth_check_control(const struct auth *auth, struct pop3_error *err);

/* A name with comma and equals sign escaped (saslname of RFC 5801 section 4). */
void auth_append_name(struct buffer *out, const char *name);

/* Keeps the server's reason in auth->refusal: printable ASCII, cut to what fits. */
void auth_keep_refusal(struct auth *auth, const char *reason, size_t length);

#endif
