/* Logging in: choosing a mechanism, and its dialogue, in lock step or sent ahead. */
#include <string.h>

#include "base/base64.h"
#include "net/tls.h"
#include "pop3/diagnostics.h"
#include "pop3/session-private.h"

#define LINE_MAX_OCTETS 255   /* command line with CRLF (RFC 2449 section 4) */
#define CHALLENGE_MAX_STEPS 16 /* in one login */

/* --- choosing a mechanism --- */

/* Whether auto may choose the mechanism on this connection, and the server offers it. */
static bool is_eligible(const struct pop3_session *session, const struct auth_mechanism *mechanism)
{
	const struct pop3_capa *const capa = &session->capa;
	const bool clear = !session->wire.stream->is_tls && session->account->tls != POP3_TLS_OFF;
	size_t ignored;

	if ((mechanism->flags & AUTH_ASKED) != 0 ||
	    ((mechanism->flags & AUTH_BINDS) != 0 && session->login.binding.name == NULL) ||
	    ((mechanism->flags & AUTH_CLEAR) != 0 && clear))
		return false;
	if ((mechanism->flags & AUTH_COMMAND) == 0)
		return pop3_capa_lists(capa, "SASL", mechanism->name);
	/* Many servers accept USER without listing it; servers without CAPA know nothing else. */
	return pop3_capa_find(capa, "USER", &ignored) != NULL ||
	       pop3_capa_find(capa, "SASL", &ignored) == NULL;
}

/* Errors that can be found before anything is sent. */
int login_check(const struct pop3_account *account, struct pop3_error *err)
{
	if (account->auth != NULL && auth_find(account->auth) == NULL)
		return pop3_fail(err, POP3_E_USAGE, "unknown login mechanism '%s'", account->auth);
	if (account->host == NULL)
		return pop3_fail(err, POP3_E_USAGE, "the account has no host");
	if (account->user != NULL && account->secret == NULL)
		return pop3_fail(err, POP3_E_USAGE, "the user has no secret");
	return auth_check_control(account->user, account->secret, err);
}

int login_choose(struct pop3_session *session, struct pop3_error *err)
{
	const struct pop3_account *const account = session->account;
	struct login *const login = &session->login;

	login_end(login);
	if (session->wire.stream->is_tls)
		login->binding.name = tls_binding(session->wire.stream, login->binding.data,
						  &login->binding.length);
	if (account->auth != NULL)
		login->mechanism = auth_find(account->auth); /* checked by login_check */
	for (size_t i = 0; login->mechanism == NULL; i++) {
		const struct auth_mechanism *const mechanism = auth_mechanism(i);
		size_t length = 0;
		const char *const offered = pop3_capa_find(&session->capa, "SASL", &length);

		if (mechanism == NULL)
			return pop3_fail(err, POP3_E_CREDENTIALS,
					 "the server does not offer a login with a password (it "
					 "offers: %.*s)",
					 (int)length, offered != NULL ? offered : "");
		if (is_eligible(session, mechanism))
			login->mechanism = mechanism;
	}
	if (account->diagnostics != NULL)
		account->diagnostics->mechanism = login->mechanism->name;
	if ((login->mechanism->flags & AUTH_BINDS) != 0 && login->binding.name == NULL)
		return pop3_fail(err, POP3_E_USAGE, "%s needs TLS", login->mechanism->name);
	return 0;
}

void login_end(struct login *login)
{
	if (login->mechanism != NULL && login->mechanism->end != NULL)
		login->mechanism->end(&login->auth);
	explicit_bzero(login, sizeof *login);
}

/* --- the result --- */

static int refused(struct pop3_session *session, const struct reply *reply,
		   struct pop3_error *err)
{
	struct login *const login = &session->login;

	login->blamed = reply->code == REPLY_CODE_AUTH || login->auth.refusal[0] != '\0';
	/* If the server hangs up after that, do not take it for broken pipelining and try again. */
	session_set_phase(session, POP3_LOGIN_REFUSED);
	reply_fail(reply, POP3_E_CREDENTIALS, "the server refused the login", err);
	if (login->auth.refusal[0] != '\0')
		pop3_context(err, "%s", login->auth.refusal);
	return -1;
}

static int accepted(struct pop3_session *session, const struct reply *reply,
		    struct pop3_error *err)
{
	struct login *const login = &session->login;

	if (reply->status == REPLY_CONTINUE)
		quirk_note(session, QUIRK_WELCOME);
	if (login->mechanism->accepted != NULL &&
	    login->mechanism->accepted(&login->auth, err) < 0)
		return -1;
	if (session->account->diagnostics != NULL)
		session->account->diagnostics->logged_in = true;
	session_step(session, "logged in");
	session_set_phase(session, POP3_UNPROVEN);
	login_end(login);
	session_wipe_unneeded_secret(session);
	return 0;
}

/* --- lines of a login --- */

/* Sends the line and wipes it. */
static int send_line(struct pop3_session *session, struct buffer *line, bool is_response,
		     struct pop3_error *err)
{
	const struct auth_mechanism *const mechanism = session->login.mechanism;
	const char *const text = buffer_text(line);
	size_t shown = 0;
	int result = buffer_check(line, POP3_E_USAGE, err);

	/* Traces the verb of a command, and the next word of USER and AUTH. */
	if (!is_response && (mechanism->flags & AUTH_COMMAND) == 0)
		shown = strlen("AUTH ") + strlen(mechanism->name) + 1;
	else if (!is_response)
		shown = strncmp(text, "USER ", 5) == 0 ? line->length : strcspn(text, " ") + 1;
	if (result == 0)
		result = wire_command(&session->wire, text, line->length,
				      shown < line->length ? shown : line->length, err);
	buffer_wipe(line);
	return result;
}

/* --- AUTH in lock step --- */

struct dialogue {
	struct buffer response, challenge, line;
	bool is_waiting; /* the response is not sent yet */
	bool has_asked;	 /* the server sent a challenge */
};

static int fail_challenge(struct pop3_error *err)
{
	return pop3_fail(err, POP3_E_PROTOCOL, "the server sent an unexpected challenge");
}

static int answer_challenge(struct pop3_session *session, const struct reply *reply,
			    struct dialogue *d, struct pop3_error *err)
{
	struct login *const login = &session->login;
	struct buffer *const challenge = &d->challenge;
	/* For the response that was already sent with AUTH. */
	const bool asks_again = !d->has_asked && reply->length == 0 &&
				(login->mechanism->flags & AUTH_SERVER_FIRST) == 0;

	if (d->is_waiting || asks_again) {
		if (reply->length > 0)
			quirk_note(session, QUIRK_NO_BASE64);
	} else if (login->mechanism->step == NULL) {
		return fail_challenge(err);
	} else {
		buffer_wipe(&d->response);
		buffer_clear(challenge);
		if (!base64_decode(challenge, reply->text, reply->length)) {
			if (buffer_check(challenge, POP3_E_PROTOCOL, err) < 0)
				return -1;
			/* Some servers send words where none are expected: they count as empty. */
			quirk_note(session, QUIRK_NO_BASE64);
			buffer_clear(challenge);
		}
		if (login->mechanism->step(&login->auth, buffer_text(challenge), challenge->length,
					   &d->response, err) < 0)
			return -1;
	}
	d->is_waiting = false;
	d->has_asked = true;
	base64_encode(&d->line, buffer_text(&d->response), d->response.length);
	return send_line(session, &d->line, true, err);
}

/*
 * Whether a reply ends the login. Some servers ask with "+", "+OK", or "+ " and words, and others
 * send the same for success; so it depends on whether the mechanism expects more challenges. A "+"
 * alone after AUTH asks for the initial response again, unless the server always answers without a
 * word.
 */
static bool is_verdict(const struct pop3_session *session, const struct reply *reply,
		       bool has_asked)
{
	const struct login *const login = &session->login;

	if ((login->mechanism->flags & AUTH_COMMAND) != 0)
		return true;
	if (login->auth.answered < login->mechanism->questions)
		return false;
	if (reply->status == REPLY_OK)
		return reply->is_word || session->terse || has_asked;
	return login->mechanism->step == NULL && reply->length > 0;
}

/* Reads replies to AUTH and to each response until the login succeeds or fails. */
static int answer_challenges(struct pop3_session *session, struct dialogue *d,
			     struct pop3_error *err)
{
	for (int step = 0; step < CHALLENGE_MAX_STEPS; step++) {
		struct reply reply;

		if (session_reply(session, &reply, err) < 0)
			return pop3_context(err, "login");
		if (reply.status == REPLY_ERR)
			return refused(session, &reply, err);
		if (!d->is_waiting && is_verdict(session, &reply, d->has_asked))
			return accepted(session, &reply, err);
		if (answer_challenge(session, &reply, d, err) < 0)
			return pop3_context(err, "login by %s", session->login.mechanism->name);
	}
	return fail_challenge(err);
}

/* The answer to a command line of the login; the last one (index 1) decides the login. */
static int login_answered(struct pop3_session *session, const struct exchange *e,
			  const struct reply *reply, struct pop3_error *err)
{
	if (reply->status == REPLY_ERR)
		return refused(session, reply, err);
	if (e->index == 0)
		return 0;
	if (!is_verdict(session, reply, false))
		return fail_challenge(err);
	return accepted(session, reply, err);
}

/* Reads the answer, or leaves it due when the login is sent ahead. */
static int expect_answer(struct pop3_session *session, const char *verb, bool is_last,
			 struct pop3_error *err)
{
	const struct exchange e = {
		.verb = verb, .lines = -1, .answered = login_answered, .index = is_last,
		.of_login = true,
	};
	struct reply reply;

	if (session->pace != PACE_LOCK_STEP) {
		pipeline_expect(session, &e);
		return 0;
	}
	if (session_reply(session, &reply, err) < 0)
		return -1;
	return login_answered(session, &e, &reply, err);
}

static int log_in_by_sasl(struct pop3_session *session, struct dialogue *d, struct pop3_error *err)
{
	struct login *const login = &session->login;
	const struct auth_mechanism *const mechanism = login->mechanism;
	const bool speaks_first = (mechanism->flags & AUTH_SERVER_FIRST) == 0;
	size_t length;
	bool at_once;

	if (speaks_first && mechanism->start(&login->auth, &d->response, err) < 0)
		return -1;
	length = strlen("AUTH ") + strlen(mechanism->name) + strlen(" ") +
		 (d->response.length + 2) / 3 * 4 + strlen("\r\n");
	at_once = speaks_first && length <= LINE_MAX_OCTETS;
	d->is_waiting = speaks_first && !at_once;
	if (session->pipeline.sent == 0 && wire_begin(&session->wire, err) < 0)
		return -1;
	buffer_append_format(&d->line, "AUTH %s%s", mechanism->name, at_once ? " " : "");
	if (at_once && d->response.length == 0)
		buffer_append_octet(&d->line, '='); /* RFC 5034 section 4 */
	else if (at_once)
		base64_encode(&d->line, buffer_text(&d->response), d->response.length);
	if (send_line(session, &d->line, false, err) < 0)
		return -1;
	if (session->pace != PACE_LOCK_STEP && at_once && (mechanism->flags & AUTH_AHEAD) != 0)
		return expect_answer(session, "AUTH", true, err);
	/* Commands sent before AUTH are answered before it. */
	if (session->pace != PACE_LOCK_STEP && pipeline_take_all(session, err) < 0)
		return -1;
	return answer_challenges(session, d, err);
}

/* --- login by command lines: USER and PASS, APOP --- */

/* Sends each line once it is known whether another one follows. */
static int log_in_by_commands(struct pop3_session *session, struct dialogue *d,
			      struct pop3_error *err)
{
	struct login *const login = &session->login;
	const struct auth_mechanism *const mechanism = login->mechanism;
	struct buffer *const line = &d->line, *const next = &d->response;

	if (mechanism->start(&login->auth, line, err) < 0)
		return -1;
	while (line->length > 0) {
		struct buffer sent;

		if (session->pipeline.sent == 0 && wire_begin(&session->wire, err) < 0)
			return -1;
		if (send_line(session, line, false, err) < 0)
			return -1;
		if (mechanism->step != NULL && mechanism->step(&login->auth, "", 0, next, err) < 0)
			return -1;
		if (expect_answer(session, mechanism->name, next->length == 0, err) < 0)
			return -1;
		sent = *line;
		*line = *next;
		*next = sent;
	}
	return 0;
}

int login_begin(struct pop3_session *session, struct pop3_error *err)
{
	const struct pop3_account *const account = session->account;
	const struct pop3_capa *const capa = &session->capa;
	struct login *const login = &session->login;
	struct dialogue d = { .challenge = { .limit = WIRE_INPUT } };
	struct buffer *const secrets[] = { &d.response, &d.challenge, &d.line };
	int result;

	login->auth = (struct auth){
		.mechanism = login->mechanism, .user = account->user, .secret = account->secret,
		.host = account->host, .port = session->port, .timeouts = &account->timeouts,
		.greeting = buffer_text(&session->greeting),
		/* SCRAM sends 'n' if it is unknown whether the server binds. */
		.binding = capa->lines > 0 ? &login->binding : NULL,
		.server_binds = pop3_capa_lists(capa, "SASL", auth_scram_sha_256_plus.name) ||
				pop3_capa_lists(capa, "SASL", auth_scram_sha_1_plus.name),
	};
	session_step(session, "logging in as %.120s with %s", account->user,
		     login->mechanism->name);
	if ((login->mechanism->flags & AUTH_COMMAND) != 0)
		result = log_in_by_commands(session, &d, err);
	else
		result = log_in_by_sasl(session, &d, err);
	for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
		buffer_wipe(secrets[i]);
		buffer_release(secrets[i]);
	}
	return result;
}
