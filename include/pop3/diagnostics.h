#ifndef POP3_DIAGNOSTICS_H
#define POP3_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/capa.h"

/*
 * A record of how a connection was set up, for checking or repairing an account's settings. Each
 * new connection fills in the diagnostics of its account as far as it gets; they remain valid when
 * the session was closed or could not be opened. Texts come from the server: escape them for
 * display.
 */
#define POP3_DIAGNOSTICS_ADDRESSES 16 /* maximum number of addresses tried */
#define POP3_DIAGNOSTICS_CHAIN 8	 /* maximum number of certificates kept */
#define POP3_DIAGNOSTICS_TEXT 512	 /* size of a text, NUL included */
#define POP3_DIAGNOSTICS_NAMES 2048	 /* size of the names in a certificate, NUL included */

enum pop3_attempt {
	POP3_NOT_TRIED,	    /* another address answered first */
	POP3_NOT_CONNECTED, /* no answer in time, or before another address answered */
	POP3_FAILED,
	POP3_CONNECTED,
};

struct pop3_address {
	char text[64]; /* numeric */
	enum pop3_attempt attempt;
	int failure; /* errno, with POP3_FAILED */
};

struct pop3_certificate {
	char subject[POP3_DIAGNOSTICS_TEXT], issuer[POP3_DIAGNOSTICS_TEXT]; /* RFC 4514 */
	char names[POP3_DIAGNOSTICS_NAMES]; /* host names and addresses, separated by ", " */
	int64_t not_before, not_after; /* seconds since 1970 */
};

/* The first check of the certificate chain that failed. */
enum pop3_distrust {
	POP3_TRUSTED,
	POP3_OTHER_NAME,
	POP3_EXPIRED,
	POP3_NOT_YET_VALID,
	POP3_SELF_SIGNED,
	POP3_UNKNOWN_AUTHORITY,
	POP3_OTHERWISE_WRONG,
};

/* What the peer spoke where POP3 or TLS was expected. */
enum pop3_language {
	POP3_SPEAKS_POP3, /* also when unknown, or when nothing was received */
	POP3_SPEAKS_TLS,
	POP3_SPEAKS_CLEAR,
	POP3_SPEAKS_IMAP,
	POP3_SPEAKS_SMTP,
};

struct pop3_diagnostics {
	struct pop3_address addresses[POP3_DIAGNOSTICS_ADDRESSES]; /* none with proxy or tunnel */
	size_t address_count;
	enum pop3_language language;
	const char *tls_version, *cipher; /* static; NULL without a TLS handshake */
	struct pop3_certificate chain[POP3_DIAGNOSTICS_CHAIN]; /* as sent: server first */
	size_t chain_length;
	bool is_named; /* the server's certificate matches the expected name */
	enum pop3_distrust distrust;
	char pin[64]; /* of the server's key, in the form of --pin; "" without a certificate */
	char greeting[POP3_DIAGNOSTICS_TEXT]; /* the text after +OK or -ERR */
	int64_t greeted_at; /* seconds since 1970; 0 without a greeting */
	bool stls_refused;
	struct pop3_capa capa; /* before login; empty when the server does not support CAPA */
	const char *mechanism; /* of the login, static; NULL when no login was attempted */
	bool logged_in;
};

/* Frees the contents. The value is empty then and may be used again. */
void pop3_diagnostics_release(struct pop3_diagnostics *diagnostics);

#endif
