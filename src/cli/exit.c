/* The one map from kinds of failure to exit statuses. */
#include "cli/exit.h"

#include <assert.h>
#include <stddef.h>

#include "cli/signals.h"

static const struct {
	const char *name;
	int status;
	bool of_server; /* the server's name says something about it */
} exits[] = {
	[POP3_E_NONE] = { "none", 0 },
	[POP3_E_USAGE] = { "usage", 64 },
	[POP3_E_CHANGED] = { "changed", 65, true },
	[POP3_E_NO_MESSAGE] = { "no-message", 66, true },
	[POP3_E_NO_ACCOUNT] = { "no-account", 66 },
	[POP3_E_HOST] = { "host", 68 },
	[POP3_E_CONNECT] = { "connect", 69, true },
	[POP3_E_BUG] = { "bug", 70 },
	[POP3_E_DESTINATION] = { "destination", 73 },
	[POP3_E_IO] = { "io", 74 },
	[POP3_E_CLOSED] = { "closed", 74 },
	[POP3_E_MEMORY] = { "memory", 75 },
	[POP3_E_TIMEOUT] = { "timeout", 75, true },
	[POP3_E_LOST] = { "lost", 75, true },
	[POP3_E_IN_USE] = { "in-use", 75, true },
	[POP3_E_LOGIN_DELAY] = { "login-delay", 75, true },
	[POP3_E_SYS_TEMP] = { "sys-temp", 75, true },
	[POP3_E_LOCKED] = { "locked", 75 },
	[POP3_E_PROTOCOL] = { "protocol", 76, true },
	[POP3_E_REFUSED] = { "refused", 77, true },
	[POP3_E_CREDENTIALS] = { "credentials", 77, true },
	[POP3_E_CONFIG] = { "config", 78 },
	[POP3_E_TLS] = { "tls", 80, true },
	[POP3_E_UNCONFIRMED] = { "unconfirmed", 81, true },
	[POP3_E_PARTIAL] = { "partial", 2 },
	[POP3_E_NOTHING] = { "nothing", 1 },
	[POP3_E_INTERRUPTED] = { "interrupted", 130 },
};

static_assert(sizeof exits / sizeof exits[0] == POP3_CODES, "every code has an exit status");

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

bool exit_is_of_server(enum pop3_code code)
{
	return exits[code].of_server;
}

int exit_status(enum pop3_code code)
{
	return exits[code].status;
}

int exit_status_of(const struct pop3_error *err)
{
	if (err->code == POP3_E_INTERRUPTED && signals_caught() != 0)
		return 128 + signals_caught();
	return exit_status(err->code);
}

const char *exit_name(enum pop3_code code)
{
	return exits[code].name;
}
