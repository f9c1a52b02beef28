/* Message selection: from operands and options to struct messages. */
#include "cli/select.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/lines.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/terminal.h"

#define RECORD_OCTETS (16UL * 1024 * 1024) /* of an input record: an escaped header block fits */

#define FIELD(name) offsetof(struct message_options, name)

const struct option_spec message_options[] = {
	{ OPTION_SIZE, 0, "larger", FIELD(larger), "SIZE", "only messages larger than this", NULL },
	{ OPTION_SIZE, 0, "smaller", FIELD(smaller), "SIZE", "only messages smaller than this",
	  NULL },
	{ OPTION_LIST, 0, "match", FIELD(match), "FIELD~REGEX",
	  "only messages with a matching header field (!~: without one)", NULL },
	{ OPTION_AGE, 0, "older-than", FIELD(older), "TIME",
	  "only messages whose Date is older: 14d, 2026-11-01", NULL },
	{ OPTION_AGE, 0, "newer-than", FIELD(newer), "TIME",
	  "only messages whose Date is newer", NULL },
	{ OPTION_NUMBER, 0, "limit", FIELD(limit), "N", "at most the first N of them", NULL },
	{ OPTION_TEXT, 0, "cursor", FIELD(cursor), "NAME",
	  "the set of seen messages that 'new' refers to", NULL },
	{ OPTION_FLAG, 0, "ignore-missing", FIELD(ignore_missing), NULL,
	  "skip messages that the mailbox does not have", NULL },
	{ OPTION_FLAG, 'e', "exit-status", FIELD(exit_status), NULL,
	  "exit 1 when nothing is selected", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

static int read_stdin(struct invocation *in, const struct pop3_timeouts *timeouts,
		      struct pop3_error *err)
{
	const bool nul = in->general->nul;
	struct lines lines = {
		.fd = STDIN_FILENO, .end = nul ? '\0' : '\n', .what = "stdin",
		.limit = RECORD_OCTETS,
	};
	const char *line;
	size_t length;
	int more;

	while ((more = lines_next(&lines, timeouts, &line, &length, err)) > 0)
		if (selection_parse_record(line, length, &in->messages->selection, err) < 0)
			break;
	lines_release(&lines);
	return more == 0 ? 0 : -1;
}

static void note_unjudged(struct messages *m, uint32_t number, const char *why)
{
	struct invocation *const in = m->arg;

	in->failed++;
	warn(in, "message %u: %s", number, why);
}

static void show_judged(struct messages *m, size_t done, size_t all, size_t octets)
{
	const bool is_quiet = ((const struct invocation *)m->arg)->general->quiet;

	if (done == 0)
		progress_begin(is_quiet ? PROGRESS_NEVER : PROGRESS_AUTO, "header", all, 0);
	else
		progress_advance(1, octets);
	if (done == all)
		progress_end();
}

int select_read(struct invocation *in, const struct message_options *options,
		const struct pop3_timeouts *timeouts, struct pop3_error *err)
{
	struct messages *const m = in->messages;
	const int64_t now = time(NULL);

	m->unjudged = note_unjudged;
	m->judged = show_judged;
	m->arg = in;
	m->larger = options->larger;
	m->smaller = options->smaller;
	m->limit = options->limit;
	m->some_wanted = options->exit_status;
	m->selection.ignore_missing = options->ignore_missing;
	m->cursor = options->cursor != NULL ? options->cursor : "";
	if (options->older > 0)
		m->filter.before = now - (int64_t)options->older;
	if (options->newer > 0)
		m->filter.after = now - (int64_t)options->newer;
	if (options->match.count > 0)
		locale_use_utf8();
	for (size_t i = 0; i < options->match.count; i++)
		if (filter_add(&m->filter, options->match.items[i], err) < 0)
			return pop3_context(err, "--match");
	for (size_t i = 0; i < in->operand_count; i++) {
		const bool from_stdin = strcmp(in->operands[i], "-") == 0;

		m->any_operand = true;
		if (from_stdin && timeouts == NULL)
			continue;
		if (from_stdin ? read_stdin(in, timeouts, err) < 0
			       : selection_parse(in->operands[i], &m->selection, err) < 0)
			return -1;
	}
	return 0;
}

void messages_output(const struct invocation *in, size_t i)
{
	output_number(in->output, "number", messages_entry(in->messages, i)->number);
	output_text(in->output, "uid", messages_uid(in->messages, i));
}
