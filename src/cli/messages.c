/* Which messages: operands and filters, and what of a mailbox they choose. */
#include "cli/messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "mail/identity.h"
#include "state/seen.h"

#define FIELD(name) offsetof(struct message_options, name)

const struct option_spec message_options[] = {
	{ OPTION_SIZE, 0, "larger", FIELD(larger), "SIZE", "only messages of more octets", NULL },
	{ OPTION_SIZE, 0, "smaller", FIELD(smaller), "SIZE", "only messages of fewer octets",
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

int messages_parse(struct messages *messages, char **operands, size_t count, bool nul,
		   struct pop3_error *err)
{
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
	       m->options.limit > 0 || m->options.exit_status;
}

static int ask_list(struct invocation *in, unsigned what, struct pop3_error *err)
{
	struct messages *const m = in->messages;

	if (is_one_number(m))
		return pop3_list_one(in->session, what, m->selection.selectors[0].first,
				     &m->listing, err);
	return pop3_list(in->session, what, &m->listing, err);
}

static int list(struct invocation *in, unsigned what, bool last_round, struct pop3_error *err)
{
	struct messages *const m = in->messages;

	if (last_round)
		pop3_session_last_round(in->session);
	if (ask_list(in, what, err) < 0)
		return -1;
	if ((what & POP3_LIST_UIDS) == 0 || !identity_is_missing(&m->listing))
		return 0;
	/* It was not the last round after all, and QUIT may be gone with it. */
	if (last_round && (pop3_session_another_round(in->session, err) < 0 ||
			   ask_list(in, what, err) < 0))
		return -1;
	return identity_complete(in->session, &m->listing, err);
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

/* The selection's own view of the listing: numbers and UIDs side by side. */
static int apply_selection(struct invocation *in, bool *marks, struct pop3_error *err)
{
	const struct messages *const m = in->messages;
	const size_t count = m->listing.count;
	uint32_t *const numbers = calloc(count + 1, sizeof *numbers);
	const char **const uids = calloc(count + 1, sizeof *uids);
	struct selection_mailbox mailbox = {
		.count = count, .numbers = numbers, .uids = uids, .is_new = is_new, .arg = in,
	};
	int result;

	if (numbers == NULL || uids == NULL) {
		result = pop3_fail(err, POP3_E_MEMORY, "out of memory");
	} else {
		for (size_t i = 0; i < count; i++) {
			const char *const uid = pop3_listing_uid(&m->listing, i);

			numbers[i] = m->listing.entries[i].number;
			uids[i] = uid != NULL ? uid : "";
		}
		if (in->state != NULL)
			state_begin_reading(in->state);
		result = selection_apply(&m->selection, &mailbox, marks, err);
		if (in->state != NULL && result == 0)
			result = state_end_reading(in->state, err);
	}
	free(numbers);
	free(uids);
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

static void collect(struct messages *m, const bool *marks)
{
	m->count = 0;
	for (size_t i = 0; i < m->listing.count; i++) {
		if (m->options.limit > 0 && m->count == m->options.limit)
			break;
		if (marks[i] && passes_filters(&m->options, &m->listing.entries[i]))
			m->chosen[m->count++] = i;
	}
}

static int choose(struct invocation *in, unsigned what, bool last_round, struct pop3_error *err)
{
	struct messages *const m = in->messages;
	bool *marks;
	int result = 0;

	if (list(in, what_to_list(m, what), last_round, err) < 0)
		return -1;
	free(m->chosen);
	m->chosen = calloc(m->listing.count + 1, sizeof *m->chosen);
	marks = malloc(m->listing.count + 1);
	if (m->chosen == NULL || marks == NULL) {
		free(marks);
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	}
	memset(marks, true, m->listing.count + 1);
	if (!wants_all(m))
		result = apply_selection(in, marks, err);
	if (result == 0)
		collect(m, marks);
	free(marks);
	if (result == 0 && m->count == 0 && m->options.exit_status)
		return pop3_fail(err, POP3_E_NOTHING, "nothing was selected");
	return result;
}

int messages_choose(struct invocation *in, unsigned what, struct pop3_error *err)
{
	return choose(in, what, false, err);
}

int messages_choose_last(struct invocation *in, unsigned what, struct pop3_error *err)
{
	return choose(in, what, true, err);
}

const struct pop3_entry *messages_entry(const struct messages *m, size_t i)
{
	return &m->listing.entries[m->chosen[i]];
}

const char *messages_uid(const struct messages *m, size_t i)
{
	const char *const uid = pop3_listing_uid(&m->listing, m->chosen[i]);

	return uid != NULL ? uid : "";
}

void messages_output(const struct invocation *in, size_t i)
{
	output_number(in->output, "number", messages_entry(in->messages, i)->number);
	output_text(in->output, "uid", messages_uid(in->messages, i));
}

void messages_release(struct messages *m)
{
	selection_release(&m->selection);
	pop3_listing_release(&m->listing);
	free(m->chosen);
	m->chosen = NULL;
}
