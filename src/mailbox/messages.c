/* Which messages: operands and filters, and what of a mailbox they choose. */
#include "mailbox/messages-sift.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/locale.h"
#include "cli/output.h"
#include "mailbox/mailbox.h"
#include "mailbox/synthetic-uid.h"
#include "pop3/pipelining.h"
#include "state/seen.h"

#define FIELD(name) offsetof(struct message_options, name)

const struct option_spec message_options[] = {
	{ OPTION_SIZE, 0, "larger", FIELD(larger), "SIZE", "only messages of more octets", NULL },
	{ OPTION_SIZE, 0, "smaller", FIELD(smaller), "SIZE", "only messages of fewer octets",
	  NULL },
	{ OPTION_LIST, 0, "match", FIELD(match), "FIELD~REGEX",
	  "only messages with such a header field (!~: without)", NULL },
	{ OPTION_DURATION, 0, "older-than", FIELD(older), "TIME",
	  "only messages whose Date is older: 14d", NULL },
	{ OPTION_DURATION, 0, "newer-than", FIELD(newer), "TIME", "only those whose Date is newer",
	  NULL },
	{ OPTION_NUMBER, 0, "limit", FIELD(limit), "N", "no more than the first N of them", NULL },
	{ OPTION_TEXT, 0, "cursor", FIELD(cursor), "NAME",
	  "the set of seen messages that 'new' is about", NULL },
	{ OPTION_FLAG, 'e', "exit-status", FIELD(exit_status), NULL,
	  "exit 1 when nothing is selected", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* --- operands --- */

static int parse_stdin(struct selection *selection, bool nul, struct pop3_error *err)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t length;
	int result = 0;

	while (result == 0 && (length = getdelim(&line, &size, nul ? '\0' : '\n', stdin)) > 0) {
		if (nul && line[length - 1] == '\0')
			length--;
		result = selection_parse_record(line, (size_t)length, selection, err);
	}
	if (result == 0 && ferror(stdin))
		result = pop3_fail_errno(err, POP3_E_IO, "cannot read stdin");
	free(line);
	return result;
}

static int parse_filter(struct messages *m, struct pop3_error *err)
{
	const int64_t now = time(NULL);

	if (m->options.older > 0)
		m->filter.before = now - (int64_t)m->options.older;
	if (m->options.newer > 0)
		m->filter.after = now - (int64_t)m->options.newer;
	if (m->options.match.count > 0)
		locale_use_utf8();
	for (size_t i = 0; i < m->options.match.count; i++)
		if (filter_add(&m->filter, m->options.match.items[i], err) < 0)
			return pop3_context(err, "--match");
	return 0;
}

int messages_parse(struct messages *messages, char **operands, size_t count, bool nul,
		   struct pop3_error *err)
{
	if (parse_filter(messages, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		const bool from_stdin = strcmp(operands[i], "-") == 0;

		messages->any_operand = true;
		if (from_stdin ? parse_stdin(&messages->selection, nul, err) < 0
			       : selection_parse(operands[i], &messages->selection, err) < 0)
			return -1;
	}
	return 0;
}

/* --- the mailbox --- */

static bool wants_all(const struct messages *m)
{
	return !m->any_operand || selection_is_all(&m->selection);
}

static unsigned what_to_list(const struct messages *m, unsigned what)
{
	if (m->options.larger > 0 || m->options.smaller > 0)
		what |= POP3_LIST_OCTETS;
	if (!wants_all(m) && selection_needs_uids(&m->selection))
		what |= POP3_LIST_UIDS;
	return what != 0 ? what : POP3_LIST_OCTETS;
}

static bool is_one_number(const struct messages *m)
{
	return m->any_operand && m->selection.count == 1 &&
	       m->selection.selectors[0].kind == SELECTOR_NUMBER;
}

bool messages_selects(const struct messages *m)
{
	return !wants_all(m) || m->options.larger > 0 || m->options.smaller > 0 ||
	       m->options.limit > 0 || m->options.exit_status || !filter_is_empty(&m->filter);
}

static int ask_list(struct invocation *in, unsigned what, struct pop3_error *err)
{
	const struct messages *const m = in->messages;
	struct pop3_listing *const listing = &in->mailbox->listing;

	if (in->is_last && is_one_number(m))
		return pop3_list_one(in->session, what, m->selection.selectors[0].first, listing,
				     err);
	return pop3_list(in->session, what, listing, err);
}

static int list(struct invocation *in, unsigned what, bool last_round, struct pop3_error *err)
{
	struct pop3_listing *const listing = &in->mailbox->listing;
	int reopened;

	if (last_round)
		pop3_session_last_round(in->session);
	if (ask_list(in, what, err) < 0)
		return -1;
	if ((what & POP3_LIST_UIDS) == 0 || !synthetic_uid_is_needed(listing))
		return 0;
	/* It was not the last round after all, and QUIT may be gone with it. */
	reopened = last_round ? pop3_session_another_round(in->session, err) : 0;
	if (reopened < 0 || (reopened > 0 && ask_list(in, what, err) < 0))
		return -1;
	return synthetic_uid_complete(in->session, listing, err);
}

/* Commands that share a session share its listing, whole, so that nothing is asked twice. */
static int know_mailbox(struct invocation *in, struct pop3_error *err)
{
	struct mailbox *const box = in->mailbox;

	/* What is there depends on what became of the deletions under way. */
	if (box->unanswered > 0 && !messages_are_named(in->messages) &&
	    pop3_session_await(in->session, err) < 0)
		return -1;
	if (!box->known && list(in, POP3_LIST_UIDS | POP3_LIST_OCTETS, false, err) < 0)
		return -1;
	box->known = true;
	return 0;
}

bool messages_need_state(const struct messages *m)
{
	for (size_t i = 0; i < m->selection.count; i++)
		if (m->selection.selectors[i].kind == SELECTOR_NEW)
			return true;
	return false;
}

bool messages_are_named(const struct messages *m)
{
	for (size_t i = 0; i < m->selection.count; i++)
		if (m->selection.selectors[i].kind != SELECTOR_NUMBER &&
		    m->selection.selectors[i].kind != SELECTOR_UID)
			return false;
	return m->any_operand;
}

const char *messages_cursor(const struct messages *m)
{
	return m->options.cursor != NULL ? m->options.cursor : "";
}

static bool is_new(void *arg, const char *uid)
{
	const struct invocation *const in = arg;

	return !seen_has(in->state, messages_cursor(in->messages), uid);
}

/* The selection's own view of the listing, without the marked ones: numbers and UIDs. */
struct view {
	uint32_t *numbers;
	const char **uids;
	bool *marks;
	size_t *places; /* in the listing */
	size_t count;
};

static int view_open(struct view *view, const struct invocation *in, struct pop3_error *err)
{
	const struct pop3_listing *const listing = in->messages->listing;
	const size_t room = listing->count + 1;

	*view = (struct view){
		.numbers = calloc(room, sizeof *view->numbers),
		.uids = calloc(room, sizeof *view->uids),
		.marks = calloc(room, sizeof *view->marks),
		.places = calloc(room, sizeof *view->places),
	};
	if (view->numbers == NULL || view->uids == NULL || view->marks == NULL ||
	    view->places == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);

		if (mailbox_is_marked(in->mailbox, i))
			continue;
		view->numbers[view->count] = listing->entries[i].number;
		view->uids[view->count] = uid != NULL ? uid : "";
		view->places[view->count++] = i;
	}
	return 0;
}

static void view_close(struct view *view)
{
	free(view->numbers);
	free(view->uids);
	free(view->marks);
	free(view->places);
}

static int select_in(struct view *view, struct invocation *in, struct pop3_error *err)
{
	const struct selection_mailbox mailbox = {
		.count = view->count, .numbers = view->numbers, .uids = view->uids,
		.is_new = is_new, .arg = in,
	};
	struct pop3_error ignored;
	int result;

	if (in->state != NULL)
		state_begin_reading(in->state);
	result = selection_apply(&in->messages->selection, &mailbox, view->marks, err);
	if (in->state != NULL && state_end_reading(in->state, result < 0 ? &ignored : err) < 0)
		return -1;
	return result;
}

static int apply_selection(struct invocation *in, bool *marks, struct pop3_error *err)
{
	struct view view;
	int result = view_open(&view, in, err);

	if (result == 0)
		result = select_in(&view, in, err);
	for (size_t i = 0; result == 0 && i < view.count; i++)
		marks[view.places[i]] = view.marks[i];
	view_close(&view);
	return result;
}

/* A size that the server does not tell is no reason to leave a message out. */
static bool passes_filters(const struct message_options *options, const struct pop3_entry *entry)
{
	if (entry->octets == POP3_OCTETS_UNKNOWN)
		return true;
	return (options->larger == 0 || entry->octets > options->larger) &&
	       (options->smaller == 0 || entry->octets < options->smaller);
}

/*
 * The selected ones that pass, by size alone: what needs no more of the server. The lines of a
 * batch may be kept by thousands, so there is room for these and not for the whole mailbox.
 */
static int collect(struct messages *m, const bool *selected, struct pop3_error *err)
{
	size_t room = 1;

	for (size_t i = 0; i < m->listing->count; i++)
		room += selected[i];
	m->chosen = calloc(room, sizeof *m->chosen);
	if (m->chosen == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < m->listing->count; i++)
		if (selected[i] && passes_filters(&m->options, &m->listing->entries[i]))
			m->chosen[m->count++] = (uint32_t)i;
	return 0;
}

/* --- choosing --- */

static int select_messages(struct invocation *in, struct pop3_error *err)
{
	struct messages *const m = in->messages;
	const size_t count = m->listing->count;
	bool *const selected = calloc(count + 1, sizeof *selected);
	int result = 0;

	if (selected == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (!wants_all(m))
		result = apply_selection(in, selected, err);
	else
		for (size_t i = 0; i < count; i++)
			selected[i] = !mailbox_is_marked(in->mailbox, i);
	if (result == 0)
		result = collect(m, selected, err);
	free(selected);
	return result;
}

static void forget_chosen(struct messages *m)
{
	messages_drop_headers(m);
	free(m->chosen);
	m->chosen = NULL;
	m->count = 0;
}

static int choose(struct invocation *in, unsigned what, bool last_round, struct pop3_error *err)
{
	struct messages *const m = in->messages;
	const bool sifts = !filter_is_empty(&m->filter);

	forget_chosen(m);
	if (in->is_last ? list(in, what_to_list(m, what), last_round && !sifts, err) < 0
			: know_mailbox(in, err) < 0)
		return -1;
	m->listing = &in->mailbox->listing;
	if (select_messages(in, err) < 0 || (sifts && messages_sift(in, last_round, err) < 0))
		return -1;
	while (m->options.limit > 0 && m->count > m->options.limit) {
		m->count--;
		if (m->headers != NULL)
			free(m->headers[m->count].block);
	}
	if (m->count == 0 && m->options.exit_status)
		return pop3_fail(err, POP3_E_NOTHING, "nothing was selected");
	return 0;
}

int messages_choose(struct invocation *in, unsigned what, struct pop3_error *err)
{
	return choose(in, what, false, err);
}

int messages_choose_last(struct invocation *in, unsigned what, struct pop3_error *err)
{
	return choose(in, what, in->is_last, err);
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

void messages_output(const struct invocation *in, size_t i)
{
	output_number(in->output, "number", messages_entry(in->messages, i)->number);
	output_text(in->output, "uid", messages_uid(in->messages, i));
}

void messages_release(struct messages *m)
{
	forget_chosen(m);
	selection_release(&m->selection);
	filter_release(&m->filter);
}
