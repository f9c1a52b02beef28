/*
 * pop3 batch: many subcommands in one login, one per line, as a transaction that the first failing
 * line ends. The commands of a line are sent before the answers to earlier lines arrive, unless
 * they depend on them; records are printed in the order of the lines.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lines.h"
#include "cli/report.h"
#include "cli/signals.h"
#include "cmd/batch/line.h"
#include "cmd/batch/prompt.h"
#include "cmd/commands.h"

#define LINE_OCTETS (1024UL * 1024)

struct batch_options {
	bool keep_going;
};

static const struct option_spec options[] = {
	{ OPTION_FLAG, 0, "keep-going", offsetof(struct batch_options, keep_going), NULL,
	  "continue after a line that fails", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

struct line_list {
	struct line *first, **end;
};

struct batch {
	struct invocation *in;
	bool keep_going;
	struct lines lines;
	struct prompt *prompt; /* NULL unless lines are typed at a terminal */
	struct line_list waiting;   /* sent and not answered */
	struct line_list postponed; /* answered, from the first line that asks again */
	struct line_list printed;   /* except for results known only after QUIT */
	struct pop3_error fatal;    /* the first failure that ended the batch */
};

/* --- lists of lines --- */

static void append(struct line_list *list, struct line *line)
{
	line->next = NULL;
	*list->end = line;
	list->end = &line->next;
}

static void take_first(struct line_list *list)
{
	list->first = list->first->next;
	if (list->first == NULL)
		list->end = &list->first;
}

static void release_list(struct line_list *list)
{
	while (list->first != NULL) {
		struct line *const line = list->first;

		take_first(list);
		line_release(line);
	}
}

/* --- what a line's failure means --- */

/* Lines typed at a terminal have no number. */
static void name_line(unsigned number, struct pop3_error *err)
{
	if (number > 0)
		pop3_context(err, "line %u", number);
}

static int end_batch(struct batch *b, const struct pop3_error *why, struct pop3_error *err)
{
	if (b->fatal.code == POP3_E_NONE)
		b->fatal = *why;
	*err = b->fatal;
	return -1;
}

/* After a refused login, even a temporary refusal, no command can follow. */
static bool ends_session(const struct batch *b, const struct pop3_error *why)
{
	const struct pop3_session *const session = b->in->session;

	return pop3_error_ends_session(why->code) ||
	       (session != NULL && pop3_session_phase(session) == POP3_LOGIN_REFUSED);
}

static unsigned recovery_of(const struct batch *b, const struct pop3_error *why)
{
	const struct pop3_session *const session = b->in->session;
	const enum pop3_phase phase =
		session != NULL ? pop3_session_phase(session) : POP3_CONNECTING;

	return phase >= POP3_READY ? pop3_recovery(why->code, phase) : 0;
}

/* A message may break the session; the other lines, and their marks, then need a new one. */
static int renew_session(struct batch *b, const struct pop3_error *why, struct pop3_error *err)
{
	struct invocation *const in = b->in;

	warn(in, "%s: continuing in a new session", why->text);
	if ((recovery_of(b, why) & POP3_LOCK_STEP) != 0)
		pop3_session_lock_step(in->session);
	return mailbox_reopen(in->mailbox, &in->mailbox->listing, in->session, err);
}

/*
 * A failure ends the batch, unless it should continue and still can. After a failed rset, QUIT would
 * delete what was to be unmarked.
 */
static int judge(struct batch *b, const struct command *command, unsigned number,
		 struct pop3_error *why, struct pop3_error *err)
{
	const struct invocation *const in = b->in;
	struct pop3_error late;

	name_line(number, why);
	if (!b->keep_going || command == &cmd_rset)
		return end_batch(b, why, err);
	if (ends_session(b, why) && ((recovery_of(b, why) & POP3_RECONNECT) == 0 ||
				     renew_session(b, why, &late) < 0))
		return end_batch(b, why, err);
	report_error(in->connection, in->run->general.json, why);
	b->in->failed++;
	return 0;
}

static int print_line(struct batch *b, struct line *line, struct pop3_error *err)
{
	struct run *const run = &line->run;
	const struct command *const command = run->command;
	const unsigned number = run->line;
	struct pop3_error why = line->failure;

	if (why.code == POP3_E_NONE)
		(run->in.asks_again ? line_run_again : line_print)(line, &why);
	if (run->in.asks_again) {
		append(&b->postponed, line);
		return 0;
	}
	/* Its command may have more to print after QUIT. */
	if (command->after_quit != NULL &&
	    (why.code == POP3_E_NONE || why.code == POP3_E_PARTIAL)) {
		const size_t marked = b->in->mailbox->marked_count;

		if (b->prompt != NULL && marked > 0)
			warn(b->in, "%zu marked: 'quit' deletes them, 'rset' unmarks them", marked);
		append(&b->printed, line);
	} else {
		line_release(line);
	}
	return why.code != POP3_E_NONE ? judge(b, command, number, &why, err) : 0;
}

static int print_answered(struct pop3_mark *mark, const struct pop3_error *failure,
			  struct pop3_error *err)
{
	struct line *const line = (struct line *)mark;

	struct batch *const b = line->batch;

	take_first(&b->waiting);
	if (failure != NULL)
		line->failure = *failure;
	if (b->postponed.first == NULL)
		return print_line(b, line, err);
	append(&b->postponed, line);
	return 0;
}

/* --- running lines --- */

static int note_break(struct line *line, const struct pop3_error *why, struct pop3_error *err)
{
	const struct command *const command = line->run.command;

	line->run.in.asks_again = true;
	return command->broke != NULL ? command->broke(&line->run.in, why, err) : 0;
}

/*
 * After a message broke the session, its line and those behind it are asked again, one after
 * another. Fails if it may have been a message of a line before them, which is printed.
 */
static int ask_again(struct batch *b, const struct pop3_error *why, struct pop3_error *err)
{
	struct line *line = b->waiting.first;

	if (note_break(line, why, err) <= 0)
		return -1;
	while ((line = line->next) != NULL)
		if (note_break(line, why, err) < 0)
			return -1;
	while ((line = b->waiting.first) != NULL) {
		take_first(&b->waiting);
		append(&b->postponed, line);
	}
	return renew_session(b, why, err);
}

static int print_postponed(struct batch *b, struct pop3_error *err)
{
	struct line *line;

	while ((line = b->postponed.first) != NULL) {
		take_first(&b->postponed);
		if (print_line(b, line, err) < 0)
			return -1;
	}
	return 0;
}

/* Receives the answers to all lines sent so far, and prints them. */
static int await_lines(struct batch *b, struct pop3_error *err)
{
	struct line *line;
	struct pop3_error why, late;

	if (b->in->session == NULL)
		return 0;
	if (pop3_session_await(b->in->session, &why) == 0)
		return print_postponed(b, err);
	line = b->waiting.first;
	if (line != NULL && b->fatal.code == POP3_E_NONE) {
		const unsigned number = line->run.line;

		if ((recovery_of(b, &why) & POP3_RECONNECT) != 0 && ask_again(b, &why, &late) == 0)
			return print_postponed(b, err);
		name_line(number, &why);
	}
	return end_batch(b, &why, err);
}

/* Before commands of a line's own after which a new session may be needed. */
static int await_earlier(struct messages *messages, struct pop3_error *err)
{
	const struct line *const line =
		(struct line *)((char *)messages - offsetof(struct line, run.messages));

	return await_lines(line->batch, err);
}

static int read_line(struct batch *b, struct line *line, const char *text, size_t length,
		     struct pop3_error *err)
{
	const struct run *const run = &line->run;

	if (line_read(line, text, length, err) < 0)
		return -1;
	if (run->command == NULL || (run->command->needs & NEEDS_MESSAGES) == 0 ||
	    b->lines.fd != STDIN_FILENO)
		return 0;
	for (size_t i = 0; i < run->in.operand_count; i++)
		if (strcmp(run->in.operands[i], "-") == 0)
			return pop3_fail(err, POP3_E_USAGE, "'-' cannot be used here: stdin holds "
							    "the batch itself");
	return 0;
}

/* Reports a line that failed before it was sent, after all earlier lines. */
static int fail_line(struct batch *b, struct line *line, struct pop3_error *why,
		     struct pop3_error *err)
{
	const struct command *const command = line->run.command;
	const unsigned number = line->run.line;

	line_release(line);
	if (b->fatal.code != POP3_E_NONE)
		return end_batch(b, why, err);
	if (!ends_session(b, why) && await_lines(b, err) < 0)
		return -1;
	return judge(b, command, number, why, err);
}

/* A command without a second half runs only once all earlier lines are printed. */
static int run_line(struct batch *b, struct line *line, struct pop3_error *err)
{
	const bool whole = line->run.command->run != NULL;
	struct pop3_error why = { .code = POP3_E_NONE };

	if ((whole && await_lines(b, &why) < 0) || line_run(line, &why) < 0)
		return fail_line(b, line, &why, err);
	if (whole)
		return print_line(b, line, err);
	append(&b->waiting, line);
	return pop3_session_mark(b->in->session, &line->mark, err);
}

static struct line *new_line(struct batch *b, struct pop3_error *err)
{
	struct line *const line = calloc(1, sizeof *line);

	if (line == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	line->mark.reached = print_answered;
	line->run.messages.await = await_earlier;
	line->batch = b;
	line->run.outer = b->in->run;
	line->run.line = b->lines.number;
	return line;
}

static int take_line(struct batch *b, const char *text, size_t length, struct pop3_error *err)
{
	struct line *const line = new_line(b, err);
	struct pop3_error why = { .code = POP3_E_NONE };

	if (line == NULL)
		return -1;
	if (read_line(b, line, text, length, &why) < 0)
		return fail_line(b, line, &why, err);
	if (line->words.count > 1 && !line->run.general.help && !line->run.general.version)
		return run_line(b, line, err);
	if (line->words.count > 1 &&
	    (await_lines(b, &why) < 0 ||
	     help_show(&line->run.general, line->run.command, true, &why) < 0))
		return fail_line(b, line, &why, err);
	line_release(line);
	return 0;
}

/* Prints pending lines first: the writer of the lines may be waiting for their output. */
static int next_line(struct batch *b, const char **text, size_t *length, struct pop3_error *err)
{
	if (b->prompt != NULL)
		return prompt_line(b->prompt, text, length, err);
	if (!lines_ready(&b->lines) && await_lines(b, err) < 0)
		return -1;
	return lines_next(&b->lines, &b->in->connection->target.timeouts, text, length, err);
}

static int run_lines(struct batch *b, struct pop3_error *err)
{
	const char *text;
	size_t length;
	int more = 0;

	while (!b->in->ends_batch && (more = next_line(b, &text, &length, err)) > 0)
		if (take_line(b, text, length, err) < 0 ||
		    (b->prompt != NULL && await_lines(b, err) < 0))
			return -1;
	return more < 0 ? -1 : await_lines(b, err);
}

/* At a terminal, continues in a new session and reports what the old one has lost. */
static int start_again(struct batch *b, struct pop3_error *err)
{
	struct invocation *const in = b->in;

	report_error(in->connection, in->run->general.json, err);
	if (in->mailbox->marked_count > 0)
		warn(in, "starting a new session; nothing was deleted");
	release_list(&b->waiting);
	release_list(&b->postponed);
	release_list(&b->printed);
	b->fatal.code = POP3_E_NONE;
	mailbox_forget(in->mailbox);
	signals_forget();
	run_release_shared(in);
	return in->session != NULL ? pop3_session_reopen(in->session, err) : 0;
}

/* The lines whose marks count: those before an rset do not. */
static int prepare_quit(struct batch *b, struct pop3_error *err)
{
	for (struct line *line = b->printed.first; line != NULL; line = line->next)
		if (line->resets == b->in->mailbox->resets && line_before_quit(line, err) < 0)
			return -1;
	return 0;
}

static int run_batch(struct invocation *in, struct pop3_error *err)
{
	struct batch *const b = in->work;
	int result;

	/* A terminal that has gone fails each time. */
	while ((result = run_lines(b, err)) < 0 && b->prompt != NULL &&
	       err->code != POP3_E_CLOSED && err->code != POP3_E_IO &&
	       signals_caught() != SIGTERM && signals_caught() != SIGHUP)
		if (start_again(b, err) < 0)
			return -1;
	/* At the prompt, each failure has been reported already. */
	if (b->prompt != NULL)
		in->failed = 0;
	return result < 0 || in->hang_up ? result : prepare_quit(b, err);
}

/* --- before and after --- */

static void begin_lines(struct batch *b, int fd)
{
	b->lines = (struct lines){
		.fd = fd, .end = '\n', .what = "the batch", .limit = LINE_OCTETS,
	};
}

/* Finds errors in a file of lines before connecting. */
static int check_file(struct batch *b, struct pop3_error *err)
{
	const off_t begin = lseek(b->lines.fd, 0, SEEK_CUR);
	struct stat status;
	const char *text;
	size_t length;
	int more;

	if (begin < 0 || fstat(b->lines.fd, &status) < 0 || !S_ISREG(status.st_mode))
		return 0;
	while ((more = lines_next(&b->lines, &b->in->connection->target.timeouts, &text, &length,
				  err)) > 0) {
		struct line *const line = new_line(b, err);
		int result;

		if (line == NULL)
			return -1;
		result = read_line(b, line, text, length, err);
		if (result == 0)
			result = line_check(line, err);
		line_release(line);
		if (result < 0) {
			name_line(b->lines.number, err);
			return -1;
		}
	}
	lines_release(&b->lines);
	begin_lines(b, b->lines.fd);
	if (more == 0 && lseek(b->lines.fd, begin, SEEK_SET) < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot read the batch again");
	return more;
}

static int prepare(struct invocation *in, struct pop3_error *err)
{
	const struct batch_options *const given = in->options;
	struct batch *const b = in->work = calloc(1, sizeof *b);

	if (b == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	b->in = in;
	in->is_last = false;
	/* Lines to come may name any destination, including a command. */
	in->sandbox.may_write = in->sandbox.may_exec = true;
	b->keep_going = given->keep_going;
	b->waiting.end = &b->waiting.first;
	b->postponed.end = &b->postponed.first;
	b->printed.end = &b->printed.first;
	begin_lines(b, STDIN_FILENO);
	if (in->operand_count == 0 && prompt_is_possible()) {
		b->prompt = prompt_open(in->connection->manages, err);
		b->keep_going = true;
		return b->prompt != NULL ? 0 : -1;
	}
	if (in->operand_count > 0 && strcmp(in->operands[0], "-") != 0)
		b->lines.fd = open(in->operands[0], O_RDONLY | O_CLOEXEC);
	if (b->lines.fd < 0)
		return pop3_fail_errno(err, POP3_E_NO_ACCOUNT, "'%s'", in->operands[0]);
	return check_file(b, err);
}

static int after_quit(struct invocation *in, const struct pop3_error *quit, struct pop3_error *err)
{
	struct batch *const b = in->work;

	if (in->hang_up)
		return 0;
	for (struct line *line = b->printed.first; line != NULL; line = line->next)
		if (line->resets == in->mailbox->resets && line_after_quit(line, quit, err) < 0)
			return -1;
	return 0;
}

static void release(struct invocation *in)
{
	struct batch *const b = in->work;

	if (b == NULL)
		return;
	release_list(&b->waiting);
	release_list(&b->postponed);
	release_list(&b->printed);
	lines_release(&b->lines);
	prompt_close(b->prompt);
	if (b->lines.fd > STDIN_FILENO)
		close(b->lines.fd);
	free(b);
}

const struct command cmd_batch = {
	.name = "batch", .summary = "Run several subcommands in one session, one per line",
	.operands = "[FILE]", .max = 1, .needs = NEEDS_SESSION | RUNS_ONCE | MANAGES | REOPENS,
	.options = options, .options_size = sizeof(struct batch_options),
	.prepare = prepare, .run = run_batch, .after_quit = after_quit, .release = release,
	.examples = "  printf 'list\\nheaders last\\n' | pop3 batch\n"
		    "  echo 'fetch new -o maildir:~/Maildir' | pop3 batch --json\n",
};
