/* The commands of the TRANSACTION state, each as what to ask and what its answer means. */
#include "pop3/verbs.h"

#include <string.h>

#include "base/number.h"
#include "pop3/body.h"
#include "pop3/inside.h"
#include "pop3/listing-lines.h"

/* Asks for one thing and takes all answers up to its own. */
static int ask_and_settle(struct pop3_session *session, const struct exchange *e,
			  struct pop3_error *err)
{
	if (pipeline_ask(session, e, err) < 0)
		return -1;
	return pipeline_settle(session, err);
}

/* A refusal is kept for the caller, so that it does not end the session. */
static bool keep_refusal(const struct reply *reply, struct pop3_error *refusal)
{
	if (reply->status != REPLY_ERR)
		return false;
	reply_fail(reply, POP3_E_REFUSED, "the server refused", refusal);
	return true;
}

/* Hands a kept refusal to the caller, named after its command. */
static int outcome(int result, const struct pop3_error *refusal, const char *verb,
		   struct pop3_error *err)
{
	if (result < 0 || refusal->code == POP3_E_NONE)
		return result;
	*err = *refusal;
	return pop3_context(err, "%s", verb);
}

/* --- STAT --- */

struct stat_answer {
	struct pop3_maildrop *drop;
	struct pop3_error refusal;
};

/* "2 320", and as servers in the field say it: "2 messages (320 octets)". */
static int read_stat(struct pop3_session *session, const struct exchange *e,
		     const struct reply *reply, struct pop3_error *err)
{
	struct stat_answer *const answer = e->arg;
	size_t used;

	(void)session;
	if (keep_refusal(reply, &answer->refusal))
		return 0;
	used = number_prefix(reply->text, reply->length, &answer->drop->messages);
	if (used == 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "no number of messages in '%.*s'",
				 (int)reply->length, reply->text);
	while (used < reply->length && strchr("0123456789", reply->text[used]) == NULL)
		used++;
	answer->drop->octets = UINT64_MAX;
	if (reply->text[used - 1] != '-')
		number_prefix(reply->text + used, reply->length - used, &answer->drop->octets);
	return 0;
}

int pop3_stat(struct pop3_session *session, struct pop3_maildrop *drop, struct pop3_error *err)
{
	struct stat_answer answer = { .drop = drop };
	const struct exchange stat = {
		.verb = "STAT", .lines = -1, .answered = read_stat, .arg = &answer,
	};

	return outcome(ask_and_settle(session, &stat, err), &answer.refusal, "STAT", err);
}

/* --- LIST and UIDL --- */

typedef int add_line(struct pop3_listing *, struct listing_cursor *, const char *, size_t,
		     struct pop3_error *);

struct list_answer {
	struct pop3_listing *listing;
	add_line *add;
	struct pop3_error refusal;
};

static int read_list(struct pop3_session *session, const struct exchange *e,
		     const struct reply *reply, struct pop3_error *err)
{
	struct list_answer *const answer = e->arg;
	struct listing_cursor cursor = { 0 };
	struct wire_line line;
	int more;

	if (keep_refusal(reply, &answer->refusal))
		return 0;
	while ((more = body_line(&session->wire, &line, err)) > 0)
		if (answer->add(answer->listing, &cursor, line.text, line.length, err) < 0)
			return -1;
	listing_finish(answer->listing);
	return more;
}

static int read_list_line(struct pop3_session *session, const struct exchange *e,
			  const struct reply *reply, struct pop3_error *err)
{
	struct list_answer *const answer = e->arg;
	struct listing_cursor cursor = { 0 };

	(void)session;
	if (keep_refusal(reply, &answer->refusal))
		return 0;
	return answer->add(answer->listing, &cursor, reply->text, reply->length, err);
}

static int ask_lists(struct pop3_session *session, unsigned what, uint32_t number,
		     struct list_answer *octets, struct list_answer *uids, struct pop3_error *err)
{
	struct exchange e = {
		.number = number, .lines = -1, .answered = number ? read_list_line : read_list,
	};

	e.verb = "LIST";
	e.arg = octets;
	if ((what & POP3_LIST_OCTETS) != 0 && pipeline_ask(session, &e, err) < 0)
		return -1;
	e.verb = "UIDL";
	e.arg = uids;
	if ((what & POP3_LIST_UIDS) != 0 && pipeline_ask(session, &e, err) < 0)
		return -1;
	return pipeline_settle(session, err);
}

int pop3_list(struct pop3_session *session, unsigned what, struct pop3_listing *listing,
	      struct pop3_error *err)
{
	struct list_answer octets = { .listing = listing, .add = listing_add_octets };
	struct list_answer uids = { .listing = listing, .add = listing_add_uid };

	pop3_listing_release(listing);
	if (ask_lists(session, what, 0, &octets, &uids, err) < 0)
		return -1;
	listing->has_uids = (what & POP3_LIST_UIDS) != 0 && uids.refusal.code == POP3_E_NONE;
	if ((what & POP3_LIST_OCTETS) != 0)
		return outcome(0, &octets.refusal, "LIST", err);
	/* A server without UIDL: at least which numbers there are. */
	return listing->has_uids ? 0 : pop3_list(session, POP3_LIST_OCTETS, listing, err);
}

int pop3_list_one(struct pop3_session *session, unsigned what, uint32_t number,
		  struct pop3_listing *listing, struct pop3_error *err)
{
	struct list_answer octets = { .listing = listing, .add = listing_add_octets };
	struct list_answer uids = { .listing = listing, .add = listing_add_uid };

	pop3_listing_release(listing);
	/* LIST is asked in any case: its refusal alone says that there is no such message. */
	if (ask_lists(session, what | POP3_LIST_OCTETS, number, &octets, &uids, err) < 0)
		return -1;
	if (octets.refusal.code != POP3_E_NONE)
		return pop3_fail(err, POP3_E_NO_MESSAGE, "there is no message %u", number);
	listing->has_uids = (what & POP3_LIST_UIDS) != 0 && uids.refusal.code == POP3_E_NONE;
	if (pop3_listing_find(listing, number) < 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "LIST %u told of another message", number);
	return 0;
}

/* --- RETR and TOP --- */

struct retrieval {
	const struct pop3_request *requests;
	struct pop3_receiver *receiver;
	bool stopped; /* the receiver wants no more: only read what is on its way */
	struct pop3_error why;
};

static int conclude(struct retrieval *r, size_t i, const struct pop3_error *failure)
{
	if (!r->stopped && r->receiver->end(r->receiver, i, failure, &r->why) < 0)
		r->stopped = true;
	return 0;
}

static int read_message(struct pop3_session *session, const struct exchange *e,
			const struct reply *reply, struct pop3_error *err)
{
	struct retrieval *const r = e->arg;
	struct pop3_error failure = { .code = POP3_E_NONE }, sunk;
	struct pop3_sink *sink = NULL;

	if (keep_refusal(reply, &failure))
		return conclude(r, e->index, &failure);
	if (!r->stopped)
		sink = r->receiver->begin(r->receiver, e->index, &failure);
	if (body_read(&session->wire, reply->bare_lf, sink, r->requests[e->index].limit, &sunk,
		      err) < 0) {
		conclude(r, e->index, err);
		return -1;
	}
	if (failure.code == POP3_E_NONE)
		failure = sunk;
	return conclude(r, e->index, failure.code != POP3_E_NONE ? &failure : NULL);
}

static int retrieve(struct pop3_session *session, const char *verb, int32_t lines,
		    struct retrieval *r, size_t count, struct pop3_error *err)
{
	for (size_t i = 0; i < count && !r->stopped; i++) {
		const struct exchange e = {
			.verb = verb, .number = r->requests[i].number, .lines = lines,
			.answered = read_message, .arg = r, .index = i,
		};

		if (pipeline_ask(session, &e, err) < 0)
			return -1;
	}
	if (pipeline_settle(session, err) < 0 ||
	    (!session->quit_sent && wire_end(&session->wire, err) < 0))
		return -1;
	if (r->stopped)
		*err = r->why;
	return r->stopped ? -1 : 0;
}

int pop3_retr(struct pop3_session *session, const struct pop3_request *requests, size_t count,
	      struct pop3_receiver *receiver, struct pop3_error *err)
{
	struct retrieval r = { .requests = requests, .receiver = receiver };

	return retrieve(session, "RETR", -1, &r, count, err);
}

int pop3_top(struct pop3_session *session, uint32_t lines, const struct pop3_request *requests,
	     size_t count, struct pop3_receiver *receiver, struct pop3_error *err)
{
	struct retrieval r = { .requests = requests, .receiver = receiver };

	return retrieve(session, "TOP", (int32_t)lines, &r, count, err);
}

/* --- DELE, RSET, NOOP --- */

struct dele_answers {
	void (*refused)(void *arg, size_t i, const struct pop3_error *why);
	void *arg;
};

static int read_dele(struct pop3_session *session, const struct exchange *e,
		     const struct reply *reply, struct pop3_error *err)
{
	const struct dele_answers *const answers = e->arg;
	struct pop3_error refusal;

	(void)err;
	if (keep_refusal(reply, &refusal))
		answers->refused(answers->arg, e->index, &refusal);
	else
		session->deletions++;
	return 0;
}

int pop3_dele(struct pop3_session *session, const uint32_t *numbers, size_t count,
	      void (*refused)(void *arg, size_t i, const struct pop3_error *why), void *arg,
	      struct pop3_error *err)
{
	struct dele_answers answers = { refused, arg };

	for (size_t i = 0; i < count; i++) {
		const struct exchange e = {
			.verb = "DELE", .number = numbers[i], .lines = -1,
			.answered = read_dele, .arg = &answers, .index = i,
		};

		if (pipeline_ask(session, &e, err) < 0)
			return -1;
	}
	return pipeline_settle(session, err);
}

static int read_simple(struct pop3_session *session, const struct exchange *e,
		       const struct reply *reply, struct pop3_error *err)
{
	(void)session, (void)err;
	keep_refusal(reply, e->arg);
	return 0;
}

static int ask_simple(struct pop3_session *session, const char *verb, struct pop3_error *err)
{
	struct pop3_error refusal = { .code = POP3_E_NONE };
	const struct exchange e = {
		.verb = verb, .lines = -1, .answered = read_simple, .arg = &refusal,
	};

	return outcome(ask_and_settle(session, &e, err), &refusal, verb, err);
}

int pop3_rset(struct pop3_session *session, struct pop3_error *err)
{
	if (ask_simple(session, "RSET", err) < 0)
		return -1;
	session->deletions = 0;
	return 0;
}

int pop3_noop(struct pop3_session *session, struct pop3_error *err)
{
	return ask_simple(session, "NOOP", err);
}

/* --- CAPA --- */

static int read_capa(struct pop3_session *session, const struct exchange *e,
		     const struct reply *reply, struct pop3_error *err)
{
	if (keep_refusal(reply, e->arg))
		return 0;
	return session_read_capa(session, err);
}

int pop3_capa(struct pop3_session *session, struct pop3_error *err)
{
	struct pop3_error refusal = { .code = POP3_E_NONE };
	const struct exchange e = {
		.verb = "CAPA", .lines = -1, .answered = read_capa, .arg = &refusal,
	};

	return outcome(ask_and_settle(session, &e, err), &refusal, "CAPA", err);
}
