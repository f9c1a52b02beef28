/*
 * RETR and TOP, and whether each answer belongs to the right message. Some servers that are sent
 * commands ahead lose one, answer one twice or end a body late, and then all later answers belong
 * to other messages. So an answer is settled only by what follows it.
 */
#include <string.h>

#include "pop3/body.h"
#include "pop3/pipelining.h"
#include "pop3/session-private.h"
#include "pop3/verbs.h"

/* --- matching answers and commands --- */

/* All answers before request i certainly belong to their requests. */
static void settle(struct pop3_session *session, struct pop3_receiver *receiver, size_t i)
{
	receiver->settled = i;
	session->unsettled = false;
}

/*
 * A fence: a NOOP after every few requests, whose answer has no body. If the answers were out of
 * step, the answer to a RETR would be taken for the NOOP's, and the first line of its body for the
 * next status line, or the reverse. So the answer after the fence settles all requests before it.
 */
static int pass_fence(struct pop3_session *session, const struct exchange *e,
		      const struct reply *reply, struct pop3_error *err)
{
	struct pop3_receiver *const receiver = e->arg;

	(void)session, (void)reply, (void)err;
	receiver->fenced = e->index;
	return 0;
}

static int ask_fence(struct pop3_session *session, struct pop3_receiver *receiver, size_t i,
		     struct pop3_error *err)
{
	const struct exchange noop = {
		.verb = "NOOP", .lines = -1, .answered = pass_fence, .arg = receiver,
		.index = (uint32_t)i,
	};

	return pipeline_ask(session, &noop, err);
}

/*
 * In lock step nothing is due after a message: if the server continues, the message did not end
 * there. An -ERR may be the end of the session instead, which shows before the next command. What
 * is not in the input yet is found then, too, except where a message may be stored before.
 */
static int check_end(struct pop3_session *session, struct pop3_error *err)
{
	struct wire *const wire = &session->wire;
	const bool expires = pop3_session_expires(session);

	if (session->list_may_follow || (expires ? wire_end : wire_begin)(wire, err) == 0)
		return 0;
	if (wire->end - wire->begin >= 4 && memcmp(wire->input + wire->begin, "-ERR", 4) == 0)
		return 0;
	return pop3_fail(err, POP3_E_PROTOCOL, "the server sent more after the end of the message");
}

/* Checks the complete body of request i for signs that the answers are out of step. */
static int check_step(struct pop3_session *session, struct pop3_receiver *receiver, size_t i,
		      const struct body *body, struct pop3_error *err)
{
	const struct pop3_request *const request = &receiver->requests[i];
	const uint64_t octets = request->octets;

	session->unsettled = true;
	if (session->pace == PACE_LOCK_STEP) {
		settle(session, receiver, i + 1);
		return check_end(session, err);
	}
	if (body_is_status(body))
		return pop3_fail(err, POP3_E_PROTOCOL, "the message begins like another answer");
	/* The server may add the final line end that a message lacks, and not count it in LIST. */
	if (octets == 0 || body->octets == octets + strlen("\r\n"))
		return 0;
	/* Where LIST counts otherwise, a size that agrees may be that of another message. */
	if (session->sizes == SIZES_UNTRIED)
		session->sizes = body->octets == octets ? SIZES_EXACT : SIZES_DOUBTFUL;
	if (session->sizes == SIZES_DOUBTFUL)
		return 0;
	if (body->octets != octets)
		return pop3_fail(err, POP3_E_PROTOCOL,
				 "the message has %llu octets, but LIST gave %llu and was right "
				 "before",
				 (unsigned long long)body->octets, (unsigned long long)octets);
	/* Both neighbours have other sizes, so that a shift by one would be detected. */
	if ((i == 0 || request[-1].octets != octets) &&
	    (i + 1 == receiver->count || request[1].octets != octets))
		settle(session, receiver, i + 1);
	return 0;
}

/* --- one message --- */

/* When the receiver fails, it is stopped and the session goes on without it, or ends if it must. */
static int end_message(struct pop3_session *session, struct pop3_receiver *receiver, size_t i,
		       const struct pop3_error *failure, struct pop3_error *err)
{
	if (receiver->stopped || receiver->end(receiver, i, failure, err) == 0)
		return 0;
	receiver->stopped = true;
	if (receiver->hangs_up || pop3_error_ends_session(err->code))
		return -1;
	session_keep_refusal(session, err);
	return 0;
}

/* The session breaks inside a message: reports that, whatever the receiver returns. */
static int fail_message(struct pop3_session *session, struct pop3_receiver *receiver, size_t i,
			struct pop3_error *err)
{
	const struct pop3_error why = *err;

	session_doubt(session, &why);
	if (!session->unsettled && session->phase != POP3_UNSETTLED)
		settle(session, receiver, i + 1); /* this message is the one that failed */
	end_message(session, receiver, i, &why, err);
	*err = why;
	return -1;
}

/* After another message, a line in place of a status line may belong to that message. */
static int fail_answer(struct pop3_session *session, const struct exchange *e,
		       struct pop3_error *err)
{
	struct pop3_receiver *const receiver = e->arg;

	if (session->pace == PACE_LOCK_STEP && session->phase == POP3_READY)
		return fail_message(session, receiver, e->index, err);
	receiver->either_failed = session->phase == POP3_BEHIND_MESSAGE;
	return -1;
}

static int read_message(struct pop3_session *session, const struct exchange *e,
			const struct reply *reply, struct pop3_error *err)
{
	struct pop3_receiver *const r = e->arg;
	const size_t i = e->index;
	struct body body = { .bare_lf = reply->bare_lf, .limit = r->requests[i].limit };

	if (r->fenced > r->settled)
		settle(session, r, r->fenced);
	if (reply_is_refusal(reply, &body.failure)) {
		session->unsettled = true;
		if (session->pace == PACE_LOCK_STEP)
			settle(session, r, i + 1);
		return end_message(session, r, i, &body.failure, err);
	}
	session_set_phase(session, POP3_IN_MESSAGE);
	if (!r->stopped)
		body.sink = r->begin(r, i, &body.failure);
	if (body.sink != NULL)
		body.failure.code = POP3_E_NONE; /* from failed attempts to provide a sink */
	if (body_read(&session->wire, &body, err) < 0) {
		session->unsettled = session->unsettled || body_is_status(&body);
		return fail_message(session, r, i, err);
	}
	if (check_step(session, r, i, &body, err) < 0)
		return fail_message(session, r, i, err);
	session_set_phase(session, POP3_BEHIND_MESSAGE);
	return end_message(session, r, i, body.failure.code != POP3_E_NONE ? &body.failure : NULL,
			   err);
}

/* --- several messages --- */

/* lines is -1 for a verb without that argument. */
static int retrieve(struct pop3_session *session, const char *verb, int64_t lines,
		    const struct pop3_request *requests, size_t count,
		    struct pop3_receiver *receiver, struct pop3_error *err)
{
	receiver->requests = requests;
	receiver->count = count;
	receiver->settled = receiver->fenced = 0;
	receiver->stopped = receiver->either_failed = false;
	for (size_t i = 0; i < count && !receiver->stopped; i++) {
		const struct exchange e = {
			.verb = verb, .number = requests[i].number,
			.lines = (int32_t)(lines < INT32_MAX ? lines : INT32_MAX),
			.answered = read_message, .broke = fail_answer, .arg = receiver,
			.index = (uint32_t)i,
		};

		if (i > 0 && i % POP3_UNSETTLED_MAX == 0 && session->pace != PACE_LOCK_STEP &&
		    ask_fence(session, receiver, i, err) < 0)
			return -1;
		if (pipeline_ask(session, &e, err) < 0)
			return -1;
		if (requests[i].is_doubted && ask_fence(session, receiver, i + 1, err) < 0)
			return -1;
	}
	return 0;
}

/* The same, up to the last answer; then all requests are settled. */
static int retrieve_all(struct pop3_session *session, const char *verb, int64_t lines,
			const struct pop3_request *requests, size_t count,
			struct pop3_receiver *receiver, struct pop3_error *err)
{
	if (retrieve(session, verb, lines, requests, count, receiver, err) < 0 ||
	    pop3_session_await(session, err) < 0)
		return -1;
	settle(session, receiver, count);
	return 0;
}

int pop3_retr(struct pop3_session *session, const struct pop3_request *requests, size_t count,
	      struct pop3_receiver *receiver, struct pop3_error *err)
{
	return retrieve_all(session, "RETR", -1, requests, count, receiver, err);
}

int pop3_top_ahead(struct pop3_session *session, uint32_t lines,
		   const struct pop3_request *requests, size_t count,
		   struct pop3_receiver *receiver, struct pop3_error *err)
{
	return retrieve(session, "TOP", lines, requests, count, receiver, err);
}

int pop3_top(struct pop3_session *session, uint32_t lines, const struct pop3_request *requests,
	     size_t count, struct pop3_receiver *receiver, struct pop3_error *err)
{
	return retrieve_all(session, "TOP", lines, requests, count, receiver, err);
}

/* --- one message --- */

struct one_message {
	struct pop3_receiver receiver;
	struct pop3_sink *sink;
	struct pop3_error failure;
};

static struct pop3_sink *begin_one(struct pop3_receiver *receiver, size_t i,
				   struct pop3_error *err)
{
	(void)i, (void)err;
	return ((struct one_message *)receiver)->sink;
}

static int end_one(struct pop3_receiver *receiver, size_t i, const struct pop3_error *failure,
		   struct pop3_error *err)
{
	(void)i, (void)err;
	if (failure != NULL)
		((struct one_message *)receiver)->failure = *failure;
	return 0;
}

static int retrieve_one(struct pop3_session *session, const char *verb, int64_t lines,
			const struct pop3_request *request, struct pop3_sink *sink,
			struct pop3_error *err)
{
	struct one_message one = {
		.receiver = { .begin = begin_one, .end = end_one }, .sink = sink,
	};

	if (retrieve_all(session, verb, lines, request, 1, &one.receiver, err) < 0)
		return -1;
	if (one.failure.code == POP3_E_NONE)
		return 0;
	*err = one.failure;
	return -1;
}

int pop3_retr_one(struct pop3_session *session, const struct pop3_request *request,
		  struct pop3_sink *sink, struct pop3_error *err)
{
	return retrieve_one(session, "RETR", -1, request, sink, err);
}

int pop3_top_one(struct pop3_session *session, uint32_t lines, const struct pop3_request *request,
		 struct pop3_sink *sink, struct pop3_error *err)
{
	return retrieve_one(session, "TOP", lines, request, sink, err);
}
