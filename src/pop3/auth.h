#ifndef POP3_AUTH_H
#define POP3_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/account.h"
#include "pop3/error.h"
#include "pop3/secret.h"

/* Login mechanisms: one file for each mechanism or family, and one row for each in auth.c. */

enum auth_flag {
	AUTH_COMMAND = 1 << 0,	   /* own command lines (USER, APOP) instead of AUTH */
	AUTH_CLEAR = 1 << 1,	   /* reveals the password to the server: auto requires TLS */
	AUTH_AHEAD = 1 << 2,	   /* can be sent ahead: does not depend on challenges */
	AUTH_BINDS = 1 << 3,	   /* -PLUS: needs the channel binding of the connection */
	AUTH_ASKED = 1 << 4,	   /* only when requested by name, never with auto */
	AUTH_NO_PASSWORD = 1 << 5, /* takes no password */
	AUTH_SERVER_FIRST = 1 << 6 /* no initial response: the server asks first */
};

/* Data that ties a login to its TLS connection (RFC 5929, RFC 9266). */
struct auth_binding {
	const char *name; /* "tls-exporter" or "tls-server-end-point", NULL for none */
	unsigned char data[64];
	size_t length;
};

/* A login in progress. The session fills in what mechanisms may use; everything is borrowed. */
struct auth {
	const struct auth_mechanism *mechanism;
	const char *user;
	const struct pop3_secret *secret;
	const char *host; /* as given by the user (RFC 7628 section 3.1) */
	uint16_t port;
	const struct pop3_timeouts *timeouts; /* for what takes long to compute */
	const char *greeting; /* the text after +OK, for APOP */
	const struct auth_binding *binding;
	bool server_binds;  /* the server offers a -PLUS mechanism (RFC 5802 section 6) */
	char refusal[256];  /* the reason from a challenge, before the refusal itself */
	unsigned answered;  /* number of challenges so far, counted by the mechanism */
	void *state;	    /* private to the mechanism, released by end */
};

/*
 * The mechanism produces and consumes octets; the caller handles base64 and line ends. start writes
 * the initial response (or the first command line). step answers a challenge, which may be empty;
 * it fails with POP3_E_PROTOCOL for a challenge that this mechanism does not allow. For
 * AUTH_COMMAND, step receives the text after +OK and writes the next command line, or nothing after
 * the last one. accepted is called after +OK; it fails with POP3_E_CREDENTIALS if the server did
 * not authenticate itself. end may be called at any time after start, even if that failed.
 * Functions may be NULL; without step, a challenge is POP3_E_PROTOCOL. Output may be secret: the
 * caller wipes it.
 */
struct auth_mechanism {
	const char *name;   /* as in the SASL capability (RFC 5034 section 6) */
	const char *option; /* as in --auth */
	unsigned flags;
	unsigned questions; /* minimum number of challenges before the login can succeed */
	int (*start)(struct auth *auth, struct buffer *out, struct pop3_error *err);
	int (*step)(struct auth *auth, const char *challenge, size_t length, struct buffer *out,
		    struct pop3_error *err);
	int (*accepted)(struct auth *auth, struct pop3_error *err);
	void (*end)(struct auth *auth);
};

/* Mechanism i in the order in which auto prefers them; NULL after the last one. */
const struct auth_mechanism *auth_mechanism(size_t i);

/* The mechanism with that --auth name, or NULL. */
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

/* --- common code --- */

/* Fails with POP3_E_USAGE if one of them, unless NULL, contains an octet 00-1F or 7F. */
int auth_check_control(const char *user, const struct pop3_secret *secret, struct pop3_error *err);

/* Appends a name with commas and equals signs escaped (saslname in RFC 5801 section 4). */
void auth_append_name(struct buffer *out, const char *name);

/* Copies the server's reason to auth->refusal as printable ASCII, truncated to fit. */
void auth_keep_refusal(struct auth *auth, const char *reason, size_t length);

#endif
