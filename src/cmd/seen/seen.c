/* pop3 seen: shows, changes, exports and imports the list of fetched messages. */
#include "state/seen.h"

#include <string.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cmd/commands.h"
#include "cmd/seen/import.h"
#include "mailbox/messages.h"
#include "options/option.h"

#define HINT_OCTETS 64

struct seen_options {
	const char *cursor;
	uint32_t wait_lock;
	int from; /* index into import_formats */
	const char *mailbox;
};

#define FIELD(name) offsetof(struct seen_options, name)

static const struct option_spec options[] = {
	{ OPTION_TEXT, 0, "cursor", FIELD(cursor), "NAME",
	  "which set of seen messages to use", NULL },
	{ OPTION_CHOICE, 0, "from", FIELD(from), IMPORT_PROGRAMS,
	  "import another program's list", NULL },
	{ OPTION_TEXT, 0, "mailbox", FIELD(mailbox), "USER@HOST",
	  "mailbox to import, if the list has another name for it", NULL },
	{ OPTION_NUMBER, 0, "wait-lock", FIELD(wait_lock), "SECONDS",
	  "wait for another run on this account", "0" },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

static const char *cursor_of(const struct invocation *in)
{
	const struct seen_options *const seen = in->options;

	return seen->cursor != NULL ? seen->cursor : "";
}

/* The line end, for input and output: see -0. */
static char line_end(const struct invocation *in)
{
	return in->general->nul ? '\0' : '\n';
}

/* --- list and export --- */

static int list_one(void *arg, const struct seen *seen, struct pop3_error *err)
{
	struct output *const output = arg;
	char text[CLOCK_TEXT];

	output_begin(output);
	output_text(output, "uid", seen->uid);
	if (clock_text(seen->fetched, text))
		output_text(output, "fetched", text);
	else
		output_unknown(output, "fetched");
	if (seen->octets > 0)
		output_number(output, "octets", seen->octets);
	else
		output_unknown(output, "octets");
	return output_end(output, err);
}

static int list(struct invocation *in, struct pop3_error *err)
{
	return seen_each(in->state, cursor_of(in), list_one, in->output, err);
}

static int export_one(void *arg, const struct seen *seen, struct pop3_error *err)
{
	struct invocation *const in = arg;
	struct buffer line = { 0 };
	int result;

	if (output_is_json(in->output)) {
		output_begin(in->output);
		output_text(in->output, "uid", seen->uid);
		return output_end(in->output, err);
	}
	import_escape(&line, seen->uid);
	buffer_append_octet(&line, line_end(in));
	result = buffer_check(&line, POP3_E_IO, err);
	if (result == 0)
		result = output_raw(in->output, line.data, line.length, err);
	buffer_release(&line);
	return result;
}

static int export(struct invocation *in, struct pop3_error *err)
{
	return seen_each(in->state, cursor_of(in), export_one, in, err);
}

/* --- add, remove and clear --- */

static int collect_records(const struct invocation *in, struct import_sink *sink,
			   struct pop3_error *err)
{
	struct buffer octets = { 0 };
	int result = import_load("-", &octets, err);

	if (result == 0) {
		const struct import_list records = {
			{ buffer_text(&octets), octets.length }, line_end(in),
		};

		result = import_read(&import_records, &records, sink, err);
	}
	buffer_release(&octets);
	return result;
}

/* Whether an operand is a selector that needs the server; any other is a UID. */
static bool is_of_server(const char *operand)
{
	struct selection selection = { .count = 0 };
	struct pop3_error ignored;
	const bool result = selection_parse(operand, &selection, &ignored) == 0 &&
			    selection.count > 0 && selection.selectors[0].kind != SELECTOR_UID;

	selection_release(&selection);
	return result;
}

/* Collects the UIDs of the selected messages; for removal, only UIDs in the list. */
static int collect_chosen(const struct invocation *in, bool removes, struct import_uids *uids,
			  struct pop3_error *err)
{
	struct messages *const m = in->messages;
	int result = messages_choose(m, POP3_LIST_UIDS | POP3_LIST_OCTETS, err);

	forget_password(in);
	for (size_t i = 0; result == 0 && i < m->count; i++) {
		const struct import_entry entry = { .uid = messages_uid(m, i) };
		bool wanted = entry.uid[0] != '\0';

		if (wanted && removes) {
			state_begin_reading(in->state);
			wanted = seen_has(in->state, cursor_of(in), entry.uid);
			result = state_end_reading(in->state, err);
		}
		if (result == 0 && wanted)
			result = uids->sink.take(&uids->sink, &entry, err);
	}
	return result;
}

static int collect(const struct invocation *in, bool removes, struct import_uids *uids,
		   struct pop3_error *err)
{
	if (in->messages->selection.count > 0 && collect_chosen(in, removes, uids, err) < 0)
		return -1;
	for (size_t i = 1; i < in->operand_count; i++) {
		const char *const operand = in->operands[i];
		const char *const uid = operand + (strncmp(operand, "uid:", 4) == 0 ? 4 : 0);

		if (is_of_server(operand))
			continue;
		if (strcmp(operand, "-") == 0 ? collect_records(in, &uids->sink, err) < 0
					      : import_operand(uid, &uids->sink, err) < 0)
			return -1;
	}
	return 0;
}

static int change(struct invocation *in,
		  int (*act)(struct import_uids *, struct state *, const char *cursor,
			     struct pop3_error *),
		  const char *changed, const char *unchanged, struct pop3_error *err)
{
	struct import_uids uids;
	const char *uid;
	int result;

	import_uids_begin(&uids);
	result = collect(in, act == import_uids_remove, &uids, err);
	if (result == 0)
		result = act(&uids, in->state, cursor_of(in), err);
	uid = buffer_text(&uids.texts);
	for (size_t i = 0; result == 0 && i < uids.count; i++) {
		output_begin(in->output);
		output_text(in->output, "uid", uid);
		output_text(in->output, "status", uids.changed[i] ? changed : unchanged);
		result = output_end(in->output, err);
		uid += strlen(uid) + 1;
	}
	import_uids_release(&uids);
	return result;
}

static int add(struct invocation *in, struct pop3_error *err)
{
	return change(in, import_uids_add, "added", "known", err);
}

/* Naming a UID twice is not an error. */
static int remove_seen(struct invocation *in, struct pop3_error *err)
{
	return change(in, import_uids_remove, "removed", "removed", err);
}

static int clear(struct invocation *in, struct pop3_error *err)
{
	if (state_begin(in->state, err) < 0)
		return -1;
	if (seen_clear(in->state, cursor_of(in), err) == 0)
		return state_commit(in->state, err);
	state_rollback(in->state);
	return -1;
}

/* --- import --- */

/* Determines which mailbox to import from a list that names mailboxes. */
static int name_mailbox(const struct invocation *in, struct import_job *job,
			struct pop3_error *err)
{
	const struct seen_options *const seen = in->options;
	const char *const user = in->connection->user;
	const char *at;

	if (!job->format->names_mailboxes) {
		if (seen->mailbox == NULL)
			return 0;
		return pop3_fail(err, POP3_E_USAGE,
				 "--mailbox can only be used with lists of mpop and fetchmail");
	}
	if (seen->mailbox != NULL) {
		at = strrchr(seen->mailbox, '@');
		if (at == NULL || at == seen->mailbox || at[1] == '\0')
			return pop3_fail(err, POP3_E_USAGE, "'%s' is not USER@HOST", seen->mailbox);
		job->user = (struct import_text){ seen->mailbox, (size_t)(at - seen->mailbox) };
		job->host = at + 1;
		return 0;
	}
	if (user == NULL)
		return pop3_fail(err, POP3_E_USAGE, "no user name to look for in the list: use "
						    "--user or --mailbox");
	job->user = (struct import_text){ user, strlen(user) };
	job->host = in->connection->url.host;
	return 0;
}

static int import(struct invocation *in, struct pop3_error *err)
{
	const struct seen_options *const seen = in->options;
	const char *const path = in->operands[1];
	struct import_job job = {
		.format = &import_formats[seen->from],
		.list.line_end = seen->from == 0 ? line_end(in) : '\n',
	};
	struct buffer octets = { 0 };
	int result;

	if (name_mailbox(in, &job, err) < 0)
		return -1;
	result = import_load(path, &octets, err);
	if (result == 0) {
		job.list.octets = (struct import_text){ buffer_text(&octets), octets.length };
		result = import_list(in->state, cursor_of(in), &job, err);
		if (result < 0 && err->code == POP3_E_USAGE)
			pop3_context(err, "'%s'", path);
	}
	buffer_release(&octets);
	if (result < 0)
		return -1;
	output_begin(in->output);
	output_number(in->output, "added", job.added);
	output_number(in->output, "known", job.known);
	return output_end(in->output, err);
}

/* --- the verbs --- */

static const struct verb {
	const char *name, *operands;
	size_t min, max; /* operands after the verb */
	enum state_use use;
	int (*run)(struct invocation *in, struct pop3_error *err);
} verbs[] = {
	{ "list", "", 0, 0, STATE_READ, list },
	{ "add", " MESSAGE...", 1, OPERANDS_ANY, STATE_WRITE, add },
	{ "remove", " MESSAGE...", 1, OPERANDS_ANY, STATE_WRITE, remove_seen },
	{ "clear", "", 0, 0, STATE_WRITE, clear },
	{ "export", "", 0, 0, STATE_READ, export },
	{ "import", " FILE", 1, 1, STATE_WRITE, import },
};

#define VERBS (sizeof verbs / sizeof verbs[0])

static const struct verb *find_verb(const char *name, struct pop3_error *err)
{
	struct nearest nearest = { .word = NULL };
	char hint[HINT_OCTETS];

	for (size_t i = 0; i < VERBS; i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
		nearest_offer(&nearest, name, verbs[i].name);
	}
	pop3_fail(err, POP3_E_USAGE, "seen: unknown verb '%s'%s: seen %s", name,
		  nearest_hint(&nearest, hint, sizeof hint), cmd_seen.operands);
	return NULL;
}

static int prepare(struct invocation *in, struct pop3_error *err)
{
	const struct seen_options *const seen = in->options;
	const struct verb *const verb = find_verb(in->operands[0], err);
	const size_t count = in->operand_count - 1;
	struct messages *const m = in->messages;

	if (verb == NULL)
		return -1;
	if (count < verb->min)
		return pop3_fail(err, POP3_E_USAGE, "missing operand: seen %s%s", verb->name,
				 verb->operands);
	if (count > verb->max)
		return pop3_fail(err, POP3_E_USAGE, "unexpected operand '%s': seen %s%s",
				 in->operands[verb->max + 1], verb->name, verb->operands);
	if (verb->run != import && (seen->from != 0 || seen->mailbox != NULL))
		return pop3_fail(err, POP3_E_USAGE,
				 "--from and --mailbox can only be used with 'seen import'");
	m->any_operand = true;
	m->cursor = cursor_of(in);
	for (size_t i = 1; verb->max == OPERANDS_ANY && i <= count; i++)
		if (is_of_server(in->operands[i]) &&
		    selection_parse(in->operands[i], &m->selection, err) < 0)
			return -1;
	in->stays_local = m->selection.count == 0;
	if (in->connection->user == NULL && (in->connection->account == NULL || !in->stays_local))
		return pop3_fail(err, POP3_E_USAGE, "no user name: use --user or --account");
	return state_file_open(in, verb->use, seen->wait_lock, err);
}

static int run(struct invocation *in, struct pop3_error *err)
{
	const struct verb *const verb = find_verb(in->operands[0], err);

	return verb != NULL ? verb->run(in, err) : -1;
}

const struct command cmd_seen = {
	.name = "seen", .summary = "Show and change the list of fetched messages",
	.operands = "list|add|remove|clear|export|import [MESSAGE...]",
	.min = 1, .max = OPERANDS_ANY, .needs = NEEDS_SESSION | MAY_STAY_OUT | REOPENS,
	.options = options, .options_size = sizeof(struct seen_options),
	.prepare = prepare, .run = run,
	.examples = "  pop3 seen list\n"
		    "  pop3 seen add all --cursor test\n"
		    "  pop3 seen export >seen.txt\n"
		    "  pop3 seen import seen.txt\n",
};
