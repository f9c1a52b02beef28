#ifndef POP3_ERROR_H
#define POP3_ERROR_H

#include <stdbool.h>

/*
 * One error, on the caller's stack, no heap. Functions that can fail take one as their last
 * argument and return -1 or NULL when they have filled it in; they leave it alone otherwise.
 * The text is one line without a full stop and may hold a server's own octets: whoever shows it
 * escapes it.
 */

#define POP3_ERROR_TEXT 512 /* octets of text kept, NUL included */

enum pop3_code {
	POP3_E_NONE,
	POP3_E_USAGE,	    /* the caller asked for what cannot be: nothing was tried */
	POP3_E_CHANGED,	    /* the mailbox is not the one that was known */
	POP3_E_NO_MESSAGE,  /* no message of that number or UID */
	POP3_E_NO_ACCOUNT,  /* no account, file or user of that name */
	POP3_E_HOST,	    /* the host name was not found */
	POP3_E_CONNECT,	    /* no connection could be made */
	POP3_E_BUG,	    /* a bug in this program */
	POP3_E_DESTINATION, /* the destination cannot be created or written */
	POP3_E_IO,	    /* local input or output failed */
	POP3_E_CLOSED,	    /* who read our output has gone, and wants to hear no more */
	POP3_E_MEMORY,	    /* no memory */
	POP3_E_TIMEOUT,	    /* nothing came in time */
	POP3_E_LOST,	    /* the connection ended early */
	POP3_E_IN_USE,	    /* another session holds the maildrop (RFC 2449 section 8.1.1) */
	POP3_E_LOGIN_DELAY, /* too early for another login (RFC 2449 section 8.1.1) */
	POP3_E_SYS_TEMP,    /* the server's trouble will pass (RFC 3206 section 4) */
	POP3_E_LOCKED,	    /* another run holds a lock of ours */
	POP3_E_PROTOCOL,    /* the peer broke its protocol */
	POP3_E_REFUSED,	    /* the server refused a command: the session goes on */
	POP3_E_CREDENTIALS, /* the server refused the credentials */
	POP3_E_CONFIG,	    /* the configuration or the state is not usable */
	POP3_E_TLS,	    /* no trust, wrong name, wrong pin, no STLS */
	POP3_E_UNCONFIRMED, /* QUIT was not answered +OK: deletions may or may not have happened */
	POP3_E_PARTIAL,	    /* some messages failed, the others are done */
	POP3_E_NOTHING,	    /* nothing was selected, and that was asked to be told */
	POP3_E_INTERRUPTED, /* the caller's cancel descriptor became readable */
	POP3_CODES
};

struct pop3_error {
	enum pop3_code code;
	unsigned retry_after; /* seconds the server asked to wait, 0 where unknown */
	char text[POP3_ERROR_TEXT]; /* ended by NUL; cut where it was longer */
};

/* Fills err in and returns -1, so that "return pop3_fail(err, …)" says it all. */
int pop3_fail(struct pop3_error *err, enum pop3_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with ": " and the text of the current errno behind it. */
int pop3_fail_errno(struct pop3_error *err, enum pop3_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts a word of context and ": " before the text, whose end may be cut; returns -1. */
int pop3_context(struct pop3_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether a session that failed so is over; a refusal alone leaves it usable. */
bool pop3_error_ends_session(enum pop3_code code);

#endif
