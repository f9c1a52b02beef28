#ifndef POP3_DIAGNOSTICS_H
#define POP3_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/capa.h"

/*
 * What a session met on its way: for who sets an account up, or mends it. An account that names a
 * report has it filled in by each new connection, as far as that gets; it is there when the session
 * has gone or was never opened. Texts are the server's own: whoever shows them escapes them.
 */
#define POP3_DIAGNOSTICS_ADDRESSES 16 /* tried at the most */
#define POP3_DIAGNOSTICS_CHAIN 8	 /* certificates kept */
#define POP3_DIAGNOSTICS_TEXT 512	 /* octets of a text kept, NUL included */
#define POP3_DIAGNOSTICS_NAMES 2048	 /* the same of the names in a certificate */

enum pop3_attempt {
	POP3_NOT_TRIED,	    /* another one answered first */
	POP3_NOT_CONNECTED, /* no answer in time, or another one's came first */
	POP3_FAILED,
	POP3_CONNECTED,
};

struct pop3_address {
	char text[64]; /* in numbers */
	enum pop3_attempt attempt;
	int failure; /* of one that failed: an errno */
};

struct pop3_certificate {
	char subject[POP3_DIAGNOSTICS_TEXT], issuer[POP3_DIAGNOSTICS_TEXT]; /* RFC 4514 */
	char names[POP3_DIAGNOSTICS_NAMES]; /* of hosts, and addresses, by ", " */
	int64_t not_before, not_after; /* seconds since 1970 */
};

/* Which check of the chain failed, the first one of them. */
enum pop3_distrust {
	POP3_TRUSTED,
	POP3_OTHER_NAME,
	POP3_EXPIRED,
	POP3_NOT_YET_VALID,
	POP3_SELF_SIGNED,
	POP3_UNKNOWN_AUTHORITY,
	POP3_OTHERWISE_WRONG,
};

/* What was spoken where POP3, or TLS, was expected. */
enum pop3_language {
	POP3_SPEAKS_POP3, /* or what is not known, or nothing */
	POP3_SPEAKS_TLS,
	POP3_SPEAKS_CLEAR,
	POP3_SPEAKS_IMAP,
	POP3_SPEAKS_SMTP,
};

struct pop3_diagnostics {
	struct pop3_address addresses[POP3_DIAGNOSTICS_ADDRESSES]; /* none by way of proxy or tunnel */
	size_t address_count;
	enum pop3_language language;
	const char *tls_version, *cipher; /* static; NULL when there was no handshake */
	struct pop3_certificate chain[POP3_DIAGNOSTICS_CHAIN]; /* as it came, the server's own first */
	size_t chain_length;
	bool is_named; /* the server's own is for the name that it must be for */
	enum pop3_distrust distrust;
	char pin[64]; /* of the server's key, as --pin takes it; "" when it showed none */
	char greeting[POP3_DIAGNOSTICS_TEXT]; /* the text behind its status */
	int64_t greeted_at; /* seconds since 1970; 0 when it did not come */
	bool stls_refused;
	struct pop3_capa capa; /* before the login; empty where CAPA is not known */
	const char *mechanism; /* of the login, static; NULL when it did not get there */
	bool logged_in;
};

/* Empties it for another use. */
void pop3_diagnostics_release(struct pop3_diagnostics *diagnostics);

#endif
