/* The meaning of each failure in each phase of a session. */
#include "pop3/recovery.h"

#include <assert.h>

#define R POP3_RETRY
#define C POP3_COUNTS
#define AGAIN (POP3_RECONNECT | POP3_LOCK_STEP)
#define ANYWHERE(what) { what, what, what, what, what, what, what, what, what }

static const struct {
	int status;
	unsigned char meanings[POP3_PHASES];
} failures[] = {
	/*
	 * columns: connecting, logging in, login refused, unproven, ready, in a message, after a
	 * message, unsettled, quitting
	 */
	[POP3_E_NONE] = { 0, { 0 } },
	[POP3_E_USAGE] = { 64, { 0 } },
	[POP3_E_CHANGED] = { 65, { 0 } },
	[POP3_E_NO_MESSAGE] = { 66, { 0 } },
	[POP3_E_NO_ACCOUNT] = { 66, { 0 } },
	[POP3_E_HOST] = { 68, { 0 } },
	[POP3_E_CONNECT] = { 69, { [POP3_CONNECTING] = R } },
	[POP3_E_BUG] = { 70, { 0 } },
	[POP3_E_DESTINATION] = { 73, { 0 } },
	[POP3_E_IO] = { 74, { 0 } },
	[POP3_E_CLOSED] = { 74, { 0 } },
	[POP3_E_MEMORY] = { 75, ANYWHERE(R) },
	[POP3_E_TIMEOUT] = { 75, { R, R, R, R | POP3_LOCK_STEP, R, R, R, R | AGAIN, R } },
	[POP3_E_LOST] = { 75, { R, R | POP3_RECONNECT, R, R | POP3_RECONNECT,
				R, R, R, R | AGAIN, R } },
	[POP3_E_IN_USE] = { 75, ANYWHERE(R) },
	[POP3_E_LOGIN_DELAY] = { 75, ANYWHERE(R) },
	[POP3_E_SYS_TEMP] = { 75, ANYWHERE(R) },
	[POP3_E_LOCKED] = { 75, ANYWHERE(R) },
	[POP3_E_PROTOCOL] = { 76, { 0, AGAIN, 0, AGAIN, POP3_RECONNECT | C, POP3_RECONNECT | C,
				    POP3_RECONNECT | C | POP3_DOUBTS, AGAIN, POP3_DOUBTS } },
	[POP3_E_REFUSED] = { 77, { 0, 0, 0, 0, C, C, C, 0, 0 } },
	[POP3_E_CREDENTIALS] = { 77, { 0 } },
	[POP3_E_CONFIG] = { 78, { 0 } },
	[POP3_E_TLS] = { 80, { 0 } },
	[POP3_E_UNCONFIRMED] = { 81, { 0 } },
	[POP3_E_PARTIAL] = { 2, { 0 } },
	[POP3_E_NOTHING] = { 1, { 0 } },
	[POP3_E_INTERRUPTED] = { 130, { 0 } },
};

static_assert(sizeof failures / sizeof failures[0] == POP3_CODES, "every failure has a meaning");

unsigned pop3_recovery(enum pop3_code code, enum pop3_phase phase)
{
	return failures[code].meanings[phase];
}

int pop3_exit_status(enum pop3_code code)
{
	return failures[code].status;
}
