/* Chooses messages of a mailbox: listing, selectors, and filters on headers. */
#include "mailbox/messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mailbox/fetch-headers.h"
#include "pop3/pipelining.h"
#include "state/seen.h"

#define HEADERS_OCTETS_MAX (32UL * 1024 * 1024) /* maximum size of headers kept for the caller */

/* --- listing --- */

static bool wants_all(const struct messages *m)
{
	return !m->any_operand || selection_is_all(&m->selection);
}

/* Asks about one message, unless only the whole list shows which one it is. */
static int ask_one(struct messages *m, unsigned what, struct pop3_error *err)
{
	struct pop3_listing *const listing = &m->mailbox->listing;
	const char *uid;
	bool is_another;

	if (pop3_list_one(m->session, what, m->selection.selectors[0].first, listing, err) < 0)
		return -1;
	uid = pop3_listing_uid(listing, 0);
	if (uid == NULL || m->state == NULL)
		return 0;
	/* The one fetched under this UID may be there, too. */
	state_begin_reading(m->state);
	is_another = seen_is_another(m->state, uid, listing->entries[0].octets);
	if (state_end_reading(m->state, err) < 0)
		return -1;
	if (!is_another)
		return 0;
	if (pop3_session_another_round(m->session, err) < 0)
		return -1;
	return pop3_list(m->session, what | POP3_LIST_OCTETS, listing, err);
}

static int ask_list(struct messages *m, unsigned what, struct pop3_error *err)
{
	if (m->is_last && m->any_operand && m->selection.count == 1 &&
	    m->selection.selectors[0].kind == SELECTOR_NUMBER && !m->selection.ignore_missing)
		return ask_one(m, what, err);
	return pop3_list(m->session, what, &m->mailbox->listing, err);
}

/* Whether an operand is a server's UID; without UIDs, no message would have it. */
static bool names_uid(const struct messages *m)
{
	for (size_t i = 0; i < m->selection.count; i++)
		if (m->selection.selectors[i].kind == SELECTOR_UID &&
		    !seen_is_synthetic(m->selection.selectors[i].uid))
			return true;
	return false;
}

/*
 * A server that lists UIDL, or provided UIDs earlier, refuses it only for now: the messages must
 * not be recorded under other identities, nor all look new. The same if it suddenly lists none.
 */
static int check_refusal(struct messages *m, struct pop3_error *err)
{
	const struct pop3_listing *const listing = &m->mailbox->listing;
	bool gave = false;
	size_t ignored;

	if ((m->state == NULL && !names_uid(m)) || listing->uids_length > 0)
		return 0;
	if (m->state != NULL) {
		state_begin_reading(m->state);
		gave = seen_any_by_uid(m->state);
		if (state_end_reading(m->state, err) < 0)
			return -1;
	}
	if (gave)
		return pop3_fail(err, POP3_E_SYS_TEMP, "the server %s, though it gave UIDs before",
				 listing->has_uids ? "listed no UIDs" : "refused UIDL");
	if (!listing->has_uids &&
	    pop3_capa_find(pop3_session_capa(m->session), "UIDL", &ignored) != NULL)
		return pop3_fail(err, POP3_E_SYS_TEMP,
				 "the server refused UIDL, which is one of its capabilities");
	return 0;
}

static struct synthetic_uid_known known_to(struct messages *m)
{
	return (struct synthetic_uid_known){
		.state = m->state, .cursor = m->cursor, .shared = &m->mailbox->shared,
	};
}

static int list(struct messages *m, unsigned what, struct pop3_error *err)
{
	struct pop3_listing *const listing = &m->mailbox->listing;
	const struct synthetic_uid_known known = known_to(m);
	const bool is_last = m->quits && !m->asks_more && filter_is_empty(&m->filter);
	int reopened, needed;
	size_t ignored;

	/* If the server does not list UIDL, headers may have to follow. */
	if (is_last &&
	    ((what & POP3_LIST_UIDS) == 0 ||
	     pop3_capa_find(pop3_session_capa(m->session), "UIDL", &ignored) != NULL))
		pop3_session_last_round(m->session);
	if (ask_list(m, what, err) < 0)
		return -1;
	if ((what & POP3_LIST_UIDS) == 0)
		return 0;
	needed = synthetic_uid_is_needed(listing, &known, err);
	if (needed <= 0)
		return needed;
	if (check_refusal(m, err) < 0)
		return -1;
	/* It was not the last request after all, and QUIT may have been sent with it. */
	reopened = pop3_session_another_round(m->session, err);
	if (reopened < 0 || (reopened > 0 && ask_list(m, what, err) < 0))
		return -1;
	return synthetic_uid_complete(m->session, listing, &known, err);
}

/* Commands that share a session share one complete listing, so that nothing is requested twice. */
static int list_whole(struct messages *m, struct pop3_error *err)
{
	const struct synthetic_uid_known known = known_to(m);
	struct mailbox *const box = m->mailbox;

	/* The set of messages depends on the answers to pending deletions. */
	if (box->unanswered > 0 && !messages_are_named(m) && messages_await(m, err) < 0)
		return -1;
	if (!box->known && list(m, POP3_LIST_UIDS | POP3_LIST_OCTETS, err) < 0)
		return -1;
	box->known = true;
	/* The line that listed them may not have had a state to write to. */
	return synthetic_uid_record(&known, err);
}

bool messages_are_named(const struct messages *m)
{
	return m->any_operand &&
	       !selection_has(&m->selection, ~(unsigned)(SELECTOR_NUMBER | SELECTOR_UID));
}

/* The messages that the selection chooses from. */
struct candidates {
	const struct messages *messages;
	const size_t *places; /* indices in the listing */
};

static bool is_new(void *arg, size_t i)
{
	const struct candidates *const c = arg;
	const struct messages *const m = c->messages;
	const char *const uid = pop3_listing_uid(m->listing, c->places[i]);
	const struct seen *const seen = uid != NULL ? seen_find(m->state, m->cursor, uid) : NULL;

	return seen == NULL || !seen_is_known(seen, m->listing->entries[c->places[i]].octets);
}

/* The selection applies to the messages not marked as deleted. */
static int apply_selection(struct messages *m, bool *selected, struct pop3_error *err)
{
	const struct pop3_listing *const listing = m->listing;
	const size_t room = listing->count + 1;
	uint32_t *const numbers = calloc(room, sizeof *numbers);
	const char **const uids = calloc(room, sizeof *uids);
	size_t *const places = calloc(room, sizeof *places);
	bool *const chosen = calloc(room, sizeof *chosen);
	struct candidates candidates = { m, places };
	struct selection_mailbox mailbox = {
		.numbers = numbers, .uids = uids, .is_new = is_new, .arg = &candidates,
	};
	struct pop3_error ignored;
	int result = -1;

	if (numbers == NULL || uids == NULL || places == NULL || chosen == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		goto done;
	}
	for (size_t i = 0; i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);

		if (mailbox_is_marked(m->mailbox, i))
			continue;
		numbers[mailbox.count] = listing->entries[i].number;
		uids[mailbox.count] = uid != NULL ? uid : "";
		places[mailbox.count++] = i;
	}
	if (m->state != NULL)
		state_begin_reading(m->state);
	result = selection_apply(&m->selection, &mailbox, chosen, err);
	if (m->state != NULL && state_end_reading(m->state, result < 0 ? &ignored : err) < 0)
		result = -1;
	for (size_t i = 0; result == 0 && i < mailbox.count; i++)
		selected[places[i]] = chosen[i];
done:
	free(numbers);
	free(uids);
	free(places);
	free(chosen);
	return result;
}

/* --- filtering by headers --- */

struct judging {
	struct header_sink sink;
	struct messages *messages;
	bool *passed;
	size_t stored_octets;
	size_t undated, done;
};

/* Keeps a header for the caller, so that it need not be fetched again. */
static void store_header(struct judging *s, size_t i, const char *block, size_t length)
{
	struct messages *const m = s->messages;

	if (!m->keep_headers || s->stored_octets + length > HEADERS_OCTETS_MAX)
		return;
	m->headers[i].block = malloc(length + 1);
	if (m->headers[i].block == NULL)
		return;
	memcpy(m->headers[i].block, block, length);
	m->headers[i].block[length] = '\0';
	m->headers[i].length = length;
	s->stored_octets += length;
}

static int judge(struct header_sink *sink, size_t i, const char *block, size_t length,
		const struct pop3_error *failure, struct pop3_error *err)
{
	struct judging *const s = (struct judging *)sink;
	struct messages *const m = s->messages;
	enum filter_verdict verdict = FILTER_UNJUDGED;
	struct pop3_error why;

	(void)err;
	if (failure == NULL)
		verdict = filter_judge(&m->filter, block, length, &why);
	/* More octets may have been discarded. */
	if (verdict == FILTER_PASSES && length >= HEADER_OCTETS && filter_any_negated(&m->filter)) {
		verdict = FILTER_UNJUDGED;
		pop3_fail(&why, POP3_E_PROTOCOL, "the header is too long for --match with !~");
	}
	if (verdict == FILTER_UNJUDGED)
		m->unjudged(m, messages_entry(m, i)->number,
			    failure != NULL ? failure->text : why.text);
	s->undated += verdict == FILTER_UNDATED;
	s->passed[i] = verdict == FILTER_PASSES;
	if (s->passed[i])
		store_header(s, i, block, length);
	if (m->judged != NULL)
		m->judged(m, ++s->done, m->count, length);
	return 0;
}

static int filter_chosen(struct messages *m, struct pop3_error *err)
{
	struct judging s = { .sink = { judge }, .messages = m };
	struct pop3_request *requests;
	size_t kept = 0;
	char note[64];
	int result;

	if (filter_is_empty(&m->filter))
		return 0;
	if (messages_await(m, err) < 0)
		return -1;
	requests = messages_requests(m);
	s.passed = calloc(m->count + 1, sizeof *s.passed);
	m->headers = calloc(m->count + 1, sizeof *m->headers);
	if (requests == NULL || s.passed == NULL || m->headers == NULL) {
		result = pop3_fail(err, POP3_E_MEMORY, "out of memory");
		goto out;
	}
	if (m->judged != NULL)
		m->judged(m, 0, m->count, 0);
	result = fetch_headers(&(struct header_fetch){
		.session = m->session, .listing = m->listing, .mailbox = m->mailbox,
		.requests = requests,
		.count = m->count, .to = &s.sink, .quits = m->quits && !m->asks_more,
	}, err);
	if (s.undated > 0) {
		snprintf(note, sizeof note, "%zu message%s no usable Date", s.undated,
			 s.undated == 1 ? " has" : "s have");
		pop3_session_note(m->session, note);
	}
	for (size_t i = 0; i < m->count; i++) {
		if (!s.passed[i])
			continue;
		m->chosen[kept] = m->chosen[i];
		m->headers[kept++] = m->headers[i];
	}
	m->count = kept;
out:
	free(requests);
	free(s.passed);
	return result;
}

/* --- choosing --- */

/* A message of unknown size is neither larger nor smaller than another. */
static bool has_size(struct messages *m, const struct pop3_entry *entry)
{
	const uint64_t octets = entry->octets;

	if (octets != POP3_OCTETS_UNKNOWN)
		return (m->larger == 0 || octets > m->larger) &&
		       (m->smaller == 0 || octets < m->smaller) &&
		       (m->max_size == 0 || octets <= m->max_size);
	if (m->larger == 0 && m->smaller == 0)
		return true;
	m->unjudged(m, entry->number, "its size is unknown");
	return false;
}

/*
 * Selects by operands and size, which needs no more commands. A batch may hold thousands of
 * selections in memory, so each has space only for the selected messages, not for the whole
 * mailbox.
 */
static int select_messages(struct messages *m, struct pop3_error *err)
{
	const size_t count = m->listing->count;
	bool *const selected = calloc(count + 1, sizeof *selected);
	size_t room = 1;
	int result = 0;

	if (selected == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (!wants_all(m))
		result = apply_selection(m, selected, err);
	else
		for (size_t i = 0; i < count; i++)
			selected[i] = !mailbox_is_marked(m->mailbox, i);
	for (size_t i = 0; i < count; i++)
		room += selected[i];
	if (result == 0) {
		m->chosen = calloc(room, sizeof *m->chosen);
		if (m->chosen == NULL)
			result = pop3_fail(err, POP3_E_MEMORY, "out of memory");
	}
	for (size_t i = 0; result == 0 && i < count; i++)
		if (selected[i] && has_size(m, &m->listing->entries[i]))
			m->chosen[m->count++] = (uint32_t)i;
	free(selected);
	return result;
}

static void forget_chosen(struct messages *m)
{
	for (size_t i = 0; m->headers != NULL && i < m->count; i++)
		free(m->headers[i].block);
	free(m->headers);
	free(m->chosen);
	m->headers = NULL;
	m->chosen = NULL;
	m->count = 0;
}

void messages_cut(struct messages *m, size_t count)
{
	while (m->count > count) {
		m->count--;
		if (m->headers != NULL)
			free(m->headers[m->count].block);
	}
}

int messages_choose(struct messages *m, unsigned what, struct pop3_error *err)
{
	int result;

	if (m->is_made)
		return 0;
	forget_chosen(m);
	if (m->larger > 0 || m->smaller > 0)
		what |= POP3_LIST_OCTETS;
	if (!wants_all(m) && selection_has(&m->selection, SELECTOR_UID | SELECTOR_NEW))
		what |= POP3_LIST_UIDS;
	if ((what & POP3_LIST_OCTETS) == 0 && selection_has(&m->selection, SELECTOR_NEW)) {
		/* One with the UID of a message that disappeared is new if its size differs. */
		state_begin_reading(m->state);
		if (seen_any_absent(m->state, m->cursor))
			what |= POP3_LIST_OCTETS;
		if (state_end_reading(m->state, err) < 0)
			return -1;
	}
	if (m->is_last)
		result = list(m, what != 0 ? what : POP3_LIST_OCTETS, err);
	else
		result = list_whole(m, err);
	m->listing = &m->mailbox->listing;
	if (result < 0 || select_messages(m, err) < 0 || filter_chosen(m, err) < 0)
		return -1;
	if (m->limit > 0 && !m->limits_later)
		messages_cut(m, m->limit);
	if (m->count == 0 && m->some_wanted)
		return pop3_fail(err, POP3_E_NOTHING, "nothing was selected");
	return 0;
}

const struct pop3_entry *messages_entry(const struct messages *m, size_t i)
{
	return &m->listing->entries[m->chosen[i]];
}

const char *messages_uid(const struct messages *m, size_t i)
{
	const char *const uid = pop3_listing_uid(m->listing, m->chosen[i]);

	return uid != NULL ? uid : "";
}

struct pop3_request *messages_requests(const struct messages *m)
{
	struct pop3_request *const requests = calloc(m->count + 1, sizeof *requests);

	for (size_t i = 0; requests != NULL && i < m->count; i++)
		requests[i].number = messages_entry(m, i)->number;
	return requests;
}

int messages_await(struct messages *m, struct pop3_error *err)
{
	return m->await != NULL && !m->is_made ? m->await(m, err) : 0;
}

int messages_prove(struct messages *m, struct pop3_error *err)
{
	if (!m->mailbox->by_size)
		return 0;
	return messages_await(m, err) < 0 ? -1 : mailbox_prove(m->mailbox, m->session, err);
}

void messages_release(struct messages *m)
{
	forget_chosen(m);
	selection_release(&m->selection);
	filter_release(&m->filter);
}
