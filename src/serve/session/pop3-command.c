/* The table of POP3's verbs, and the two that both states know. */
#include "serve/session/pop3-command.h"

#include <inttypes.h>

#define BOTH_STATES (CLIENT_AUTHORIZATION | CLIENT_TRANSACTION)

static const struct request_verb verbs[] = {
	{ "USER", CLIENT_AUTHORIZATION, 1, 1, true, command_user },
	{ "PASS", CLIENT_AUTHORIZATION, 1, 1, true, command_pass },
	{ "AUTH", CLIENT_AUTHORIZATION, 1, 2, false, command_auth },
	{ "STLS", CLIENT_AUTHORIZATION, 0, 0, false, command_stls },
	{ "UTF8", CLIENT_AUTHORIZATION, 0, 0, false, command_utf8 },
	{ "CAPA", BOTH_STATES, 0, 0, false, command_capa },
	{ "QUIT", BOTH_STATES, 0, 0, false, command_quit },
	{ "STAT", CLIENT_TRANSACTION, 0, 0, false, command_stat },
	{ "LIST", CLIENT_TRANSACTION, 0, 1, false, command_list },
	{ "UIDL", CLIENT_TRANSACTION, 0, 1, false, command_uidl },
	{ "RETR", CLIENT_TRANSACTION, 1, 1, false, command_retr },
	{ "TOP", CLIENT_TRANSACTION, 2, 2, false, command_top },
	{ "DELE", CLIENT_TRANSACTION, 1, 1, false, command_dele },
	{ "RSET", CLIENT_TRANSACTION, 0, 0, false, command_rset },
	{ "NOOP", CLIENT_TRANSACTION, 0, 0, false, command_noop },
	{ 0 },
};

static const char *const complaints[] = {
	[REQUEST_FOUND] = "",
	[REQUEST_UNKNOWN] = "-ERR unknown command",
	[REQUEST_WRONG_STATE] = "-ERR not in this state",
	[REQUEST_BAD_ARGUMENTS] = "-ERR bad arguments",
};

void commands_take_line(struct client *client, char *line, size_t length)
{
	struct request request;
	const enum request_found found = request_parse(verbs, client->state, line, length,
						       &request);

	if (found == REQUEST_FOUND)
		request.verb->run(client, &request);
	else
		client_reply(client, "%s", complaints[found]);
}

static bool can_start_tls(const struct client *client)
{
	return client->server->certificates != NULL && !client->tls &&
	       client->state == CLIENT_AUTHORIZATION;
}

/* Capabilities without numbers; holds NULL = always. */
static const struct {
	const char *text;
	bool (*holds)(const struct client *client);
} capabilities[] = {
	{ "TOP", NULL },
	{ "UIDL", NULL },
	{ "USER", command_may_log_in },
	{ "SASL PLAIN", command_may_log_in },
	{ "STLS", can_start_tls },
	{ "RESP-CODES", NULL },
	{ "AUTH-RESP-CODE", NULL },
	{ "PIPELINING", NULL },
	{ "EXPIRE NEVER", NULL },
	{ "UTF8", NULL },
	{ "IMPLEMENTATION pop3-" POP3_VERSION, NULL },
};

void command_capa(struct client *client, const struct request *request)
{
	const uint64_t delay = client->server->settings->login_delay;

	(void)request;
	client_reply(client, "+OK capabilities follow");
	for (size_t i = 0; i < sizeof capabilities / sizeof capabilities[0]; i++)
		if (capabilities[i].holds == NULL || capabilities[i].holds(client))
			client_reply(client, "%s", capabilities[i].text);
	if (delay > 0)
		client_reply(client, "LOGIN-DELAY %" PRIu64, delay);
	client_reply(client, ".");
}

void command_quit(struct client *client, const struct request *request)
{
	(void)request;
	if (client->state == CLIENT_TRANSACTION) {
		leave_start(client);
		return;
	}
	client_reply(client, "+OK goodbye");
	client->leaving = true;
}
