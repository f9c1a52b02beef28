/*
 * The commands of the TRANSACTION state: what to send, and how to read the answer. The session
 * records a refusal until it is reported, by pop3_session_await or at a mark.
 */
#include "pop3/verbs.h"

#include <string.h>

#include "base/number.h"
#include "pop3/body.h"
#include "pop3/listing-lines.h"
#include "pop3/pipelining.h"
#include "pop3/session-private.h"

/* Records a refusal of the command. */
static bool is_refused(struct pop3_session *session, const struct exchange *e,
		       const struct reply *reply)
{
	struct pop3_error refusal;

	if (!reply_is_refusal(reply, &refusal))
		return false;
	pop3_context(&refusal, "%s", e->verb);
	session_keep_refusal(session, &refusal);
	return true;
}

/* --- STAT --- */

/* Parses "2 320", and also "2 messages (320 octets)", as some servers answer. */
static int read_stat(struct pop3_session *session, const struct exchange *e,
		     const struct reply *reply, struct pop3_error *err)
{
	struct pop3_maildrop *const drop = e->arg;
	size_t used;

	if (is_refused(session, e, reply))
		return 0;
	used = number_prefix(reply->text, reply->length, &drop->messages);
	if (used == 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "no message count in '%.*s'",
				 (int)reply->length, reply->text);
	while (used < reply->length && reply->text[used] == ' ')
		used++;
	if (used == reply->length || strchr("0123456789", reply->text[used]) == NULL)
		quirk_note(session, QUIRK_STAT);
	while (used < reply->length && strchr("0123456789", reply->text[used]) == NULL)
		used++;
	drop->octets = UINT64_MAX;
	if (reply->text[used - 1] != '-')
		number_prefix(reply->text + used, reply->length - used, &drop->octets);
	return 0;
}

int pop3_stat_ahead(struct pop3_session *session, struct pop3_maildrop *drop,
		    struct pop3_error *err)
{
	const struct exchange stat = {
		.verb = "STAT", .lines = -1, .answered = read_stat, .arg = drop,
	};

	return pipeline_ask(session, &stat, err);
}

int pop3_stat(struct pop3_session *session, struct pop3_maildrop *drop, struct pop3_error *err)
{
	if (pop3_stat_ahead(session, drop, err) < 0)
		return -1;
	return pop3_session_await(session, err);
}

/* --- LIST and UIDL --- */

typedef int add_line(struct pop3_listing *, struct listing_cursor *, const char *, size_t,
		     struct pop3_error *);

struct list_answer {
	struct pop3_listing *listing;
	add_line *add;
	bool is_empty; /* begun, but no lines yet */
	bool is_wrong; /* not a line for the requested message */
	struct pop3_error refusal;
};

static int read_list(struct pop3_session *session, const struct exchange *e,
		     const struct reply *reply, struct pop3_error *err)
{
	struct list_answer *const answer = e->arg;
	struct listing_cursor cursor = { 0 };
	struct wire_line line;
	int more;

	if (reply_is_refusal(reply, &answer->refusal))
		return 0;
	answer->is_empty = true;
	while ((more = body_line(&session->wire, &line, err)) > 0) {
		if (answer->add(answer->listing, &cursor, line.text, line.length, err) < 0)
			return -1;
		answer->is_empty = false;
	}
	listing_finish(answer->listing);
	return more;
}

/*
 * A line for another message is ignored. A whole list may follow the line: "+OK 2 messages" is its
 * heading, not about message 2.
 */
static int read_list_line(struct pop3_session *session, const struct exchange *e,
			  const struct reply *reply, struct pop3_error *err)
{
	struct list_answer *const answer = e->arg;
	struct listing_cursor cursor = { 0 };

	if (reply_is_refusal(reply, &answer->refusal))
		return 0;
	session->list_may_follow = true;
	answer->is_wrong = !listing_line_is_about(reply->text, reply->length, e->number);
	if (answer->is_wrong)
		return 0;
	if (answer->add(answer->listing, &cursor, reply->text, reply->length, err) < 0)
		return -1;
	answer->is_wrong = answer->add == listing_add_octets &&
			   answer->listing->entries[0].octets == POP3_OCTETS_UNKNOWN;
	return 0;
}

/* Whether a whole list followed a line that was about the message: 1 or 0, or -1. */
static int find_list(struct pop3_session *session, struct pop3_error *err)
{
	struct wire *const wire = &session->wire;
	struct pop3_error ignored;

	if (!session->list_followed && wire_end(wire, &ignored) < 0)
		session->list_followed = wire->input[wire->begin] != '+' &&
					 wire->input[wire->begin] != '-';
	if (session->list_followed)
		return 1;
	session->list_may_follow = false;
	return pipeline_await(session, err);
}

static int ask_lists(struct pop3_session *session, unsigned what, uint32_t number,
		     struct list_answer *octets, struct list_answer *uids, struct pop3_error *err)
{
	struct exchange e = {
		.number = number, .lines = -1, .of_list = number != 0,
		.answered = number != 0 ? read_list_line : read_list,
	};

	e.verb = "LIST";
	e.arg = octets;
	if ((what & POP3_LIST_OCTETS) != 0 && pipeline_ask(session, &e, err) < 0)
		return -1;
	e.verb = "UIDL";
	e.arg = uids;
	if ((what & POP3_LIST_UIDS) != 0 && pipeline_ask(session, &e, err) < 0)
		return -1;
	return pipeline_await(session, err);
}

static bool was_refused(const struct list_answer *answer)
{
	return answer->refusal.code != POP3_E_NONE;
}

/* A temporary refusal is not evidence that the server lacks the command or the message. */
static int check_temporary(const char *verb, const struct list_answer *answer,
			   struct pop3_error *err)
{
	if ((pop3_recovery(answer->refusal.code, POP3_READY) & POP3_RETRY) == 0)
		return 0;
	*err = answer->refusal;
	return pop3_context(err, "%s", verb);
}

/* Some servers omit the dot after an empty list: checks with STAT in a new session. */
static int check_empty(struct pop3_session *session, struct pop3_listing *listing,
		       struct pop3_error *err)
{
	const struct pop3_error first = *err;
	struct pop3_maildrop drop = { .messages = 1 };

	session_note(session, "%s: asking whether the mailbox is empty", first.text);
	pop3_listing_release(listing);
	listing->has_uids = true;
	if (pop3_session_reopen(session, err) == 0 && pop3_stat(session, &drop, err) == 0 &&
	    drop.messages == 0)
		return 0;
	*err = first;
	return -1;
}

int pop3_list(struct pop3_session *session, unsigned what, struct pop3_listing *listing,
	      struct pop3_error *err)
{
	struct list_answer octets = { .listing = listing, .add = listing_add_octets };
	struct list_answer uids = { .listing = listing, .add = listing_add_uid };

	pop3_listing_release(listing);
	if (ask_lists(session, what, 0, &octets, &uids, err) < 0) {
		if ((octets.is_empty || uids.is_empty) && listing->count == 0 &&
		    (err->code == POP3_E_TIMEOUT || err->code == POP3_E_LOST ||
		     err->code == POP3_E_PROTOCOL) &&
		    pop3_session_may_reopen(session))
			return check_empty(session, listing, err);
		return -1;
	}
	if (check_temporary("UIDL", &uids, err) < 0)
		return -1;
	listing->has_uids = (what & POP3_LIST_UIDS) != 0 && !was_refused(&uids);
	if (was_refused(&octets)) {
		*err = octets.refusal;
		return pop3_context(err, "LIST");
	}
	if ((what & POP3_LIST_OCTETS) != 0 || listing->has_uids)
		return 0;
	/* Without UIDL, the caller needs at least the message numbers. */
	if (pop3_session_another_round(session, err) < 0)
		return -1;
	return pop3_list(session, POP3_LIST_OCTETS, listing, err);
}

int pop3_list_one(struct pop3_session *session, unsigned what, uint32_t number,
		  struct pop3_listing *listing, struct pop3_error *err)
{
	struct list_answer octets = { .listing = listing, .add = listing_add_octets };
	struct list_answer uids = { .listing = listing, .add = listing_add_uid };
	bool is_wrong;
	int followed = 0;
	ptrdiff_t i;

	pop3_listing_release(listing);
	session->list_followed = false;
	/* LIST is always sent: only LIST shows reliably whether the message exists. */
	what |= POP3_LIST_OCTETS;
	if (ask_lists(session, what, number, &octets, &uids, err) < 0 ||
	    check_temporary("LIST", &octets, err) < 0 || check_temporary("UIDL", &uids, err) < 0)
		return -1;
	listing->has_uids = (what & POP3_LIST_UIDS) != 0;
	is_wrong = was_refused(&octets) || octets.is_wrong || was_refused(&uids) || uids.is_wrong;
	if (!is_wrong)
		followed = find_list(session, err);
	if (followed < 0)
		return -1;
	/*
	 * Some servers answer wrongly for one message but list all correctly. QUIT may have been
	 * sent.
	 */
	if ((is_wrong || followed > 0) && (pop3_session_another_round(session, err) < 0 ||
					   pop3_list(session, what, listing, err) < 0))
		return -1;
	i = pop3_listing_find(listing, number);
	if (i < 0)
		return pop3_fail(err, POP3_E_NO_MESSAGE, "no message '%u'", number);
	listing->entries[0] = listing->entries[i];
	listing->count = 1;
	return 0;
}

/* --- DELE, RSET, NOOP --- */

static int read_dele(struct pop3_session *session, const struct exchange *e,
		     const struct reply *reply, struct pop3_error *err)
{
	struct pop3_deletions *const deletions = e->arg;
	struct pop3_error refusal;

	(void)err;
	if (reply_is_refusal(reply, &refusal))
		deletions->refused(deletions, e->index, &refusal);
	else
		session->deletions++;
	return 0;
}

int pop3_dele_ahead(struct pop3_session *session, const uint32_t *numbers, size_t count,
		    struct pop3_deletions *deletions, struct pop3_error *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct exchange e = {
			.verb = "DELE", .number = numbers[i], .lines = -1,
			.answered = read_dele, .arg = deletions, .index = (uint32_t)i,
		};

		if (pipeline_ask(session, &e, err) < 0)
			return -1;
	}
	return 0;
}

int pop3_dele(struct pop3_session *session, const uint32_t *numbers, size_t count,
	      struct pop3_deletions *deletions, struct pop3_error *err)
{
	if (pop3_dele_ahead(session, numbers, count, deletions, err) < 0)
		return -1;
	return pop3_session_await(session, err);
}

static int read_rset(struct pop3_session *session, const struct exchange *e,
		     const struct reply *reply, struct pop3_error *err)
{
	(void)err;
	if (!is_refused(session, e, reply))
		session->deletions = 0;
	return 0;
}

int pop3_rset_ahead(struct pop3_session *session, struct pop3_error *err)
{
	const struct exchange rset = { .verb = "RSET", .lines = -1, .answered = read_rset };

	return pipeline_ask(session, &rset, err);
}

int pop3_rset(struct pop3_session *session, struct pop3_error *err)
{
	if (pop3_rset_ahead(session, err) < 0)
		return -1;
	return pop3_session_await(session, err);
}

static int read_noop(struct pop3_session *session, const struct exchange *e,
		     const struct reply *reply, struct pop3_error *err)
{
	(void)err;
	is_refused(session, e, reply);
	return 0;
}

int pop3_noop_ahead(struct pop3_session *session, struct pop3_error *err)
{
	const struct exchange noop = { .verb = "NOOP", .lines = -1, .answered = read_noop };

	return pipeline_ask(session, &noop, err);
}

int pop3_noop(struct pop3_session *session, struct pop3_error *err)
{
	if (pop3_noop_ahead(session, err) < 0)
		return -1;
	return pop3_session_await(session, err);
}

/* --- CAPA --- */

static int read_capa(struct pop3_session *session, const struct exchange *e,
		     const struct reply *reply, struct pop3_error *err)
{
	if (is_refused(session, e, reply))
		return 0;
	return session_read_capa(session, err);
}

int pop3_capa_ahead(struct pop3_session *session, struct pop3_error *err)
{
	const struct exchange capa = { .verb = "CAPA", .lines = -1, .answered = read_capa };

	return pipeline_ask(session, &capa, err);
}

int pop3_capa(struct pop3_session *session, struct pop3_error *err)
{
	if (pop3_capa_ahead(session, err) < 0)
		return -1;
	return pop3_session_await(session, err);
}
