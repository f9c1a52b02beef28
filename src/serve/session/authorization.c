/*
 * The AUTHORIZATION state: USER and PASS, AUTH PLAIN (RFC 5034), STLS (RFC 2595). Threads check
 * the password and open the maildrop.
 */
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/text.h"
#include "serve/session/request.h"

/* A login in progress: one job checks the password, the next one opens the maildrop. */
struct login {
	struct job job; /* first, so that a struct job * can be cast back */
	struct client *client;
	char name[USER_NAME_MAX + 1];
	char password[PASSWORD_OCTETS_MAX + 1];
	char *hash, *root;
	char *decoy;	 /* hashed instead, if the hash's method is unsupported */
	int64_t began;	 /* clock_ms */
	bool is_user;	 /* else the hash is another user's, and a match does not count */
	int matches;	 /* result of password_matches */
	struct maildrop *drop;
	int left;    /* result of maildrop_measure */
	struct pop3_error err;
};

static void login_free(struct login *login)
{
	login->client->login = NULL;
	maildrop_close(login->drop);
	free(login->hash);
	free(login->root);
	free(login->decoy);
	explicit_bzero(login->password, sizeof login->password);
	free(login);
}

static bool check_password(struct job *job)
{
	struct login *const login = (struct login *)job;

	login->matches = password_matches(login->hash, login->decoy, login->password, &login->err);
	return false;
}

static bool measure_maildrop(struct job *job)
{
	struct login *const login = (struct login *)job;

	login->left = maildrop_measure(login->drop, clock_ms() + JOB_SLICE_MS, &login->err);
	return login->left > 0;
}

/* If measuring takes longer than one slice, it continues in LANE_MEASURE. */
static bool open_maildrop(struct job *job)
{
	struct login *const login = (struct login *)job;

	login->drop = maildrop_open(login->root, login->name, &login->err);
	if (login->drop != NULL)
		(void)measure_maildrop(job);
	return false;
}

/* Counts a failed login, even if the client is gone. Returns the delay of the answer. */
static int64_t count_failure(struct client *client, const char *name)
{
	client->server->service.counters.logins_failed++;
	client_log(client, "login-failed", "user", name);
	client->failed_logins++;
	return peer_failed(client->peer);
}

/*
 * The delay counts from the start of the login, and grows by whole seconds if hashing took longer,
 * so that the time does not reveal which names exist.
 */
static void refuse(struct client *client, const char *name, int64_t began)
{
	const int64_t passed = clock_ms() - began;
	int64_t wait = count_failure(client, name);

	while (wait <= passed)
		wait += 1000;
	client_enter(client, CLIENT_REFUSING);
	client_set_timer(client, wait - passed);
}

static void accept_user(struct client *client, struct login *login, struct user *user)
{
	user->last_login = clock_ms();
	peer_succeeded(client->peer);
	client->drop = login->drop;
	login->drop = NULL;
	client_enter(client, CLIENT_TRANSACTION);
	client_take_place(client, PLACE_HELD);
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

/* The user, if the password matched and the user still exists with the same hash; else NULL. */
static struct user *find_user(const struct login *login)
{
	struct user *const user = users_find(&login->client->server->service.users, login->name);

	return login->matches > 0 && login->is_user && user != NULL &&
			       strcmp(user->hash, login->hash) == 0 ? user : NULL;
}

/* Frees the login and continues with the client, whose connection may be lost by now. */
static void end_login(struct login *login)
{
	struct client *const client = login->client;

	login_free(login);
	if (client->stream == NULL)
		client_enter(client, CLIENT_BROKEN);
	client_advance(client);
}

/* Queues the job in the share of the client's address. */
static void submit(struct login *login, enum lane lane, bool (*work)(struct job *),
		   void (*done)(struct job *))
{
	struct client *const client = login->client;

	login->job = (struct job){
		.lane = lane, .share = &client->peer->shares[lane],
		.suspect = peer_is_suspect(client->peer), .work = work, .done = done,
	};
	workers_submit(client->server->workers, &login->job);
}

static void maildrop_opened(struct job *job)
{
	struct login *const login = (struct login *)job;
	struct client *const client = login->client;
	struct user *const user = find_user(login);

	if (client->stream == NULL) {
		/* The client is gone. */
	} else if (user == NULL) {
		refuse(client, login->name, login->began);
	} else if (login->drop == NULL || login->left < 0) {
		answer_failure(client, login);
	} else if (login->left == 0) {
		accept_user(client, login, user);
	} else {
		submit(login, LANE_MEASURE, measure_maildrop, maildrop_opened);
		return;
	}
	end_login(login);
}

/* False, after answering, if it is too early for another login. */
static bool start_opening(struct login *login, const struct user *user)
{
	struct client *const client = login->client;
	const int64_t delay = (int64_t)client->server->settings->login_delay * 1000;

	if (user->last_login > 0 && clock_ms() < user->last_login + delay) {
		client_enter(client, CLIENT_AUTHORIZATION);
		client_reply(client, "-ERR [LOGIN-DELAY] too early");
		return false;
	}
	submit(login, LANE_OPEN, open_maildrop, maildrop_opened);
	return true;
}

static void password_checked(struct job *job)
{
	struct login *const login = (struct login *)job;
	struct client *const client = login->client;
	struct user *const user = find_user(login);

	if (client->stream == NULL) {
		if (user == NULL && login->matches >= 0)
			(void)count_failure(client, login->name);
	} else if (login->matches < 0) {
		answer_failure(client, login);
	} else if (user == NULL) {
		refuse(client, login->name, login->began);
	} else {
		password_remember(&user->proof, user->name, user->hash, login->password);
		if (start_opening(login, user))
			return;
	}
	end_login(login);
}

void login_defer(struct client *client)
{
	if (client->login != NULL)
		workers_defer(client->server->workers, &client->login->job);
}

/* An unchecked password counts as a wrong one, so that hanging up early does not help guessing. */
bool login_drop(struct client *client)
{
	struct login *const login = client->login;

	if (login == NULL || !workers_drop(client->server->workers, &login->job))
		return false;
	if (login->job.lane == LANE_HASH)
		(void)count_failure(client, login->name);
	login_free(login);
	return true;
}

/* NULL when out of memory. The caller has checked the lengths. */
static struct login *login_new(struct client *client, const char *name, const char *password)
{
	const struct server *const server = client->server;
	const struct users *const users = &server->service.users;
	const struct user *const user = user_name_ok(name) ? users_find(users, name) : NULL;
	const char *const stand_in = users_stand_in(users, name);
	const char *const decoy = stand_in != NULL ? stand_in : server->decoy_hash;
	struct login *const login = calloc(1, sizeof *login);

	if (login == NULL)
		return NULL;
	login->client = client;
	client->login = login;
	login->began = clock_ms();
	memcpy(login->name, name, strlen(name) + 1);
	memcpy(login->password, password, strlen(password) + 1);
	login->hash = strdup(user != NULL ? user->hash : decoy);
	login->decoy = strdup(decoy);
	login->root = strdup(server->service.root);
	login->is_user = user != NULL;
	login->matches = user != NULL &&
			 (server->settings->any_password ||
			  password_is_remembered(&user->proof, user->name, user->hash, password));
	if (login->hash != NULL && login->decoy != NULL && login->root != NULL)
		return login;
	login_free(login);
	return NULL;
}

static void log_in(struct client *client, const char *name, const char *password)
{
	struct login *login;
	const struct user *user;

	if (strlen(name) > USER_NAME_MAX || strlen(password) > PASSWORD_OCTETS_MAX) {
		refuse(client, name, clock_ms());
		return;
	}
	login = login_new(client, name, password);
	if (login == NULL) {
		client_reply(client, "-ERR [SYS/TEMP] no memory");
		return;
	}
	client_enter(client, CLIENT_CHECKING);
	user = find_user(login);
	if (user == NULL)
		submit(login, LANE_HASH, check_password, password_checked);
	else if (!start_opening(login, user))
		login_free(login);
}

static const char tls_first[] = "-ERR TLS first: passwords are not accepted in clear text";

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

/* RFC 4616: [authzid] NUL authcid NUL password. An authzid must be the same as the authcid. */
static void log_in_by_plain(struct client *client, const struct buffer *text)
{
	const char *const acts_for = buffer_text(text);
	const char *const end = acts_for + text->length;
	const char *const name = acts_for + strlen(acts_for) + 1;
	const char *const password = name < end ? name + strlen(name) + 1 : end;

	if (name >= end || password > end || strlen(password) != (size_t)(end - password))
		client_reply(client, "-ERR bad PLAIN response");
	else if (acts_for[0] != '\0' && strcmp(acts_for, name) != 0)
		client_reply(client, "-ERR [AUTH] a user cannot act for another user");
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
	/* Plaintext after STLS may be injected: it must not pass as sent over TLS. */
	if (evbuffer_get_length(bufferevent_get_input(client->stream)) > 0) {
		client_cut(client, "plaintext after STLS");
		return;
	}
	client_reply(client, "+OK begin TLS");
	free(client->name);
	client->name = NULL;
	client_enter(client, CLIENT_STLS);
}
