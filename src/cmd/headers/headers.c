/* pop3 headers: header fields, one per line, as columns, or unchanged. */
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/select.h"
#include "cmd/commands.h"
#include "cmd/headers/columns.h"
#include "mail/header.h"
#include "mailbox/fetch-headers.h"
#include "pop3/pipelining.h"

#define OVERVIEW "@date,@from,Subject,@octets"

struct headers_options {
	const char *fields;
	bool overview;
	bool raw;
	uint32_t lines;
};

#define FIELD(name) offsetof(struct headers_options, name)

static const struct option_spec options[] = {
	{ OPTION_TEXT, 0, "fields", FIELD(fields), "NAME,...",
	  "columns: field names, @date, @octets, @from, @to", NULL },
	{ OPTION_FLAG, 0, "overview", FIELD(overview), NULL, "--fields " OVERVIEW, NULL },
	{ OPTION_FLAG, 0, "raw", FIELD(raw), NULL,
	  "header blocks octet for octet, then an empty line", NULL },
	{ OPTION_NUMBER, 0, "lines", FIELD(lines), "N", "raw, with N lines of the body", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* Lives from prepare to release. */
struct showing {
	struct header_sink sink;
	struct invocation *in;
	const struct headers_options *options;
	struct columns columns; /* none: one record per field */
	struct buffer value; /* of a field; reused for the next */
	struct header_fetch fetch; /* the pipelined requests, if any */
	bool has_blocks; /* the filters have fetched all header blocks already */
	bool is_broken;	 /* the session broke: the rest is to be requested */
	size_t failed;
};

/* --- one record a field --- */

static int show_lines(struct showing *s, size_t i, const char *block, size_t length,
		      struct pop3_error *err)
{
	struct output *const output = s->in->output;
	struct header_field field;

	for (size_t at = 0; header_next(block, length, &at, &field);) {
		buffer_clear(&s->value);
		buffer_append(&s->value, field.name, field.name_length);
		buffer_append(&s->value, ": ", 2);
		header_decode(&s->value, &field);
		if (buffer_check(&s->value, POP3_E_MEMORY, err) < 0)
			return -1;
		output_begin(output);
		messages_output(s->in, i);
		output_octets(output, "field", buffer_text(&s->value), s->value.length);
		if (output_end(output, err) < 0)
			return -1;
	}
	return 0;
}

/* --- one record a message --- */

static int show_columns(struct showing *s, size_t i, const char *block, size_t length,
			struct pop3_error *err)
{
	output_begin(s->in->output);
	messages_output(s->in, i);
	if (columns_show(&s->columns, s->in->output, messages_entry(s->in->messages, i)->octets,
			 block, length, err) < 0)
		return -1;
	return output_end(s->in->output, err);
}

static int show_json(struct showing *s, size_t i, const char *block, size_t length,
		     struct pop3_error *err)
{
	struct output *const output = s->in->output;
	struct header_field field;

	output_begin(output);
	messages_output(s->in, i);
	output_pairs_begin(output, "fields");
	for (size_t at = 0; header_next(block, length, &at, &field);) {
		buffer_clear(&s->value);
		header_decode(&s->value, &field);
		if (buffer_check(&s->value, POP3_E_MEMORY, err) < 0)
			return -1;
		output_pair(output, field.name, field.name_length, buffer_text(&s->value),
			    s->value.length);
	}
	output_pairs_end(output);
	return output_end(output, err);
}

/* --- as they came --- */

/* Appends an empty line to a block that has body lines or does not end with an empty line. */
static int show_raw(struct showing *s, const char *block, size_t length, struct pop3_error *err)
{
	struct output *const output = s->in->output;

	if (output_mail(output, block, length, err) < 0)
		return -1;
	if (length > 0 && block[length - 1] != '\n' && output_mail(output, "\r\n", 2, err) < 0)
		return -1;
	if (s->options->lines == 0 && header_has_end(block, length))
		return 0;
	return output_mail(output, "\r\n", 2, err);
}

static int take(struct header_sink *sink, size_t i, const char *block, size_t length,
		const struct pop3_error *failure, struct pop3_error *err)
{
	struct showing *const s = (struct showing *)sink;

	progress_advance(1, length);
	if (failure != NULL) {
		warn(s->in, "message %u: %s", messages_entry(s->in->messages, i)->number,
		     failure->text);
		s->failed++;
		return 0;
	}
	if (s->options->raw || s->options->lines > 0)
		return show_raw(s, block, length, err);
	if (s->columns.count > 0)
		return show_columns(s, i, block, length, err);
	if (output_is_json(s->in->output))
		return show_json(s, i, block, length, err);
	return show_lines(s, i, block, length, err);
}

/* Discards what a failed attempt has left. */
static void forget_attempt(struct showing *s)
{
	fetch_headers_release(&s->fetch);
	free(s->fetch.requests);
	s->fetch.requests = NULL;
	s->failed = 0;
}

static void release(struct invocation *in)
{
	struct showing *const s = in->work;

	if (s == NULL)
		return;
	forget_attempt(s);
	columns_release(&s->columns);
	buffer_release(&s->value);
	free(s);
	in->work = NULL;
}

static int prepare(struct invocation *in, struct pop3_error *err)
{
	const struct headers_options *const given = in->options;
	struct showing *const s = calloc(1, sizeof *s);

	in->work = s;
	if (s == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	s->sink.take = take;
	s->in = in;
	s->options = given;
	if (given->fields != NULL && given->overview)
		return pop3_fail(err, POP3_E_USAGE, "--fields and --overview cannot be used "
						    "together");
	if ((given->raw || given->lines > 0) && (given->fields != NULL || given->overview))
		return pop3_fail(err, POP3_E_USAGE,
				 "--raw and --lines cannot be used with --fields or --overview");
	if (given->overview)
		return columns_parse(&s->columns, OVERVIEW, err);
	return given->fields != NULL ? columns_parse(&s->columns, given->fields, err) : 0;
}

static int ask(struct invocation *in, struct pop3_error *err)
{
	struct showing *const s = in->work;
	struct messages *const m = in->messages;
	const unsigned octets = s->columns.need_octets ? POP3_LIST_OCTETS : 0;
	size_t ignored;
	int result;

	if (s->is_broken)
		return fetch_headers_resume(&s->fetch, err);
	forget_attempt(s);
	m->keep_headers = s->options->lines == 0;
	m->asks_more = true;
	if (messages_choose(m, POP3_LIST_UIDS | octets, err) < 0)
		return -1;
	s->has_blocks = m->headers != NULL;
	for (size_t i = 0; s->has_blocks && i < m->count; i++)
		s->has_blocks = m->headers[i].block != NULL;
	if (s->has_blocks)
		return 0;
	s->fetch = (struct header_fetch){
		.session = in->session, .listing = m->listing, .mailbox = in->mailbox,
		.requests = messages_requests(m), .count = m->count, .lines = s->options->lines,
		.quits = m->quits, .to = &s->sink,
	};
	if (s->fetch.requests == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	/* Pipelines only in a batch: alone in the session, it can work around a missing TOP. */
	if (!m->is_last && !in->asks_again &&
	    pop3_capa_find(pop3_session_capa(in->session), "TOP", &ignored) != NULL)
		return fetch_headers_ahead(&s->fetch, err);
	progress_begin(in->general->quiet ? PROGRESS_NEVER : PROGRESS_AUTO, "header", m->count, 0);
	result = messages_await(m, err);
	if (result == 0)
		result = fetch_headers(&s->fetch, err);
	progress_end();
	return result;
}

static int broke(struct invocation *in, const struct pop3_error *why, struct pop3_error *err)
{
	struct showing *const s = in->work;

	s->is_broken = !s->has_blocks;
	return s->is_broken ? fetch_headers_broke(&s->fetch, why, err) : 0;
}

static int print(struct invocation *in, struct pop3_error *err)
{
	struct showing *const s = in->work;
	const struct messages *const m = in->messages;
	int result = 0;

	/* The pipelined TOP commands were all refused, although the server announces TOP. */
	if (!in->asks_again && !s->has_blocks && fetch_headers_all_refused(&s->fetch)) {
		in->asks_again = true;
		return 0;
	}
	if (!s->has_blocks)
		result = fetch_headers_finish(&s->fetch, err);
	for (size_t i = 0; result == 0 && s->has_blocks && i < m->count; i++)
		result = take(&s->sink, i, m->headers[i].block, m->headers[i].length, NULL, err);
	in->failed += s->failed;
	return result;
}

const struct command cmd_headers = {
	.name = "headers", .summary = "Show decoded header fields, one per line",
	.operands = "[MESSAGE...]", .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES | REOPENS | QUITS_AT_ONCE,
	.options = options, .options_size = sizeof(struct headers_options),
	.prepare = prepare, .ask = ask, .print = print, .broke = broke, .release = release,
	.examples = "  pop3 headers last:10 --overview\n"
		    "  pop3 headers --match 'subject~invoice' --fields From,Subject\n"
		    "  pop3 headers last --raw\n",
};
