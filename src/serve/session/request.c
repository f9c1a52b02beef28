/* POP3 requests: the table of verbs, parsing (RFC 1939 section 3), and CAPA. */
#include "serve/session/request.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

#define AUTHORIZATION (1U << CLIENT_AUTHORIZATION)
#define TRANSACTION (1U << CLIENT_TRANSACTION)

enum request_found request_parse(const struct request_verb *verbs, unsigned phase, char *line,
				 size_t length, struct request *request)
{
	const size_t name = strcspn(line, " ");
	const struct request_verb *verb = verbs;
	char *rest = line + name;

	while (verb->name != NULL && !text_equal_nocase(line, name, verb->name))
		verb++;
	*request = (struct request){ .verb = verb };
	if (verb->name == NULL)
		return REQUEST_UNKNOWN;
	if ((verb->phases & phase) == 0)
		return REQUEST_WRONG_PHASE;
	if (strlen(line) != length || text_has_control(line))
		return REQUEST_BAD_ARGUMENTS;
	if (verb->whole_rest && *rest != '\0') {
		request->arguments[request->count++] = rest + 1;
		return REQUEST_FOUND;
	}
	for (rest += strspn(rest, " "); *rest != '\0'; rest += strspn(rest, " ")) {
		if (request->count == verb->max)
			return REQUEST_BAD_ARGUMENTS;
		request->arguments[request->count++] = rest;
		rest += strcspn(rest, " ");
		if (*rest != '\0')
			*rest++ = '\0';
	}
	return request->count < verb->min ? REQUEST_BAD_ARGUMENTS : REQUEST_FOUND;
}

static bool can_start_tls(const struct client *client)
{
	return client->server->certificates != NULL && !client->tls &&
	       client->phase == CLIENT_AUTHORIZATION;
}

/* Capabilities without a number. Listed if holds (NULL = always) and the command is not off. */
static const struct {
	const char *text;
	bool (*holds)(const struct client *client);
	const char *command;
} capabilities[] = {
	{ "TOP", NULL, "TOP" },
	{ "UIDL", NULL, "UIDL" },
	{ "USER", command_may_log_in, "USER" },
	{ "SASL PLAIN", command_may_log_in, "AUTH" },
	{ "STLS", can_start_tls, "STLS" },
	{ "RESP-CODES", NULL, NULL },
	{ "AUTH-RESP-CODE", NULL, NULL },
	{ "PIPELINING", NULL, NULL },
	{ "EXPIRE NEVER", NULL, NULL },
	{ "UTF8", NULL, "UTF8" },
	{ "IMPLEMENTATION pop3-" POP3_VERSION, NULL, NULL },
};

static void command_capa(struct client *client, const struct request *request)
{
	const uint64_t delay = client->server->settings->login_delay;

	(void)request;
	client_reply(client, "+OK capabilities follow");
	for (size_t i = 0; i < sizeof capabilities / sizeof capabilities[0]; i++) {
		const char *const command = capabilities[i].command;

		if (command != NULL && service_is_off(&client->server->service, command))
			continue;
		if (capabilities[i].holds == NULL || capabilities[i].holds(client))
			client_reply(client, "%s", capabilities[i].text);
	}
	if (delay > 0)
		client_reply(client, "LOGIN-DELAY %" PRIu64, delay);
	client_reply(client, ".");
}

static const struct request_verb verbs[] = {
	{ "USER", AUTHORIZATION, 1, 1, true, command_user },
	{ "PASS", AUTHORIZATION, 1, 1, true, command_pass },
	{ "AUTH", AUTHORIZATION, 1, 2, false, command_auth },
	{ "STLS", AUTHORIZATION, 0, 0, false, command_stls },
	{ "UTF8", AUTHORIZATION, 0, 0, false, command_noop }, /* messages are sent as stored */
	{ "CAPA", AUTHORIZATION | TRANSACTION, 0, 0, false, command_capa },
	{ "QUIT", AUTHORIZATION | TRANSACTION, 0, 0, false, command_quit },
	{ "STAT", TRANSACTION, 0, 0, false, command_stat },
	{ "LIST", TRANSACTION, 0, 1, false, command_list },
	{ "UIDL", TRANSACTION, 0, 1, false, command_uidl },
	{ "RETR", TRANSACTION, 1, 1, false, command_retr },
	{ "TOP", TRANSACTION, 2, 2, false, command_top },
	{ "DELE", TRANSACTION, 1, 1, false, command_dele },
	{ "RSET", TRANSACTION, 0, 0, false, command_rset },
	{ "NOOP", TRANSACTION, 0, 0, false, command_noop },
	{ 0 },
};

static const char *const complaints[] = {
	[REQUEST_FOUND] = "",
	[REQUEST_UNKNOWN] = "-ERR unknown command",
	[REQUEST_WRONG_PHASE] = "-ERR not in this state",
	[REQUEST_BAD_ARGUMENTS] = "-ERR bad arguments",
};

void request_take_line(struct client *client, char *line, size_t length)
{
	struct request request;
	const enum request_found found = request_parse(verbs, 1U << client->phase, line,
						       length, &request);

	if (found != REQUEST_UNKNOWN &&
	    service_is_off(&client->server->service, request.verb->name))
		client_reply(client, "-ERR the command is switched off");
	else if (found == REQUEST_FOUND)
		request.verb->run(client, &request);
	else
		client_reply(client, "%s", complaints[found]);
}
