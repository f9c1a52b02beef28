/* The monitor protocol: four-letter commands (METR, TRAN, HOST ...), one argument, no login. */
#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "serve/manage/manage.h"

#define VERB_OCTETS 4

struct monitor_command {
	char verb[VERB_OCTETS + 1];
	bool has_argument;
	bool ends;
	/*
	 * Appends the text after "+OK"; or returns false and appends the text after "-ERR". NULL
	 * for a command that does nothing.
	 */
	bool (*run)(struct service *, const char *argument, struct buffer *text);
};

static bool print_metrics(struct service *service, const char *argument, struct buffer *text)
{
	const struct service_counters *const counters = &service->counters;

	(void)argument;
	buffer_append_format(text, " %" PRIu64 ";%" PRIu64 ";%zu;%" PRIu64, counters->messages,
			     counters->octets, service->online_count, counters->logins);
	return true;
}

static bool print_info(struct service *service, const char *argument, struct buffer *text)
{
	(void)argument;
	buffer_append_format(text, " %s;%s;%s", service->host, service->root,
			     service->sockets->address(service->sockets_of));
	return true;
}

static bool set_transform(struct service *service, const char *argument, struct buffer *text)
{
	struct pop3_error err;

	if ((argument[0] != '0' && argument[0] != '1') || argument[1] != '\0') {
		buffer_append_text(text, "expected 1 or 0");
		return false;
	}
	if (service_set_transforming(service, argument[0] == '1', &err) == 0)
		return true;
	buffer_append_text(text, "No command to transform with");
	return false;
}

static bool set_host(struct service *service, const char *argument, struct buffer *text)
{
	const size_t length = strlen(argument);

	if (length > SERVICE_HOST_MAX || strpbrk(argument, "; ") != NULL) {
		buffer_append_text(text, "Not a host name");
		return false;
	}
	memcpy(service->host, argument, length + 1);
	return true;
}

static bool set_maildir(struct service *service, const char *argument, struct buffer *text)
{
	struct pop3_error err;

	if (argument[strlen(argument) - 1] == '/' &&
	    service_set_root(service, argument, &err) == 0)
		return true;
	buffer_append_text(text, "Not a usable path");
	return false;
}

static bool move(struct service *service, const char *address, uint16_t port, struct buffer *text)
{
	struct pop3_error err;

	if (service->sockets->move(service->sockets_of, address, port, &err) == 0)
		return true;
	buffer_append_text(text, "Cannot listen there");
	return false;
}

static bool set_port(struct service *service, const char *argument, struct buffer *text)
{
	uint64_t port;

	if (number_parse(argument, strlen(argument), UINT16_MAX, &port) && port > 0)
		return move(service, NULL, (uint16_t)port, text);
	buffer_append_text(text, "Not a port");
	return false;
}

static bool set_address(struct service *service, const char *argument, struct buffer *text)
{
	return move(service, argument, 0, text);
}

static bool print_log(struct service *service, const char *argument, struct buffer *text)
{
	(void)argument;
	buffer_append_text(text, " Log follows\r\n");
	service_print_log(service, text);
	buffer_append_text(text, ".");
	return true;
}

static bool print_goodbye(struct service *service, const char *argument, struct buffer *text)
{
	(void)service;
	(void)argument;
	buffer_append_text(text, " Goodbye");
	return true;
}

static const struct monitor_command commands[] = {
	{ "METR", false, false, print_metrics },
	{ "INFO", false, false, print_info },
	{ "TRAN", true, false, set_transform },
	{ "HOST", true, false, set_host },
	{ "DIRR", true, false, set_maildir },
	{ "PORT", true, false, set_port },
	{ "IPV6", true, false, set_address },
	{ "LOGG", false, false, print_log },
	{ "NOOP", false, false, NULL },
	{ "QUIT", false, true, print_goodbye },
	{ .verb = "" },
};

static enum manage_next answer(struct manage_dialogue *dialogue, char *line, size_t length,
			       struct buffer *out)
{
	const bool is_verb = length == VERB_OCTETS ||
			     (length > VERB_OCTETS && line[VERB_OCTETS] == ' ');
	const struct monitor_command *command = commands;
	struct buffer text = { 0 };
	const char *argument;

	while (is_verb && command->verb[0] != '\0' &&
	       memcmp(line, command->verb, VERB_OCTETS) != 0)
		command++;
	if (!is_verb || command->verb[0] == '\0') {
		buffer_append_text(out, "-ERR Unknown command\r\n");
		return MANAGE_UNKNOWN;
	}
	dialogue->logged_in = true;
	argument = line + VERB_OCTETS + (length > VERB_OCTETS);
	if (strlen(line) != length || text_has_control(line) ||
	    command->has_argument != (argument[0] != '\0')) {
		buffer_append_text(out, "-ERR Bad argument\r\n");
		return MANAGE_GOES_ON;
	}
	manage_note(dialogue, command->verb, &argument, command->has_argument);
	if (command->run == NULL || command->run(dialogue->service, argument, &text))
		buffer_append_format(out, "+OK%s\r\n", buffer_text(&text));
	else
		buffer_append_format(out, "-ERR %s\r\n", buffer_text(&text));
	out->no_memory |= text.no_memory;
	buffer_release(&text);
	return command->ends ? MANAGE_ENDS : MANAGE_GOES_ON;
}

const struct manage_protocol manage_monitor = {
	.name = "monitor", .greeting = "+OK POP3 server ready\r\n",
	.too_long = "-ERR Line too long\r\n", .unknown = "-ERR Unknown command\r\n",
	.line_max = MANAGE_LINE_MAX, .may = MANAGE_USERS | MANAGE_ROOT, .answer = answer,
};
