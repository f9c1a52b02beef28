/*
 * The AUTHORIZATION state: USER and PASS, AUTH PLAIN (RFC 5034), STLS (RFC 2595), UTF8. From a name
 * and a password to an open maildrop it goes by way of a thread.
 */
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/text.h"
#include "serve/session/request.h"

struct login {
	struct job job; /* first: what the threads know it by */
	struct client *client;
	char name[USER_NAME_MAX + 1];
	char password[PASSWORD_OCTETS_MAX + 1];
	char *hash, *root;
	bool is_user; /* else the hash is nobody's, and matching it opens nothing */
	bool matches;
	bool unknown; /* whether it matches, for want of memory */
	bool too_early;
	struct maildrop *drop;
	struct pop3_error err;
};

static void login_free(struct login *login)
{
	maildrop_close(login->drop);
	free(login->hash);
	free(login->root);
	explicit_bzero(login->password, sizeof login->password);
	free(login);
}

static void check_login(struct job *job)
{
	struct login *const login = (struct login *)job;

	if (!login->matches) {
		const int same = password_matches(login->hash, login->password, &login->err);

		login->matches = same > 0 && login->is_user;
		login->unknown = same < 0;
	}
	if (login->matches && !login->too_early)
		login->drop = maildrop_open(login->root, login->name, &login->err);
}

static void refuse(struct client *client, const char *name)
{
	client->server->service.counters.logins_failed++;
	client_log(client, "login-failed", "user", name);
	client->failed_logins++;
	client_enter(client, CLIENT_REFUSING);
	client_set_timer(client, peer_failed(client->peer));
}

static void accept_user(struct client *client, struct login *login, struct user *user)
{
	password_remember(&user->proof, user->name, user->hash, login->password);
	user->last_login = clock_ms();
	peer_succeeded(client->peer);
	client->drop = login->drop;
	login->drop = NULL;
	client_enter(client, CLIENT_TRANSACTION);
	memcpy(client->online.name, login->name, sizeof login->name);
	service_log_in(&client->server->service, &client->online);
	client_log(client, "login", "user", login->name);
	client_reply(client, "+OK %zu messages", client->drop->count);
}

static void answer_failure(struct client *client, const struct login *login)
{
	client_log(client, "error", "reason", login->err.text);
	client_enter(client, CLIENT_AUTHORIZATION);
	if (login->err.code == POP3_E_IN_USE)
		client_reply(client, "-ERR [IN-USE] %s", login->err.text);
	else
		client_reply(client, "-ERR [SYS/TEMP] the maildrop cannot be opened");
}

/* By now the user may be gone, or have another password. */
static bool is_right(const struct login *login, const struct user *user)
{
	return login->matches && user != NULL && strcmp(user->hash, login->hash) == 0;
}

static void login_checked(struct job *job)
{
	struct login *const login = (struct login *)job;
	struct client *const client = login->client;
	struct user *const user = users_find(&client->server->service.users, login->name);

	if (client->stream == NULL) {
		client_enter(client, CLIENT_BROKEN);
	} else if (!login->unknown && !is_right(login, user)) {
		refuse(client, login->name);
	} else if (!login->unknown && login->too_early) {
		client_enter(client, CLIENT_AUTHORIZATION);
		client_reply(client, "-ERR [LOGIN-DELAY] too early");
	} else if (login->unknown || login->drop == NULL) {
		answer_failure(client, login);
	} else {
		accept_user(client, login, user);
	}
	login_free(login);
	client_advance(client);
}

static bool is_too_early(const struct server *server, const struct user *user)
{
	const int64_t delay = (int64_t)server->settings->login_delay * 1000;

	return user->last_login > 0 && clock_ms() < user->last_login + delay;
}

/* NULL without memory. The names fit. */
static struct login *login_new(struct client *client, const char *name, const char *password)
{
	const struct server *const server = client->server;
	const struct user *const user = user_name_ok(name) ?
						users_find(&server->service.users, name) : NULL;
	struct login *const login = calloc(1, sizeof *login);

	if (login == NULL)
		return NULL;
	login->job = (struct job){ .work = check_login, .done = login_checked };
	login->client = client;
	memcpy(login->name, name, strlen(name) + 1);
	memcpy(login->password, password, strlen(password) + 1);
	login->hash = strdup(user != NULL ? user->hash : server->decoy_hash);
	login->root = strdup(server->service.root);
	login->is_user = user != NULL;
	login->matches = user != NULL && password_is_remembered(&user->proof, user->name,
								user->hash, password);
	login->job.slow = !login->matches;
	login->too_early = user != NULL && is_too_early(server, user);
	if (login->hash != NULL && login->root != NULL)
		return login;
	login_free(login);
	return NULL;
}

static void log_in(struct client *client, const char *name, const char *password)
{
	struct login *login;

	if (strlen(name) > USER_NAME_MAX || strlen(password) > PASSWORD_OCTETS_MAX) {
		refuse(client, name);
		return;
	}
	login = login_new(client, name, password);
	if (login == NULL) {
		client_reply(client, "-ERR [SYS/TEMP] no memory");
		return;
	}
	client_enter(client, CLIENT_CHECKING);
	workers_submit(client->server->workers, &login->job);
}

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
	log_in(client, name, request->arguments[0]);
	free(name);
}

/* RFC 4616: [authzid] NUL authcid NUL password, where the two names must be the same. */
static void log_in_by_plain(struct client *client, const struct buffer *text)
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
		log_in(client, name, password);
}

static void take_response(struct client *client, const char *line)
{
	struct buffer text = { .limit = CLIENT_LINE_MAX };

	if (strcmp(line, "*") == 0)
		client_reply(client, "-ERR cancelled");
	else if (!base64_decode(&text, line, strlen(line)))
		client_reply(client, "-ERR not base64");
	else
		log_in_by_plain(client, &text);
	buffer_wipe(&text);
	buffer_release(&text);
}

void request_take_response(struct client *client, char *line, size_t length)
{
	client_enter(client, CLIENT_AUTHORIZATION);
	if (strlen(line) != length)
		client_reply(client, "-ERR bad response");
	else
		take_response(client, line);
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
		client_enter(client, CLIENT_SASL);
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
		client_cut(client, "plaintext behind STLS");
		return;
	}
	client_reply(client, "+OK begin TLS");
	free(client->name);
	client->name = NULL;
	client_enter(client, CLIENT_STLS);
}

void command_utf8(struct client *client, const struct request *request)
{
	(void)request;
	client_reply(client, "+OK");
}
