/* The life of a session: capabilities, login, and QUIT or hanging up. */
#include "pop3/session-private.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "pop3/body.h"
#include "pop3/diagnostics.h"
#include "pop3/listing-lines.h"
#include "pop3/pipelining.h"

#define BLANK_LINES_MAX 4 /* skipped before a status line */

/* --- phases --- */

#define PHASE(phase) (1U << (phase))

/* Which phases may follow each one; POP3_CONNECTING may follow any. */
static const unsigned short followers[] = {
	[POP3_CONNECTING] = PHASE(POP3_LOGGING_IN) | PHASE(POP3_UNPROVEN),
	[POP3_LOGGING_IN] = PHASE(POP3_LOGIN_REFUSED) | PHASE(POP3_UNPROVEN),
	[POP3_LOGIN_REFUSED] = 0,
	[POP3_UNPROVEN] = PHASE(POP3_READY) | PHASE(POP3_QUITTING),
	[POP3_READY] = PHASE(POP3_READY) | PHASE(POP3_IN_MESSAGE) | PHASE(POP3_UNSETTLED) |
		       PHASE(POP3_QUITTING),
	[POP3_IN_MESSAGE] = PHASE(POP3_BEHIND_MESSAGE) | PHASE(POP3_UNSETTLED),
	[POP3_BEHIND_MESSAGE] = PHASE(POP3_READY) | PHASE(POP3_UNSETTLED) | PHASE(POP3_QUITTING),
	[POP3_UNSETTLED] = 0,
	[POP3_QUITTING] = PHASE(POP3_UNSETTLED),
};

static_assert(sizeof followers / sizeof followers[0] == POP3_PHASES, "every phase has followers");

void session_set_phase(struct pop3_session *session, enum pop3_phase phase)
{
	if (phase == POP3_CONNECTING || (followers[session->phase] & PHASE(phase)) != 0)
		session->phase = phase;
}

enum pop3_phase pop3_session_phase(const struct pop3_session *session)
{
	return session->phase;
}

/* --- one command, one answer --- */

static int read_status_line(struct pop3_session *session, struct wire_line *line,
			    struct pop3_error *err)
{
	int blanks = 0;

	for (size_t strays = 0; strays < POP3_LISTING_MESSAGES; strays++) {
		if (wire_line(&session->wire, line, err) < 0)
			return -1;
		/* The rest of a list sent in place of a one-line answer. */
		if (session->list_may_follow && line->length > 0 && line->text[0] != '+' &&
		    line->text[0] != '-') {
			session->list_followed = true;
			continue;
		}
		if (line->length > 0 || blanks++ == BLANK_LINES_MAX)
			break;
		quirk_note(session, QUIRK_BLANK_LINE);
	}
	return 0;
}

int session_reply(struct pop3_session *session, struct reply *reply, struct pop3_error *err)
{
	struct wire_line line;

	if (read_status_line(session, &line, err) < 0)
		return -1;
	if (reply_parse(line.text, line.length, reply)) {
		session->list_may_follow = false;
	} else if (listing_line_is_about(line.text, line.length, session->listed)) {
		*reply = (struct reply){ .status = REPLY_OK, .text = line.text,
					 .length = line.length, .is_word = true };
	} else {
		wire_trace(&session->wire, POP3_RECEIVED, line.text, line.length);
		return pop3_fail(err, POP3_E_PROTOCOL, "not a POP3 server's answer: '%.*s'",
				 line.length > 80 ? 80 : (int)line.length, line.text);
	}
	if (reply->status == REPLY_CONTINUE)
		wire_trace(&session->wire, POP3_RECEIVED, "+ ********", strlen("+ ********"));
	else
		wire_trace(&session->wire, POP3_RECEIVED, line.text, line.length);
	reply->bare_lf = line.bare_lf;
	if (reply->bare_lf)
		quirk_note(session, QUIRK_BARE_LF);
	if (reply->status != REPLY_CONTINUE && !reply->is_word)
		quirk_note(session, QUIRK_SHORT_STATUS);
	return 0;
}

int session_begin_command(struct pop3_session *session, struct pop3_error *err)
{
	if (session->list_may_follow || wire_begin(&session->wire, err) == 0)
		return 0;
	return session_explain_octets(session, err);
}

int session_command(struct pop3_session *session, const char *line, struct reply *reply,
		    struct pop3_error *err)
{
	const size_t length = strlen(line);

	session->listed = 0;
	if (session_begin_command(session, err) < 0 ||
	    wire_command(&session->wire, line, length, length, err) < 0 ||
	    session_reply(session, reply, err) < 0)
		return pop3_context(err, "%s", line);
	return 0;
}

int session_read_capa(struct pop3_session *session, struct pop3_error *err)
{
	struct wire_line line;
	int more;

	pop3_capa_release(&session->capa);
	while ((more = body_line(&session->wire, &line, err)) > 0)
		if (pop3_capa_add(&session->capa, line.text, line.length, err) < 0)
			return -1;
	return more;
}

/* --- capabilities --- */

/* Some servers hang up on CAPA: reconnects and goes on without it. */
static int learn_capa(struct pop3_session *session, struct pop3_error *err)
{
	struct reply reply;
	int result;

	session_step(session, "asking for the capabilities");
	pop3_capa_release(&session->capa);
	session->remembered = false;
	result = session_command(session, "CAPA", &reply, err);
	if (result == 0 && reply.status == REPLY_ERR)
		quirk_note(session, QUIRK_NO_CAPA);
	else if (result == 0 && session_read_capa(session, err) < 0)
		result = pop3_context(err, "CAPA");
	if (result == 0) {
		cache_learn(&session->cache, buffer_text(&session->greeting), &session->capa);
		return 0;
	}
	if (err->code != POP3_E_LOST)
		return -1;
	session_note(session, "the server closed the connection on CAPA: continuing without "
				  "it");
	pop3_capa_release(&session->capa);
	session_hang_up(session);
	return session_connect(session, err);
}

static enum session_pace choose_pace(const struct pop3_session *session)
{
	const struct pop3_capa *const capa = &session->capa;
	size_t ignored;

	if (session->lock_step || session->account->lock_step ||
	    pop3_capa_find(capa, "PIPELINING", &ignored) == NULL)
		return PACE_LOCK_STEP;
	/*
	 * What follows a login gets lost: Courier starts another program for the login, and Cyrus
	 * discards its input after AUTH.
	 */
	if (pop3_capa_lists(capa, "IMPLEMENTATION", "Courier") ||
	    pop3_capa_lists(capa, "IMPLEMENTATION", "Cyrus"))
		return PACE_AFTER_LOGIN;
	return PACE_AHEAD;
}

/* Connects and gets the capabilities, from the cache or from the server. */
static int learn_server(struct pop3_session *session, struct pop3_error *err)
{
	int result;

	if (session_connect(session, err) < 0)
		return -1;
	if (!session->recovered && cache_knows(&session->cache, buffer_text(&session->greeting))) {
		session_step(session, "capabilities remembered from an earlier session");
		session->remembered = true;
		pop3_capa_release(&session->capa);
		result = pop3_capa_copy(&session->capa, &session->cache.capa, err);
	} else {
		result = learn_capa(session, err);
	}
	session->lock_step = session->lock_step || session->cache.lock_step;
	session->pace = choose_pace(session);
	if (result == 0 && session->account->diagnostics != NULL)
		result = pop3_capa_copy(&session->account->diagnostics->capa, &session->capa, err);
	return result;
}

static int note_utf8(struct pop3_session *session, const struct exchange *e,
		     const struct reply *reply, struct pop3_error *err)
{
	(void)e, (void)err;
	if (reply->status == REPLY_ERR)
		session_note(session, "the server offers UTF8 but refused it");
	return 0;
}

/* Without UTF8, some servers replace UTF-8 messages by a stub (RFC 6856 section 3). */
static int ask_for_utf8(struct pop3_session *session, struct pop3_error *err)
{
	const struct exchange utf8 = {
		.verb = "UTF8", .lines = -1, .answered = note_utf8, .of_login = true,
	};
	struct reply reply;
	size_t ignored;

	if (pop3_capa_find(&session->capa, "UTF8", &ignored) == NULL)
		return 0;
	if (session->pace != PACE_LOCK_STEP) {
		if (pipeline_ask(session, &utf8, err) < 0)
			return -1;
		return pipeline_send(session, err); /* the login is sent together with it */
	}
	if (session_command(session, "UTF8", &reply, err) < 0)
		return -1;
	return note_utf8(session, &utf8, &reply, err);
}

unsigned pop3_session_login_delay(const struct pop3_session *session)
{
	size_t length;
	const char *const text = pop3_capa_find(&session->capa, "LOGIN-DELAY", &length);
	uint64_t seconds = 0;

	if (text != NULL)
		number_prefix(text, length, &seconds);
	return seconds < UINT_MAX ? (unsigned)seconds : 0;
}

bool pop3_session_expires(const struct pop3_session *session)
{
	return pop3_capa_lists(&session->capa, "EXPIRE", "0");
}

/*
 * Finds the secret of the chosen login, unless it is there. Reconnects if the server has closed the
 * connection while a password was typed or searched for.
 */
static int find_secret(struct pop3_session *session, struct pop3_error *err)
{
	const struct pop3_account *const account = session->account;

	if (account->secret_source == NULL || account->secret->length > 0 ||
	    (session->login.mechanism->flags & AUTH_NO_PASSWORD) != 0)
		return 0;
	session_step(session, "finding the password of %.120s", account->user);
	if (account->secret_source->find(account->secret_source, account->secret, err) < 0 ||
	    login_check(account, err) < 0)
		return -1;
	if (wire_is_quiet(&session->wire))
		return 0;
	session_step(session, "the server closed the connection meanwhile: connecting again");
	session_hang_up(session);
	if (learn_server(session, err) < 0)
		return -1;
	return login_choose(session, err);
}

static int log_in(struct pop3_session *session, struct pop3_error *err)
{
	if (pop3_session_login_delay(session) > 0)
		session_note(session, "the server requires %u seconds between logins",
			     pop3_session_login_delay(session));
	if (pop3_session_expires(session))
		session_note(session, "the server deletes messages once fetched (EXPIRE 0)");
	if (session->account->user == NULL) {
		session_set_phase(session, POP3_UNPROVEN);
		return 0;
	}
	if (login_choose(session, err) < 0 || find_secret(session, err) < 0)
		return -1;
	session_set_phase(session, POP3_LOGGING_IN);
	if (ask_for_utf8(session, err) < 0)
		return -1;
	return login_begin(session, err);
}

/* --- failures of commands sent ahead --- */

void session_doubt(struct pop3_session *session, const struct pop3_error *failure)
{
	const unsigned recovery = pop3_recovery(failure->code, POP3_UNSETTLED);

	if (session->pace == PACE_LOCK_STEP || (recovery & POP3_LOCK_STEP) == 0 ||
	    (!session->unsettled && failure->code != POP3_E_PROTOCOL))
		return;
	session_set_phase(session, POP3_UNSETTLED);
	if (session->phase == POP3_UNSETTLED)
		cache_learn_lock_step(&session->cache, true);
}

/* Whether answers to commands sent ahead with the login are still due. */
static bool is_in_first_flight(const struct pop3_session *session)
{
	return session->pace != PACE_LOCK_STEP &&
	       (session->phase == POP3_LOGGING_IN || session->phase == POP3_UNPROVEN);
}

/* Does not try a refused secret again, unless the capabilities differ from the cached ones. */
static int learn_server_again(struct pop3_session *session, bool refused, struct pop3_error *err)
{
	struct pop3_capa before = session->capa;
	int result;

	session->capa = (struct pop3_capa){ .text = NULL };
	result = learn_server(session, err);
	if (result == 0 && refused && pop3_capa_equal(&before, &session->capa))
		result = -1;
	pop3_capa_release(&before);
	return result;
}

/* No answer to a command behind another one: the server may have lost it, or the network stalls. */
static bool has_stalled(const struct pop3_session *session, const struct pop3_error *why)
{
	const struct pipeline *const p = &session->pipeline;
	const int64_t until_ms = session->account->timeouts.until_ms;

	return why->code == POP3_E_TIMEOUT && p->queue[p->oldest].is_behind &&
	       (session->phase == POP3_READY || session->phase == POP3_BEHIND_MESSAGE) &&
	       (until_ms == 0 || clock_ms() < until_ms);
}

bool session_recover(struct pop3_session *session, struct pop3_error *err)
{
	const struct pop3_error first = *err;
	const unsigned recovery =
		is_in_first_flight(session) ? pop3_recovery(err->code, session->phase) : 0;
	/* Perhaps because of cached capabilities, not of the credentials. */
	const bool refused = session->remembered && session->phase == POP3_LOGIN_REFUSED &&
			     err->code == POP3_E_CREDENTIALS && !session->login.blamed;
	const bool reconnects = refused || (recovery & POP3_RECONNECT) != 0;

	session_doubt(session, err);
	/* A server not known by name may lose what follows a login: remembers it for next time. */
	if (!reconnects && (recovery & POP3_LOCK_STEP) != 0)
		cache_learn_lock_step(&session->cache, true);
	if (has_stalled(session, err))
		cache_learn_stall(&session->cache, true);
	if (session->recovered || !reconnects)
		return false;
	session_note(session, "%s: asking again in lock step", first.text);
	pipeline_rewind(&session->pipeline);
	session_hang_up(session);
	session->recovered = session->lock_step = true;
	if (learn_server_again(session, refused, err) < 0) {
		*err = first;
		return false;
	}
	if ((recovery & POP3_LOCK_STEP) != 0)
		cache_learn_lock_step(&session->cache, true);
	if (log_in(session, err) < 0)
		return false;
	if ((recovery & POP3_LOCK_STEP) != 0)
		quirk_note(session, QUIRK_AHEAD);
	return true;
}

void session_wipe_unneeded_secret(struct pop3_session *session)
{
	/* A hint of a last round may have to be withdrawn, even after QUIT was sent. */
	if (!session->account->one_session || session->phase < POP3_UNPROVEN ||
	    is_in_first_flight(session) || session->quit != QUIT_LATER)
		return;
	pop3_session_wipe_secret(session);
}

void pop3_session_wipe_secret(struct pop3_session *session)
{
	if (session->account->secret != NULL)
		pop3_secret_wipe(session->account->secret);
	session->secret_wiped = true;
}

/* --- the session --- */

struct pop3_session *pop3_session_open(const struct pop3_account *account, struct pop3_error *err)
{
	struct pop3_session *const session = calloc(1, sizeof *session);

	if (session == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	session->account = account;
	session->port = account->port != 0		    ? account->port
			: account->tls == POP3_TLS_IMPLICIT ? 995
							    : 110;
	cache_load(&session->cache, account);
	if (login_check(account, err) < 0 || learn_server(session, err) < 0 ||
	    (log_in(session, err) < 0 && !session_recover(session, err))) {
		pop3_session_close(session);
		return NULL;
	}
	return session;
}

int pop3_session_reopen(struct pop3_session *session, struct pop3_error *err)
{
	if (session->secret_wiped)
		return pop3_fail(err, POP3_E_BUG, "cannot open a second session here");
	session->pipeline.count = 0;
	pipeline_rewind(&session->pipeline);
	session_hang_up(session);
	session->recovered = false;
	session->quit = QUIT_LATER;
	session->deletions = 0;
	session->refusal.code = POP3_E_NONE;
	session->unsettled = session->list_may_follow = false;
	if (learn_server(session, err) < 0)
		return -1;
	return log_in(session, err);
}

void session_keep_refusal(struct pop3_session *session, const struct pop3_error *failure)
{
	if (session->refusal.code == POP3_E_NONE)
		session->refusal = *failure;
}

/* Reports the recorded refusal, once. */
static int take_refusal(struct pop3_session *session, struct pop3_error *err)
{
	if (session->refusal.code == POP3_E_NONE)
		return 0;
	*err = session->refusal;
	session->refusal.code = POP3_E_NONE;
	return -1;
}

int pop3_session_await(struct pop3_session *session, struct pop3_error *err)
{
	if (pipeline_await(session, err) < 0)
		return -1;
	if (session->phase == POP3_BEHIND_MESSAGE)
		session_set_phase(session, POP3_READY);
	return take_refusal(session, err);
}

static int answer_mark(struct pop3_session *session, const struct exchange *e,
		 const struct reply *reply, struct pop3_error *err)
{
	struct pop3_mark *const mark = e->arg;
	struct pop3_error failure;

	(void)reply;
	return mark->reached(mark, take_refusal(session, &failure) < 0 ? &failure : NULL, err);
}

int pop3_session_mark(struct pop3_session *session, struct pop3_mark *mark,
		      struct pop3_error *err)
{
	const struct exchange e = { .answered = answer_mark, .arg = mark };

	return pipeline_ask(session, &e, err);
}

void pop3_session_last_round(struct pop3_session *session)
{
	if (!session->secret_wiped && session->quit == QUIT_LATER)
		session->quit = QUIT_NEXT;
}

int pop3_session_another_round(struct pop3_session *session, struct pop3_error *err)
{
	if (session->quit != QUIT_SENT) {
		session->quit = QUIT_LATER;
		return 0;
	}
	if (pop3_session_reopen(session, err) < 0)
		return -1;
	return 1;
}

void pop3_session_note(struct pop3_session *session, const char *text)
{
	session_note(session, "%s", text);
}

int pop3_session_quit(struct pop3_session *session, struct pop3_error *err)
{
	struct pop3_error why;
	struct reply reply;

	if (pipeline_await(session, err) < 0)
		return -1;
	cache_learn_stall(&session->cache, false);
	if (session->quit == QUIT_SENT)
		return 0;
	session->quit = QUIT_SENT;
	session_step(session, "waiting for the answer to QUIT");
	session_set_phase(session, POP3_QUITTING);
	if (session_command(session, "QUIT", &reply, &why) == 0) {
		if (reply.status != REPLY_ERR)
			return 0;
		reply_fail(&reply, POP3_E_REFUSED, "QUIT", &why);
	}
	if (session->deletions > 0)
		return pop3_fail(err, POP3_E_UNCONFIRMED, "deletions not confirmed: %s", why.text);
	/* Only other octets in place of this answer matter: they cast doubt on earlier ones. */
	if (why.code != POP3_E_PROTOCOL && why.code != POP3_E_INTERRUPTED)
		return 0;
	*err = why;
	return -1;
}

bool pop3_session_may_reopen(const struct pop3_session *session)
{
	return session->deletions == 0 && !session->secret_wiped;
}

void pop3_session_abandon(struct pop3_session *session)
{
	struct pop3_error ignored;

	if (session->deletions == 0 && session->pipeline.count == 0 &&
	    !pop3_session_expires(session))
		pop3_session_quit(session, &ignored);
}

void pop3_session_close(struct pop3_session *session)
{
	if (session == NULL)
		return;
	session_hang_up(session);
	cache_save(&session->cache);
	cache_release(&session->cache);
	pop3_capa_release(&session->capa);
	buffer_release(&session->greeting);
	free(session);
}

void pop3_session_lock_step(struct pop3_session *session)
{
	session->lock_step = true;
	session->pace = PACE_LOCK_STEP;
}

void pop3_session_judge_pipelining(struct pop3_session *session, bool is_broken)
{
	cache_learn_lock_step(&session->cache, is_broken);
	if (is_broken) {
		quirk_note(session, QUIRK_AHEAD);
		return;
	}
	session->lock_step = false;
	session->sizes = SIZES_DOUBTFUL;
	/* A session that breaks inside a message keeps its pace: the failure is judged by it. */
	if (session->phase != POP3_IN_MESSAGE)
		session->pace = choose_pace(session);
}

const struct pop3_capa *pop3_session_capa(const struct pop3_session *session)
{
	return &session->capa;
}
