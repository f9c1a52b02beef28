/* SPSCMP: a line with token, command and arguments, answered with OK or ERR without a reason. */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "base/text.h"
#include "serve/manage/manage.h"

#define WORD_MAX 40
#define WORDS 4 /* token, command and two arguments */
#define LINE_OCTETS_MAX 163 /* of four words and the spaces between them */

/* Commands that set a password: run only checks that it may be set; a thread then hashes it. */
enum spscmp_password {
	NO_PASSWORD,
	OF_NEW_USER,
	OF_KNOWN_USER,
};

struct spscmp_command {
	const char *name;
	size_t arguments;
	size_t shown; /* how many of them are logged: the others are secrets */
	enum spscmp_password password;
	bool (*run)(struct service *, char *const *arguments, struct buffer *body);
};

static bool may_add_user(struct service *service, char *const *arguments, struct buffer *body)
{
	struct pop3_error err;

	(void)body;
	return service_check_new_user(service, arguments[0], &err) == 0;
}

static bool remove_user(struct service *service, char *const *arguments, struct buffer *body)
{
	struct pop3_error err;

	(void)body;
	return service_remove_user(service, arguments[0], &err) == 0;
}

static bool may_set_password(struct service *service, char *const *arguments, struct buffer *body)
{
	(void)body;
	return users_find(&service->users, arguments[0]) != NULL;
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

static bool print_metrics(struct service *service, char *const *arguments, struct buffer *body)
{
	(void)arguments;
	buffer_append_format(body, "%" PRIu64 "\r\n%" PRIu64 "\r\n%" PRIu64 "\r\n.\r\n",
			     service->counters.connections_now, service->counters.connections,
			     service->counters.octets);
	return true;
}

static bool print_log(struct service *service, char *const *arguments, struct buffer *body)
{
	(void)arguments;
	service_print_log(service, body);
	buffer_append_text(body, ".\r\n");
	return true;
}

static bool set_number(const struct service *service, const char *text, uint64_t most,
		       uint64_t *number)
{
	struct pop3_error err;
	uint64_t value;

	if (!number_parse(text, strlen(text), most, &value) || value < 1)
		return false;
	*number = value;
	return service_write_state(service, &err) == 0;
}

static bool set_users(struct service *service, char *const *arguments, struct buffer *body)
{
	(void)body;
	return set_number(service, arguments[0], SERVICE_USERS_LIMIT, &service->max_users);
}

static bool set_connections(struct service *service, char *const *arguments, struct buffer *body)
{
	(void)body;
	return set_number(service, arguments[0], SERVICE_CONNECTIONS_LIMIT,
			  &service->max_connections);
}

static const struct spscmp_command commands[] = {
	{ "ADDUSER", 2, 1, OF_NEW_USER, may_add_user },
	{ "DELUSER", 1, 1, NO_PASSWORD, remove_user },
	{ "UPDATEPASS", 2, 1, OF_KNOWN_USER, may_set_password },
	{ "UPDATENAME", 2, 2, NO_PASSWORD, rename_user },
	{ "LISTUSERS", 0, 0, NO_PASSWORD, list_users },
	{ "METRICS", 0, 0, NO_PASSWORD, print_metrics },
	{ "LOGS", 0, 0, NO_PASSWORD, print_log },
	{ "MAXUSERS", 1, 1, NO_PASSWORD, set_users },
	{ "MAXCONNS", 1, 1, NO_PASSWORD, set_connections },
	{ 0 },
};

static enum manage_next run_command(struct manage_dialogue *dialogue, char *const *words,
				    size_t arguments, struct buffer *out)
{
	const struct spscmp_command *command = commands;
	enum manage_next next = MANAGE_ENDS;
	struct buffer body = { 0 };

	while (command->name != NULL &&
	       !text_equal_nocase(words[0], strlen(words[0]), command->name))
		command++;
	if (command->name == NULL || arguments != command->arguments) {
		buffer_append_text(out, "ERR\r\n");
		return MANAGE_ENDS;
	}
	manage_note(dialogue, command->name, (const char *const *)words + 1, command->shown);
	if (!command->run(dialogue->service, words + 1, &body)) {
		buffer_append_text(out, "ERR\r\n");
	} else if (command->password != NO_PASSWORD) {
		dialogue->password = (struct new_password){
			.name = words[1], .password = words[2],
			.is_new = command->password == OF_NEW_USER,
		};
		next = MANAGE_HASHES;
	} else {
		buffer_append_text(out, "OK\r\n");
		buffer_append(out, buffer_text(&body), body.length);
		out->no_memory |= body.no_memory;
	}
	buffer_release(&body);
	return next;
}

static enum manage_next answer(struct manage_dialogue *dialogue, char *line, size_t length,
			       struct buffer *out)
{
	char *words[WORDS];
	int count = manage_words(line, length, WORD_MAX, words, WORDS);

	for (size_t i = 0; i < length; i++)
		if ((unsigned char)line[i] >= 0x80)
			count = -1;
	if (count > 0 && !service_knows_secret(dialogue->service, SERVE_SPSCMP, words[0],
					       strlen(words[0]))) {
		buffer_append_text(out, "ERR\r\n");
		return MANAGE_REFUSED_ENDS;
	}
	if (count >= 2)
		return run_command(dialogue, words + 1, (size_t)count - 2, out);
	buffer_append_text(out, "ERR\r\n");
	return MANAGE_ENDS;
}

static enum manage_next hashed(const struct pop3_error *failure, struct buffer *out)
{
	buffer_append_text(out, failure == NULL ? "OK\r\n" : "ERR\r\n");
	return MANAGE_ENDS;
}

const struct manage_protocol manage_spscmp = {
	.name = "spscmp", .too_long = "ERR\r\n", .unknown = "ERR\r\n",
	.line_max = LINE_OCTETS_MAX, .wants_secret = true, .may = MANAGE_USERS,
	.answer = answer, .hashed = hashed,
};
