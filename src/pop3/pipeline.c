/* Sends commands ahead of their answers, in a window; in lock step that is one command. */
#include "pop3/pipeline.h"

#include <string.h>

#include "base/number.h"
#include "pop3/session-private.h"

#define LINE_MAX 64 /* octets: a verb and two numbers */

static struct exchange *entry(struct pipeline *p, size_t i)
{
	return &p->queue[(p->oldest + i) % PIPELINE_COMMANDS];
}

static int send_one(struct pop3_session *session, struct exchange *e, struct pop3_error *err)
{
	char line[LINE_MAX];
	size_t length;

	if (e->verb == NULL)
		return 0;
	length = strlen(e->verb);
	memcpy(line, e->verb, length);
	if (e->number != 0) {
		line[length++] = ' ';
		length += number_write(line + length, e->number);
	}
	if (e->lines >= 0) {
		line[length++] = ' ';
		length += number_write(line + length, (uint32_t)e->lines);
	}
	e->octets = (uint16_t)(length + 2);
	return wire_command(&session->wire, line, length, length, err);
}

int pipeline_send(struct pop3_session *session, struct pop3_error *err)
{
	struct pipeline *const p = &session->pipeline;

	/*
	 * Refills the window once a sixteenth is free: writing for every few answers costs as much
	 * as reading them, but a partly empty window loses throughput.
	 */
	if (p->sent > PIPELINE_COMMANDS / 16 * 15 || p->octets > PIPELINE_OCTETS / 16 * 15)
		return 0;
	while (p->sent < p->count) {
		struct exchange *const e = entry(p, p->sent);

		if (p->sent > 0 &&
		    (session->pace == PACE_LOCK_STEP || p->octets >= PIPELINE_OCTETS ||
		     (session->pace == PACE_AFTER_LOGIN && session->phase == POP3_LOGGING_IN)))
			return 0;
		if (p->sent == 0 && session_begin_command(session, err) < 0)
			return -1;
		if (send_one(session, e, err) < 0)
			return -1;
		e->is_behind = p->sent > 0;
		p->octets += e->octets;
		p->sent++;
	}
	return 0;
}

static void drop_oldest(struct pipeline *p)
{
	if (p->sent > 0) {
		p->octets -= entry(p, 0)->octets;
		p->sent--;
	}
	p->oldest = (p->oldest + 1) % PIPELINE_COMMANDS;
	p->count--;
}

/* Ignores the answer to a QUIT sent with the last verbs: nothing depends on it. */
static int ignore_goodbye(struct pop3_session *session, const struct exchange *e,
			const struct reply *reply, struct pop3_error *err)
{
	(void)session, (void)e, (void)reply, (void)err;
	return 0;
}

/* Reads the answer to one exchange and calls its callback. */
static int take_answer(struct pop3_session *session, const struct exchange *e,
		       struct pop3_error *err)
{
	const bool is_goodbye = e->answered == ignore_goodbye;
	struct reply reply = { .length = 0 };

	session->listed = e->of_list ? e->number : 0;
	if (is_goodbye)
		session_set_phase(session, POP3_QUITTING);
	if (e->verb != NULL && session_reply(session, &reply, err) < 0) {
		if (is_goodbye && err->code != POP3_E_PROTOCOL)
			return 0;
		if (e->broke == NULL || err->code != POP3_E_PROTOCOL)
			return -1;
		return e->broke(session, e, err);
	}
	if (e->verb != NULL && !e->of_login && !is_goodbye) {
		session_set_phase(session, POP3_READY);
		if (session_check_parting(session, &reply, err) < 0)
			return -1;
	}
	if (e->answered(session, e, &reply, err) < 0)
		return -1;
	session_wipe_unneeded_secret(session);
	return 0;
}

static int take_one(struct pop3_session *session, struct pop3_error *err)
{
	const struct exchange e = *entry(&session->pipeline, 0);
	const bool is_named = e.verb != NULL && !e.of_login;

	if (pipeline_send(session, err) < 0)
		return -1;
	/* One step for all answers to the same verb. */
	if (is_named && (session->awaited == NULL || strcmp(session->awaited, e.verb) != 0)) {
		session->awaited = e.verb;
		session_step(session, "waiting for the answer to %s", e.verb);
	}
	if (take_answer(session, &e, err) == 0) {
		drop_oldest(&session->pipeline);
		return 0;
	}
	if (is_named && e.number != 0)
		pop3_context(err, "%s %u", e.verb, e.number);
	else if (is_named)
		pop3_context(err, "%s", e.verb);
	return -1;
}

int pipeline_take_all(struct pop3_session *session, struct pop3_error *err)
{
	while (session->pipeline.count > 0)
		if (take_one(session, err) < 0)
			return -1;
	return 0;
}

static int take_or_recover(struct pop3_session *session, struct pop3_error *err)
{
	if (take_one(session, err) == 0 || session_recover(session, err))
		return 0;
	return -1;
}

int pipeline_ask(struct pop3_session *session, const struct exchange *e, struct pop3_error *err)
{
	struct pipeline *const p = &session->pipeline;

	while (p->count == PIPELINE_COMMANDS)
		if (take_or_recover(session, err) < 0)
			return -1;
	*entry(p, p->count) = *e;
	p->count++;
	return 0;
}

void pipeline_expect(struct pop3_session *session, const struct exchange *e)
{
	struct pipeline *const p = &session->pipeline;

	*entry(p, p->count) = *e;
	p->count++;
	p->sent++;
}

int pipeline_await(struct pop3_session *session, struct pop3_error *err)
{
	const struct exchange quit = { .verb = "QUIT", .lines = -1, .answered = ignore_goodbye };

	if (session->quit == QUIT_NEXT && session->pace != PACE_LOCK_STEP) {
		session->quit = QUIT_SENT;
		if (pipeline_ask(session, &quit, err) < 0)
			return -1;
	}
	while (session->pipeline.count > 0)
		if (take_or_recover(session, err) < 0)
			return -1;
	/* Unexpected octets cast doubt on the body before them, and on everything sent ahead. */
	if ((session->phase == POP3_BEHIND_MESSAGE || session->pace != PACE_LOCK_STEP) &&
	    !session->list_may_follow && wire_end(&session->wire, err) < 0) {
		session_explain_octets(session, err);
		session_doubt(session, err);
		return -1;
	}
	session->unsettled = false;
	return 0;
}

void pipeline_rewind(struct pipeline *p)
{
	while (p->count > 0 && entry(p, 0)->of_login)
		drop_oldest(p);
	p->sent = 0;
	p->octets = 0;
}
