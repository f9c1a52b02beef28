/* What a failure is called, which exit status it has, and the one place that prints it. */
#include "cli/exit.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "cli/signals.h"
#include "pop3/recovery.h"

enum failure_flag {
	OF_SERVER = 1 << 0, /* the server's name says something about it */
	OF_CHECK = 1 << 1,  /* 'pop3 check' tells more: no way to the server, no trust, no login */
};

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

/* --- printed --- */

static void report_json(const struct connection *connection, const struct pop3_error *err)
{
	struct buffer line = { 0 }, server = { 0 };

	buffer_append_format(&line, "{\"code\":\"%s\",\"exit\":%d,\"message\":\"",
			     failures[err->code].name, exit_status_of(err));
	text_json(&line, err->text, strlen(err->text));
	buffer_append_text(&line, "\"");
	if (connection->target.host != NULL) {
		connection_name(connection, &server);
		buffer_append_text(&line, ",\"server\":\"");
		text_json(&line, buffer_text(&server), server.length);
		buffer_append_text(&line, "\"");
	}
	if (err->retry_after > 0)
		buffer_append_format(&line, ",\"retry_after\":%u", err->retry_after);
	fprintf(stderr, "%s}\n", buffer_text(&line));
	buffer_release(&line);
	buffer_release(&server);
}

static void report_text(const struct connection *connection, const struct pop3_error *err)
{
	struct buffer line = { 0 };

	if (connection->target.host != NULL && (failures[err->code].flags & OF_SERVER) != 0)
		buffer_append_format(&line, "%s: ", connection->target.host);
	text_escape(&line, err->text, strlen(err->text));
	fprintf(stderr, "pop3: %s\n", buffer_text(&line));
	buffer_release(&line);
}

/* A reader that has gone wants to hear no more, and "nothing" was only asked as a status. */
void report_error(const struct connection *connection, bool json, const struct pop3_error *err)
{
	if (err->code == POP3_E_NOTHING || err->code == POP3_E_CLOSED)
		return;
	if (json)
		report_json(connection, err);
	else
		report_text(connection, err);
}

static void append_quoted(struct buffer *line, const char *text)
{
	const bool plain = text[0] != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-")] == '\0';

	if (plain) {
		buffer_append_text(line, text);
		return;
	}
	buffer_append_octet(line, '\'');
	for (; *text != '\0'; text++)
		if (*text == '\'')
			buffer_append_text(line, "'\\''");
		else
			buffer_append_octet(line, *text);
	buffer_append_octet(line, '\'');
}

static void append_value(struct buffer *line, const struct option_spec *row, const char *value)
{
	if (row->letter != 0)
		buffer_append_format(line, " -%c", row->letter);
	else
		buffer_append_format(line, " --%s", row->name);
	if (row->type == OPTION_FLAG)
		return;
	buffer_append_octet(line, ' ');
	append_quoted(line, value);
}

static void append_option(struct buffer *line, struct option_place place)
{
	struct buffer value = { 0 };

	option_print(&value, place);
	if (place.row->type == OPTION_LIST) {
		const struct text_list *const list = option_value(place);

		for (size_t i = 0; i < list->count; i++)
			append_value(line, place.row, list->items[i]);
	} else if (place.row->type != OPTION_FLAG || strcmp(buffer_text(&value), "yes") == 0) {
		append_value(line, place.row, buffer_text(&value));
	}
	buffer_release(&value);
}

/* What the environment and the configuration say, they say to check, too. */
void report_check(const struct option_set *set, const struct pop3_error *err)
{
	struct buffer line = { 0 };

	if ((failures[err->code].flags & OF_CHECK) == 0)
		return;
	for (size_t g = 0; g < set->count; g++) {
		const struct option_group *const group = &set->groups[g];

		for (size_t i = 0; group->rows == connection_options &&
				   group->rows[i].type != OPTION_END; i++)
			if (group->sources[i] == FROM_COMMAND_LINE)
				append_option(&line, (struct option_place){ group, &group->rows[i] });
	}
	fprintf(stderr, "pop3: to find out why: pop3 check%s\n", buffer_text(&line));
	buffer_release(&line);
}
