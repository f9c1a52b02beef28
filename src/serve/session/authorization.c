/* The AUTHORIZATION state: USER and PASS, AUTH PLAIN (RFC 5034), STLS (RFC 2595), UTF8. */
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/text.h"
#include "serve/session/pop3-command.h"

static const char tls_first[] = "-ERR TLS first: no password in clear";

bool command_may_log_in(const struct client *client)
{
	return client->tls || client->local || client->server->settings->allow_cleartext;
}

void command_user(struct client *client, const struct request *request)
{
	if (!command_may_log_in(client)) {
		client_reply(client, "%s", tls_first);
		return;
	}
	free(client->name);
	client->name = strdup(request->arguments[0]);
	client_reply(client, client->name != NULL ? "+OK" : "-ERR [SYS/TEMP] no memory");
}

void command_pass(struct client *client, const struct request *request)
{
	char *const name = client->name;

	if (name == NULL) {
		client_reply(client, "-ERR USER first");
		return;
	}
	client->name = NULL;
	login_start(client, name, request->arguments[0]);
	free(name);
}

/* RFC 4616: [authzid] NUL authcid NUL password, where nobody may act for somebody else. */
static void log_in_plain(struct client *client, const struct buffer *text)
{
	const char *const acts_for = buffer_text(text);
	const char *const end = acts_for + text->length;
	const char *const name = acts_for + strlen(acts_for) + 1;
	const char *const password = name < end ? name + strlen(name) + 1 : end;

	if (name >= end || password > end || strlen(password) != (size_t)(end - password))
		client_reply(client, "-ERR bad PLAIN response");
	else if (acts_for[0] != '\0' && strcmp(acts_for, name) != 0)
		client_reply(client, "-ERR [AUTH] nobody may act for somebody else");
	else
		login_start(client, name, password);
}

static void take_response(struct client *client, const char *line)
{
	struct buffer text = { .limit = CLIENT_LINE_MAX };

	if (strcmp(line, "*") == 0)
		client_reply(client, "-ERR cancelled");
	else if (!base64_decode(&text, line, strlen(line)))
		client_reply(client, "-ERR not base64");
	else
		log_in_plain(client, &text);
	buffer_wipe(&text);
	buffer_release(&text);
}

void command_auth(struct client *client, const struct request *request)
{
	const char *const mechanism = request->arguments[0];

	if (!text_equal_nocase(mechanism, strlen(mechanism), "PLAIN")) {
		client_reply(client, "-ERR unknown mechanism");
	} else if (!command_may_log_in(client)) {
		client_reply(client, "%s", tls_first);
	} else if (request->count == 2) {
		take_response(client, strcmp(request->arguments[1], "=") == 0 ?
					      "" : request->arguments[1]);
	} else {
		client_reply(client, "+ ");
		client->next_line = take_response;
	}
}

void command_stls(struct client *client, const struct request *request)
{
	(void)request;
	if (client->tls || client->server->certificates == NULL) {
		client_reply(client, client->tls ? "-ERR TLS is on" : "-ERR no certificate");
		return;
	}
	/* What came behind STLS in clear could be anybody's: it must not count as said in TLS. */
	if (evbuffer_get_length(bufferevent_get_input(client->stream)) > 0) {
		client_log(client, "cut", "reason", "plaintext behind STLS");
		client->broken = true;
		return;
	}
	client_reply(client, "+OK begin TLS");
	bufferevent_disable(client->stream, EV_READ);
	free(client->name);
	client->name = NULL;
	client->starting_tls = true;
}

void command_utf8(struct client *client, const struct request *request)
{
	(void)request;
	client_reply(client, "+OK");
}
