/* SPSCMP: a token, a command and its arguments in one line, answered by OK or ERR, never why. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "base/text.h"
#include "serve/manage.h"

#define WORD_MAX 40
#define WORDS 4 /* token, command and two arguments */
#define LINE_OCTETS_MAX 163 /* of four words and the spaces between them */

struct spscmp_command {
	const char *name;
	size_t arguments;
	bool (*run)(struct service *, char *const *arguments, struct buffer *body);
};

static bool add_user(struct service *service, char *const *arguments, struct buffer *body)
{
	struct pop3_error err;

	(void)body;
	return service_add_user(service, arguments[0], arguments[1], &err) == 0;
}

static bool remove_user(struct service *service, char *const *arguments, struct buffer *body)
{
	struct pop3_error err;

	(void)body;
	return service_remove_user(service, arguments[0], &err) == 0;
}

static bool set_password(struct service *service, char *const *arguments, struct buffer *body)
{
	struct pop3_error err;

	(void)body;
	return service_set_password(service, arguments[0], arguments[1], &err) == 0;
}

static bool rename_user(struct service *service, char *const *arguments, struct buffer *body)
{
	struct pop3_error err;

	(void)body;
	return service_rename_user(service, arguments[0], arguments[1], &err) == 0;
}

static bool list_users(struct service *service, char *const *arguments, struct buffer *body)
{
	(void)arguments;
	for (size_t i = 0; i < service->users.count; i++)
		buffer_append_format(body, "%s\r\n", service->users.list[i].name);
	buffer_append_text(body, ".\r\n");
	return true;
}

static bool tell_metrics(struct service *service, char *const *arguments, struct buffer *body)
{
	(void)arguments;
	buffer_append_format(body, "%" PRIu64 "\r\n%" PRIu64 "\r\n%" PRIu64 "\r\n.\r\n",
			     service->counters.connections_now, service->counters.connections,
			     service->counters.octets);
	return true;
}

static bool tell_log(struct service *service, char *const *arguments, struct buffer *body)
{
	(void)arguments;
	access_log_print(&service->accesses, body);
	buffer_append_text(body, ".\r\n");
	return true;
}

static bool set_number(const char *text, uint64_t most, uint64_t *number)
{
	uint64_t value;

	if (!number_parse(text, strlen(text), most, &value) || value < 1)
		return false;
	*number = value;
	return true;
}

static bool set_users(struct service *service, char *const *arguments, struct buffer *body)
{
	(void)body;
	return set_number(arguments[0], SERVICE_USERS_LIMIT, &service->max_users);
}

static bool set_connections(struct service *service, char *const *arguments, struct buffer *body)
{
	(void)body;
	return set_number(arguments[0], SERVICE_CONNECTIONS_LIMIT, &service->max_connections);
}

static const struct spscmp_command commands[] = {
	{ "ADDUSER", 2, add_user },
	{ "DELUSER", 1, remove_user },
	{ "UPDATEPASS", 2, set_password },
	{ "UPDATENAME", 2, rename_user },
	{ "LISTUSERS", 0, list_users },
	{ "METRICS", 0, tell_metrics },
	{ "LOGS", 0, tell_log },
	{ "MAXUSERS", 1, set_users },
	{ "MAXCONNS", 1, set_connections },
};

static bool run_command(struct service *service, char *const *words, size_t arguments,
			struct buffer *body)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (text_equal_nocase(words[0], strlen(words[0]), commands[i].name))
			return arguments == commands[i].arguments &&
			       commands[i].run(service, words + 1, body);
	return false;
}

static bool is_ascii(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

static enum manage_next answer(struct manage_dialogue *dialogue, char *line, size_t length,
			       struct buffer *out)
{
	char *words[WORDS];
	const int count = is_ascii(line, length) ?
				  manage_words(line, length, WORD_MAX, words, WORDS) : -1;
	struct buffer body = { 0 };
	bool done = false;

	if (count > 0 && !service_knows_secret(dialogue->service, words[0], strlen(words[0]))) {
		buffer_append_text(out, "ERR\r\n");
		return MANAGE_REFUSED_ENDS;
	}
	if (count >= 2)
		done = run_command(dialogue->service, words + 1, (size_t)count - 2, &body);
	buffer_append_text(out, done ? "OK\r\n" : "ERR\r\n");
	buffer_append(out, buffer_text(&body), body.length);
	buffer_release(&body);
	return MANAGE_ENDS;
}

const struct manage_protocol manage_spscmp = {
	.name = "spscmp", .too_long = "ERR\r\n", .line_max = LINE_OCTETS_MAX, .answer = answer,
};
