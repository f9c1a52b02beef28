#ifndef POP3_RECOVERY_H
#define POP3_RECOVERY_H

#include "pop3/error.h"

/*
 * What a failure means, by its kind and by how far the session had come. One table answers for
 * retries, for pipelining, for what counts against a message, and for exit statuses.
 */

/* How far a session has come. */
enum pop3_phase {
	POP3_CONNECTING,     /* up to the greeting, TLS and the capabilities */
	POP3_LOGGING_IN,     /* the login may be sent, and is not answered yet */
	POP3_LOGIN_REFUSED,  /* by the server; nothing else can follow */
	POP3_UNPROVEN,	     /* logged in; no command sent behind the login is answered yet */
	POP3_READY,	     /* the TRANSACTION state (RFC 1939 section 5) */
	POP3_IN_MESSAGE,     /* between a message's status line and its end */
	POP3_BEHIND_MESSAGE, /* at its end, as far as can be seen: a status line is due, or nothing */
	POP3_UNSETTLED,	     /* answers to commands sent ahead are perhaps those of others */
	POP3_QUITTING,	     /* the answer to QUIT is due */
	POP3_PHASES
};

/* What to do about it, as a set. */
enum pop3_recovery {
	POP3_RETRY = 1 << 0,	 /* the same may well succeed later */
	POP3_RECONNECT = 1 << 1, /* a new session may make it good at once */
	POP3_LOCK_STEP = 1 << 2, /* from now on this server gets one command at a time */
	POP3_COUNTS = 1 << 3,	 /* it is the fault of the message that it is about */
	POP3_DOUBTS = 1 << 4,	 /* the message before may have ended elsewhere: it does not count
				  * as received */
};

/* What a failure of that kind means in that phase: POP3_RETRY and the like, or 0. */
unsigned pop3_recovery(enum pop3_code code, enum pop3_phase phase);

/* The exit status of a program that ends with such a failure (sysexits.h, where it has one). */
int pop3_exit_status(enum pop3_code code);

#endif
