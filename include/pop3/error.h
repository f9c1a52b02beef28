#ifndef POP3_ERROR_H
#define POP3_ERROR_H

#include <stdbool.h>

/*
 * One error, on the caller's stack, without heap memory. Functions that can fail take a pointer to
 * it as their last argument; they fill it in and return -1 or NULL on failure, and leave it alone
 * otherwise. The text is one line without a full stop. It may contain octets from the server:
 * escape them for display.
 */

#define POP3_ERROR_TEXT 512 /* size of the text, NUL included */

enum pop3_code {
	POP3_E_NONE,
	POP3_E_USAGE,	    /* invalid request; nothing was tried */
	POP3_E_CHANGED,	    /* the mailbox is not the one seen before */
	POP3_E_NO_MESSAGE,  /* no message with that number or UID */
	POP3_E_NO_ACCOUNT,  /* no account, file or user with that name */
	POP3_E_HOST,	    /* the host name was not found */
	POP3_E_CONNECT,	    /* no connection could be made */
	POP3_E_BUG,	    /* a bug in this program */
	POP3_E_DESTINATION, /* the destination cannot be created or written */
	POP3_E_IO,	    /* local input or output failed */
	POP3_E_CLOSED,	    /* the reader of our output has closed it */
	POP3_E_MEMORY,	    /* out of memory */
	POP3_E_TIMEOUT,	    /* no answer in time */
	POP3_E_LOST,	    /* the connection ended early */
	POP3_E_IN_USE,	    /* another session holds the maildrop (RFC 2449 section 8.1.1) */
	POP3_E_LOGIN_DELAY, /* too early for another login (RFC 2449 section 8.1.1) */
	POP3_E_SYS_TEMP,    /* temporary server failure (RFC 3206 section 4) */
	POP3_E_LOCKED,	    /* another process holds one of our locks */
	POP3_E_PROTOCOL,    /* the peer violated its protocol */
	POP3_E_REFUSED,	    /* the server refused a command; the session goes on */
	POP3_E_CREDENTIALS, /* the server refused the credentials */
	POP3_E_CONFIG,	    /* the configuration or saved state is unusable */
	POP3_E_TLS,	    /* untrusted certificate, wrong name or pin, no STLS */
	POP3_E_UNCONFIRMED, /* QUIT was not answered +OK: deletions may have happened or not */
	POP3_E_PARTIAL,	    /* some messages failed, the others succeeded */
	POP3_E_NOTHING,	    /* nothing was selected, and the caller wanted to know */
	POP3_E_INTERRUPTED, /* the caller's cancel descriptor became readable */
	POP3_CODES
};

struct pop3_error {
	enum pop3_code code;
	unsigned retry_after; /* seconds to wait as the server asked, 0 when unknown */
	char text[POP3_ERROR_TEXT]; /* NUL-terminated, truncated when longer */
};

/* Fills in err and returns -1, for "return pop3_fail(err, …)". */
int pop3_fail(struct pop3_error *err, enum pop3_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, with ": " and the description of the current errno appended. */
int pop3_fail_errno(struct pop3_error *err, enum pop3_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Prepends context and ": " to the text, which may be truncated at its end; returns -1. */
int pop3_context(struct pop3_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether the session is over after such a failure. A refusal leaves it usable. */
bool pop3_error_ends_session(enum pop3_code code);

#endif
