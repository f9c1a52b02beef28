#ifndef POP3_RECOVERY_H
#define POP3_RECOVERY_H

#include "pop3/error.h"

/*
 * What a failure means, depending on its code and on the phase of the session. One table decides
 * about retries, pipelining, what counts against a message, and exit statuses.
 */

/* How far a session has progressed. */
enum pop3_phase {
	POP3_CONNECTING,     /* until the greeting, TLS and capabilities are done */
	POP3_LOGGING_IN,     /* the login may have been sent; no answer yet */
	POP3_LOGIN_REFUSED,  /* the server refused the login; nothing can follow */
	POP3_UNPROVEN,	     /* logged in, but no later command was answered yet */
	POP3_READY,	     /* the TRANSACTION state (RFC 1939 section 5) */
	POP3_IN_MESSAGE,     /* between a message's status line and its end */
	POP3_BEHIND_MESSAGE, /* a message seems complete: a status line or nothing should follow */
	POP3_UNSETTLED,	     /* answers to commands sent ahead may belong to other commands */
	POP3_QUITTING,	     /* waiting for the answer to QUIT */
	POP3_PHASES
};

/* How to react, as a set of flags. */
enum pop3_recovery {
	POP3_RETRY = 1 << 0,	 /* the same request may succeed later */
	POP3_RECONNECT = 1 << 1, /* a new session may succeed at once */
	POP3_LOCK_STEP = 1 << 2, /* from now on send this server one command at a time */
	POP3_COUNTS = 1 << 3,	 /* the failure counts against the message asked for */
	POP3_DOUBTS = 1 << 4,	 /* the previous message may be incomplete: not received */
};

/* What a failure with that code means in that phase: a set of enum pop3_recovery, or 0. */
unsigned pop3_recovery(enum pop3_code code, enum pop3_phase phase);

/* The exit status for a program that ends with that failure (from sysexits.h where one fits). */
int pop3_exit_status(enum pop3_code code);

#endif
