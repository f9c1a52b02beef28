/* PEEP: lower-case commands, answered with "+", "+value", "+n" and n lines, or "-code". */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "serve/manage/manage.h"

#define WORD_MAX MANAGE_NAME_MAX /* octets of an argument */
#define WORDS 3

enum peep_error {
	PEEP_UNKNOWN = 0,
	PEEP_SYNTAX = 1,
	PEEP_LOGIN = 2,
	PEEP_USER_IN_USE = 3,
	PEEP_USER_UNKNOWN = 4,
	PEEP_CONNECTIONS = 5,
	PEEP_MAILDIR = 6,
	PEEP_TIMEOUT = 7,
	PEEP_USERS = 8, /* our extensions from here on: the limit of users is reached */
	PEEP_FAULT = 9, /* the change cannot be stored */
	PEEP_RANGE = 10, /* a number is out of range, where no other code fits */
	PEEP_OK = 11, /* never sent */
};

enum { BEFORE_LOGIN = 1 << 0, AFTER_LOGIN = 1 << 1 };

struct peep_command {
	const char *name;
	size_t arguments;
	size_t shown; /* how many of them are logged: the others are secrets */
	unsigned when;
	enum peep_error (*run)(struct manage_dialogue *, char *const *words, struct buffer *out);
};

static enum peep_error answer_done(struct buffer *out)
{
	buffer_append_text(out, "+\r\n");
	return PEEP_OK;
}

/* All managers share one secret, which is accepted with any name. */
static enum peep_error log_in(struct manage_dialogue *dialogue, char *const *words,
			      struct buffer *out)
{
	if (!service_knows_secret(dialogue->service, SERVE_PEEP, words[1], strlen(words[1])))
		return PEEP_LOGIN;
	dialogue->logged_in = true;
	memcpy(dialogue->manager, words[0], strlen(words[0]) + 1);
	manage_note(dialogue, "a", NULL, 0);
	return answer_done(out);
}

static enum peep_error print_capabilities(struct manage_dialogue *dialogue, char *const *words,
					 struct buffer *out)
{
	(void)dialogue;
	(void)words;
	buffer_append_format(out, "+10\r\na\r\nc=1-%d\r\nt=0-%d\r\nms=0-%" PRIu64 "\r\n"
			     "pc=\r\npc?\r\ncs?\r\nk-\r\nus?\r\nl?\r\n",
			     SERVICE_CONNECTIONS_LIMIT, SERVICE_TIMEOUT_LIMIT, UINT64_MAX);
	return PEEP_OK;
}

/* PEEP's code for a failure to add or remove a user. */
static enum peep_error error_of(const struct pop3_error *failure)
{
	switch ((int)failure->code) {
	case POP3_E_USAGE:
		return PEEP_SYNTAX;
	case POP3_E_REFUSED:
		return PEEP_USER_IN_USE;
	case POP3_E_NO_ACCOUNT:
		return PEEP_USER_UNKNOWN;
	case POP3_E_DESTINATION:
		return PEEP_USERS;
	}
	return PEEP_FAULT;
}

static enum peep_error add_user(struct manage_dialogue *dialogue, char *const *words,
				struct buffer *out)
{
	struct pop3_error err;

	(void)out;
	if (service_check_new_user(dialogue->service, words[0], &err) < 0)
		return error_of(&err);
	dialogue->password = (struct new_password){
		.name = words[0], .password = words[1], .is_new = true,
	};
	return PEEP_OK;
}

static enum peep_error remove_user(struct manage_dialogue *dialogue, char *const *words,
				   struct buffer *out)
{
	struct pop3_error err;

	if (service_remove_user(dialogue->service, words[0], &err) < 0)
		return error_of(&err);
	return answer_done(out);
}

static enum peep_error list_users(struct manage_dialogue *dialogue, char *const *words,
				  struct buffer *out)
{
	const struct users *const users = &dialogue->service->users;

	(void)words;
	buffer_append_format(out, "+%zu\r\n", users->count);
	for (size_t i = 0; i < users->count; i++)
		buffer_append_format(out, "%s\r\n", users->list[i].name);
	return PEEP_OK;
}

static enum peep_error list_online(struct manage_dialogue *dialogue, char *const *words,
				   struct buffer *out)
{
	const struct online *online;

	(void)words;
	buffer_append_format(out, "+%zu\r\n", dialogue->service->online_count);
	LIST_FOREACH(online, &dialogue->service->online, entry)
		buffer_append_format(out, "%s\r\n", online->name);
	return PEEP_OK;
}

/* --- extensions --- */

static enum peep_error switch_command(struct manage_dialogue *dialogue, char *const *words,
				      struct buffer *out)
{
	const bool on = strcmp(words[1], "on") == 0;
	struct pop3_error err;

	if (!on && strcmp(words[1], "off") != 0)
		return PEEP_SYNTAX;
	if (service_switch(dialogue->service, words[0], on, &err) == 0)
		return answer_done(out);
	return err.code == POP3_E_USAGE ? PEEP_SYNTAX : PEEP_FAULT;
}

static enum peep_error list_commands_off(struct manage_dialogue *dialogue, char *const *words,
					 struct buffer *out)
{
	struct buffer lines = { 0 };
	size_t count = 0;

	(void)words;
	for (size_t i = 0; service_commands[i] != NULL; i++) {
		if (!service_is_off(dialogue->service, service_commands[i]))
			continue;
		buffer_append_format(&lines, "%s\r\n", service_commands[i]);
		count++;
	}
	buffer_append_format(out, "+%zu\r\n%s", count, buffer_text(&lines));
	out->no_memory |= lines.no_memory;
	buffer_release(&lines);
	return PEEP_OK;
}

static enum peep_error list_sessions(struct manage_dialogue *dialogue, char *const *words,
				     struct buffer *out)
{
	const struct online *online;

	(void)words;
	buffer_append_format(out, "+%zu\r\n", dialogue->service->online_count);
	LIST_FOREACH(online, &dialogue->service->online, entry)
		buffer_append_format(out, "%s %s %" PRId64 "\r\n", online->name, online->address,
				     (clock_ms() - online->since) / 1000);
	return PEEP_OK;
}

static enum peep_error end_sessions(struct manage_dialogue *dialogue, char *const *words,
				    struct buffer *out)
{
	if (service_end_sessions(dialogue->service, words[0]) == 0)
		return PEEP_USER_UNKNOWN;
	return answer_done(out);
}

static enum peep_error list_statistics(struct manage_dialogue *dialogue, char *const *words,
				       struct buffer *out)
{
	const struct users *const users = &dialogue->service->users;

	(void)words;
	buffer_append_format(out, "+%zu\r\n", users->count);
	for (size_t i = 0; i < users->count; i++) {
		const struct user *const user = &users->list[i];
		char text[CLOCK_TEXT];
		const bool known =
			user->logged_in_at != 0 && clock_text(user->logged_in_at, text);

		buffer_append_format(out, "%s %" PRIu64 " %" PRIu64 " %s\r\n", user->name,
				     user->octets, user->messages, known ? text : "-");
	}
	return PEEP_OK;
}

static enum peep_error print_log(struct manage_dialogue *dialogue, char *const *words,
				 struct buffer *out)
{
	(void)words;
	buffer_append_format(out, "+%zu\r\n", service_log_count(dialogue->service));
	service_print_log(dialogue->service, out);
	return PEEP_OK;
}

static enum peep_error set_maildir(struct manage_dialogue *dialogue, char *const *words,
				   struct buffer *out)
{
	struct pop3_error err;

	if (service_set_root(dialogue->service, words[0], &err) < 0)
		return PEEP_MAILDIR;
	return answer_done(out);
}

static enum peep_error print_maildir(struct manage_dialogue *dialogue, char *const *words,
				    struct buffer *out)
{
	(void)words;
	buffer_append_format(out, "+%s\r\n", dialogue->service->root);
	return PEEP_OK;
}

static const struct peep_command commands[] = {
	{ "a", 2, 1, BEFORE_LOGIN, log_in },
	{ "cap?", 0, 0, BEFORE_LOGIN | AFTER_LOGIN, print_capabilities },
	{ "u+", 2, 1, AFTER_LOGIN, add_user },
	{ "u-", 1, 1, AFTER_LOGIN, remove_user },
	{ "u?", 0, 0, AFTER_LOGIN, list_users },
	{ "cu?", 0, 0, AFTER_LOGIN, list_online },
	{ "m=", 1, 1, AFTER_LOGIN, set_maildir },
	{ "m?", 0, 0, AFTER_LOGIN, print_maildir },
	{ "pc=", 2, 2, AFTER_LOGIN, switch_command },
	{ "pc?", 0, 0, AFTER_LOGIN, list_commands_off },
	{ "cs?", 0, 0, AFTER_LOGIN, list_sessions },
	{ "k-", 1, 1, AFTER_LOGIN, end_sessions },
	{ "us?", 0, 0, AFTER_LOGIN, list_statistics },
	{ "l?", 0, 0, AFTER_LOGIN, print_log },
};

/* Commands that print a number, or set it. */
static const struct peep_number {
	const char *print, *set; /* NULL = it cannot be set */
	size_t offset;		 /* of a uint64_t in struct service */
	uint64_t least, most;
	enum peep_error outside;
} numbers[] = {
	{ "c?", "c=", offsetof(struct service, max_connections), 1, SERVICE_CONNECTIONS_LIMIT,
	  PEEP_CONNECTIONS },
	{ "t?", "t=", offsetof(struct service, timeout), 0, SERVICE_TIMEOUT_LIMIT, PEEP_TIMEOUT },
	{ "ms?", "ms=", offsetof(struct service, max_message), 0, UINT64_MAX, PEEP_RANGE },
	{ .print = "rb?", .offset = offsetof(struct service, counters.octets) },
	{ .print = "re?", .offset = offsetof(struct service, counters.messages) },
	{ .print = "xe?", .offset = offsetof(struct service, counters.removed) },
	{ .print = "cc?", .offset = offsetof(struct service, counters.connections_now) },
	{ .print = "hc?", .offset = offsetof(struct service, counters.connections) },
	{ .print = "hu?", .offset = offsetof(struct service, counters.logins) },
};

static uint64_t *value_of(struct service *service, const struct peep_number *number)
{
	return (uint64_t *)(void *)((char *)service + number->offset);
}

static bool is_number_command(const struct peep_number *number, const char *word)
{
	return strcmp(number->print, word) == 0 ||
	       (number->set != NULL && strcmp(number->set, word) == 0);
}

/* A word that is not an integer is a syntax error; other servers report it as out of range. */
static enum peep_error set_number(struct service *service, const struct peep_number *number,
				  const char *text, struct buffer *out)
{
	const char *const digits = text + (text[0] == '-');
	struct pop3_error err;
	uint64_t value;

	if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0')
		return PEEP_SYNTAX;
	if (!number_parse(text, strlen(text), number->most, &value) || value < number->least)
		return number->outside;
	*value_of(service, number) = value;
	/* PEEP_FAULT: the number is in force, but will be lost at a restart. */
	if (service_write_state(service, &err) < 0)
		return PEEP_FAULT;
	return answer_done(out);
}

static enum peep_error run_command(struct manage_dialogue *dialogue, char *const *words,
				   size_t arguments, struct buffer *out)
{
	const char *const *const shown = (const char *const *)words + 1;

	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		const struct peep_command *const command = &commands[i];

		if (strcmp(command->name, words[0]) != 0)
			continue;
		if ((command->when & (dialogue->logged_in ? AFTER_LOGIN : BEFORE_LOGIN)) == 0)
			return PEEP_UNKNOWN;
		if (arguments < command->arguments)
			return PEEP_SYNTAX;
		if (dialogue->logged_in)
			manage_note(dialogue, words[0], shown, command->shown);
		return command->run(dialogue, words + 1, out);
	}
	for (size_t i = 0; dialogue->logged_in && i < sizeof numbers / sizeof numbers[0]; i++) {
		const struct peep_number *const number = &numbers[i];
		const bool sets = strcmp(number->print, words[0]) != 0;

		if (!is_number_command(number, words[0]))
			continue;
		if (sets && arguments < 1)
			return PEEP_SYNTAX;
		manage_note(dialogue, words[0], shown, sets);
		if (sets)
			return set_number(dialogue->service, number, words[1], out);
		buffer_append_format(out, "+%" PRIu64 "\r\n", *value_of(dialogue->service, number));
		return PEEP_OK;
	}
	return PEEP_UNKNOWN;
}

/* Whether it is a command of PEEP, before the login; else the client speaks another protocol. */
static bool is_peep_command(char *const *words, int count)
{
	for (size_t i = 0; count > 0 && i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(commands[i].name, words[0]) == 0)
			return true;
	for (size_t i = 0; count > 0 && i < sizeof numbers / sizeof numbers[0]; i++)
		if (is_number_command(&numbers[i], words[0]))
			return true;
	return false;
}

static enum manage_next answer(struct manage_dialogue *dialogue, char *line, size_t length,
			       struct buffer *out)
{
	char *words[WORDS];
	const int count = length == 0 ? 0 : manage_words(line, length, WORD_MAX, words, WORDS);
	enum peep_error error;

	dialogue->password.name = NULL;
	if (count > 0 && strcmp(words[0], "q") == 0) {
		buffer_append_text(out, "+\r\n");
		return MANAGE_ENDS;
	}
	if (count < 0 && line[0] != ' ')
		error = PEEP_SYNTAX;
	else if (count <= 0)
		error = PEEP_UNKNOWN;
	else
		error = run_command(dialogue, words, (size_t)count - 1, out);
	if (error == PEEP_OK)
		return dialogue->password.name != NULL ? MANAGE_HASHES : MANAGE_GOES_ON;
	buffer_append_format(out, "-%d\r\n", (int)error);
	if (error == PEEP_LOGIN)
		return MANAGE_REFUSED;
	return error == PEEP_UNKNOWN && !dialogue->logged_in && !is_peep_command(words, count) ?
		       MANAGE_UNKNOWN : MANAGE_GOES_ON;
}

static enum manage_next hashed(const struct pop3_error *failure, struct buffer *out)
{
	if (failure == NULL)
		buffer_append_text(out, "+\r\n");
	else
		buffer_append_format(out, "-%d\r\n", (int)error_of(failure));
	return MANAGE_GOES_ON;
}

const struct manage_protocol manage_peep = {
	.name = "peep", .too_long = "-1\r\n", .unknown = "-0\r\n", .line_max = 510,
	.wants_secret = true, .may = MANAGE_USERS | MANAGE_ROOT,
	.answer = answer, .hashed = hashed,
};
