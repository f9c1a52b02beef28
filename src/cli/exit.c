/* What a failure is called, which exit status it has, and the one place that prints it. */
#include "cli/exit.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "cli/signals.h"
#include "pop3/recovery.h"

static const struct {
	const char *name;
	bool of_server; /* the server's name says something about it */
	bool of_check;	/* 'pop3 check' tells more: no way to the server, no trust, no login */
} failures[] = {
	[POP3_E_NONE] = { "none", false },
	[POP3_E_USAGE] = { "usage", false },
	[POP3_E_CHANGED] = { "changed", true },
	[POP3_E_NO_MESSAGE] = { "no-message", true },
	[POP3_E_NO_ACCOUNT] = { "no-account", false },
	[POP3_E_HOST] = { "host", false, true },
	[POP3_E_CONNECT] = { "connect", true, true },
	[POP3_E_BUG] = { "bug", false },
	[POP3_E_DESTINATION] = { "destination", false },
	[POP3_E_IO] = { "io", false },
	[POP3_E_CLOSED] = { "closed", false },
	[POP3_E_MEMORY] = { "memory", false },
	[POP3_E_TIMEOUT] = { "timeout", true },
	[POP3_E_LOST] = { "lost", true },
	[POP3_E_IN_USE] = { "in-use", true },
	[POP3_E_LOGIN_DELAY] = { "login-delay", true },
	[POP3_E_SYS_TEMP] = { "sys-temp", true },
	[POP3_E_LOCKED] = { "locked", false },
	[POP3_E_PROTOCOL] = { "protocol", true },
	[POP3_E_REFUSED] = { "refused", true },
	[POP3_E_CREDENTIALS] = { "credentials", true, true },
	[POP3_E_CONFIG] = { "config", false },
	[POP3_E_TLS] = { "tls", true, true },
	[POP3_E_UNCONFIRMED] = { "unconfirmed", true },
	[POP3_E_PARTIAL] = { "partial", false },
	[POP3_E_NOTHING] = { "nothing", false },
	[POP3_E_INTERRUPTED] = { "interrupted", false },
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

	if (connection->target.host != NULL && failures[err->code].of_server)
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

	if (!failures[err->code].of_check)
		return;
	for (size_t g = 0; g < set->count; g++)
		for (size_t i = 0; set->groups[g].rows[i].type != OPTION_END; i++)
			if (set->groups[g].rows == connection_options &&
			    set->groups[g].sources[i] == FROM_COMMAND_LINE)
				append_option(&line, (struct option_place){
					&set->groups[g], &set->groups[g].rows[i] });
	fprintf(stderr, "pop3: to find out why: pop3 check%s\n", buffer_text(&line));
	buffer_release(&line);
}
