/* From a name and a password to an open maildrop, by way of a thread. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "serve/session/pop3-command.h"

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

static void work(struct job *job)
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
	client->late_refusal = "-ERR [AUTH] wrong user name or password";
	client->waiting = true;
	client->leaving = ++client->bad_logins >= CLIENT_BAD_LOGINS_MAX;
	client_set_timer(client, peer_failed(client->peer));
}

static void accept_user(struct client *client, struct login *login, struct user *user)
{
	password_remember(&user->proof, user->name, user->hash, login->password);
	user->last_login = clock_ms();
	peer_succeeded(client->peer);
	client->drop = login->drop;
	login->drop = NULL;
	client->state = CLIENT_TRANSACTION;
	memcpy(client->online.name, login->name, sizeof login->name);
	service_log_in(&client->server->service, &client->online);
	client_log(client, "login", "user", login->name);
	client_reply(client, "+OK %zu messages", client->drop->count);
}

static void complain(struct client *client, const struct login *login)
{
	client_log(client, "error", "reason", login->err.text);
	if (login->err.code == POP3_E_IN_USE)
		client_reply(client, "-ERR [IN-USE] %s", login->err.text);
	else
		client_reply(client, "-ERR [SYS/TEMP] the maildrop cannot be opened");
}

/* The user may have gone, or have another password by now. */
static bool is_right(const struct login *login, const struct user *user)
{
	return login->matches && user != NULL && strcmp(user->hash, login->hash) == 0;
}

static void done(struct job *job)
{
	struct login *const login = (struct login *)job;
	struct client *const client = login->client;
	struct user *const user = users_find(&client->server->service.users, login->name);

	client->in_thread = client->waiting = false;
	if (client->stream == NULL)
		client->broken = true;
	else if (!login->unknown && !is_right(login, user))
		refuse(client, login->name);
	else if (!login->unknown && login->too_early)
		client_reply(client, "-ERR [LOGIN-DELAY] too early");
	else if (login->unknown || login->drop == NULL)
		complain(client, login);
	else
		accept_user(client, login, user);
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
	login->job = (struct job){ .work = work, .done = done };
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

void login_start(struct client *client, const char *name, const char *password)
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
	client->in_thread = client->waiting = true;
	workers_submit(client->server->workers, &login->job);
}
