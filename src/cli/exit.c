/* Names and exit statuses of failures. */
#include "cli/exit.h"

#include <assert.h>
#include <stddef.h>

#include "cli/signals.h"
#include "pop3/recovery.h"

static const struct {
	const char *name;
	unsigned flags;
} failures[] = {
	[POP3_E_NONE] = { "none", 0 },
	[POP3_E_USAGE] = { "usage", 0 },
	[POP3_E_CHANGED] = { "changed", OF_SERVER },
	[POP3_E_NO_MESSAGE] = { "no-message", OF_SERVER },
	[POP3_E_NO_ACCOUNT] = { "no-account", 0 },
	[POP3_E_HOST] = { "host", OF_CHECK },
	[POP3_E_CONNECT] = { "connect", OF_SERVER | OF_CHECK },
	[POP3_E_BUG] = { "bug", 0 },
	[POP3_E_DESTINATION] = { "destination", 0 },
	[POP3_E_IO] = { "io", 0 },
	[POP3_E_CLOSED] = { "closed", 0 },
	[POP3_E_MEMORY] = { "memory", 0 },
	[POP3_E_TIMEOUT] = { "timeout", OF_SERVER },
	[POP3_E_LOST] = { "lost", OF_SERVER },
	[POP3_E_IN_USE] = { "in-use", OF_SERVER },
	[POP3_E_LOGIN_DELAY] = { "login-delay", OF_SERVER },
	[POP3_E_SYS_TEMP] = { "sys-temp", OF_SERVER },
	[POP3_E_LOCKED] = { "locked", 0 },
	[POP3_E_PROTOCOL] = { "protocol", OF_SERVER },
	[POP3_E_REFUSED] = { "refused", OF_SERVER },
	[POP3_E_CREDENTIALS] = { "credentials", OF_SERVER | OF_CHECK },
	[POP3_E_CONFIG] = { "config", 0 },
	[POP3_E_TLS] = { "tls", OF_SERVER | OF_CHECK },
	[POP3_E_UNCONFIRMED] = { "unconfirmed", OF_SERVER },
	[POP3_E_PARTIAL] = { "partial", 0 },
	[POP3_E_NOTHING] = { "nothing", 0 },
	[POP3_E_INTERRUPTED] = { "interrupted", 0 },
};

static_assert(sizeof failures / sizeof failures[0] == POP3_CODES, "every failure has a name");

const struct exit_meaning exit_meanings[] = {
	{ 0, "all done" },
	{ 1, "only with --exit-status: nothing was selected" },
	{ 2, "some messages failed, the others are done" },
	{ 64, "usage: nothing was tried" },
	{ 65, "the data is not what it was (UIDs all changed)" },
	{ 66, "no such message, account or file" },
	{ 68, "host name not found" },
	{ 69, "cannot connect" },
	{ 70, "a bug in pop3" },
	{ 73, "cannot create or write the destination" },
	{ 74, "local input/output error" },
	{ 75, "try again: time-out, connection lost, in use, LOGIN-DELAY, SYS/TEMP, lock held" },
	{ 76, "the server broke the protocol" },
	{ 77, "the server refused the credentials or the command" },
	{ 78, "configuration" },
	{ 80, "TLS: no trust, wrong name, wrong pin, no STLS" },
	{ 81, "deletions not confirmed" },
	{ 130, "interrupted (143: terminated); nothing was deleted" },
	{ 0, NULL },
};

int exit_status_of(const struct pop3_error *err)
{
	if (err->code == POP3_E_INTERRUPTED && signals_caught() != 0)
		return 128 + signals_caught();
	return pop3_exit_status(err->code);
}

const char *failure_name(enum pop3_code code)
{
	return failures[code].name;
}

unsigned failure_flags(enum pop3_code code)
{
	return failures[code].flags;
}
