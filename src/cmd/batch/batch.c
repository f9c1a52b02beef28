/* One login, many subcommands: lines read, asked ahead, and told in their order. */
#include "cmd/batch/batch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/connection.h"
#include "cli/exit.h"
#include "cli/run.h"
#include "cli/signals.h"
#include "cmd/batch/lines.h"
#include "cmd/batch/prompt.h"
#include "cmd/batch/shell-words.h"
#include "pop3/pipelining.h"

/* A line from its words to its records; those that wait for QUIT live longest. */
struct line {
	struct pop3_mark mark;
	struct batch *batch;
	struct words words;
	struct run run;
	unsigned marks; /* of the mailbox: what is another by now was taken back */
	struct line *next;
};

struct line_list {
	struct line *first, **end;
};

struct batch {
	struct invocation *in;
	bool keep_going;
	struct lines lines;
	struct prompt *prompt; /* where a person types them, else NULL */
	struct line_list waiting;   /* asked, and not answered */
	struct line_list kept;	    /* told, but for what is known only after QUIT */
	struct pop3_error fatal;    /* what ended it, as it was first told */
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

static void release_line(struct line *line)
{
	run_release(&line->run);
	words_release(&line->words);
	free(line);
}

static void release_list(struct line_list *list)
{
	while (list->first != NULL) {
		struct line *const line = list->first;

		take_first(list);
		release_line(line);
	}
}

/* --- what a line's failure means --- */

/* What a person has just typed has no number. */
static void say_where(unsigned number, struct pop3_error *err)
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

/* It ends the batch, unless that is to go on and still can. */
static int judge(struct batch *b, unsigned number, struct pop3_error *why, struct pop3_error *err)
{
	const struct invocation *const in = b->in;

	say_where(number, why);
	if (!b->keep_going || pop3_error_ends_session(why->code))
		return end_batch(b, why, err);
	report_error(in->connection, in->run->general.json, why);
	b->in->failed++;
	return 0;
}

/* A line has told what it had to. Its command may have more to say after QUIT. */
static void conclude(struct batch *b, struct line *line, const struct pop3_error *failure)
{
	const bool ran = failure == NULL || failure->code == POP3_E_PARTIAL;
	const size_t marked = b->in->mailbox->marked_count;

	if (b->prompt != NULL && ran && line->run.command->after != NULL && marked > 0)
		warn(b->in, "%zu marked: 'quit' deletes, 'rset' takes it back", marked);
	if (ran && line->run.command->after != NULL)
		append(&b->kept, line);
	else
		release_line(line);
}

static int tell(struct batch *b, struct line *line, const struct pop3_error *failure,
		struct pop3_error *err)
{
	const unsigned number = line->run.line;
	struct pop3_error why = { .code = POP3_E_NONE };

	if (failure != NULL)
		why = *failure;
	else
		run_line_tell(&line->run, &why);
	conclude(b, line, why.code != POP3_E_NONE ? &why : NULL);
	return why.code != POP3_E_NONE ? judge(b, number, &why, err) : 0;
}

static int reached(struct pop3_mark *mark, const struct pop3_error *failure,
		   struct pop3_error *err)
{
	struct line *const line = (struct line *)mark;

	take_first(&line->batch->waiting);
	return tell(line->batch, line, failure, err);
}

/* --- running lines --- */

/* All lines that were asked are answered and told. */
static int settle(struct batch *b, struct pop3_error *err)
{
	const struct line *line;
	struct pop3_error why;

	if (b->in->session == NULL || pop3_session_await(b->in->session, &why) == 0)
		return 0;
	line = b->waiting.first;
	if (line != NULL && b->fatal.code == POP3_E_NONE)
		say_where(line->run.line, &why);
	return end_batch(b, &why, err);
}

static bool reads_stdin(const struct run *run)
{
	for (size_t i = 0; i < run->in.operand_count; i++)
		if (strcmp(run->in.operands[i], "-") == 0)
			return (run->command->needs & NEEDS_MESSAGES) != 0;
	return false;
}

/* From words to settings. */
static int read_line(struct batch *b, struct line *line, struct pop3_error *err)
{
	struct run *const run = &line->run;

	if (run_read(run, (int)line->words.count, line->words.items, err) < 0)
		return -1;
	if (b->lines.fd == STDIN_FILENO && reads_stdin(run))
		return pop3_fail(err, POP3_E_USAGE, "'-' stands for stdin, which is the batch's own");
	return 0;
}

/* A command without tell is not run before all earlier lines have told. */
static int ask(struct batch *b, struct line *line, struct pop3_error *err)
{
	if (line->run.command->tell == NULL && settle(b, err) < 0)
		return -1;
	line->marks = b->in->mailbox->marks;
	return run_line_ask(&line->run, err);
}

/* A line that failed before it was asked is told of in its turn. */
static int fail_line(struct batch *b, struct line *line, struct pop3_error *why,
		     struct pop3_error *err)
{
	const unsigned number = line->run.line;

	release_line(line);
	if (b->fatal.code != POP3_E_NONE)
		return end_batch(b, why, err);
	if (!pop3_error_ends_session(why->code) && settle(b, err) < 0)
		return -1;
	return judge(b, number, why, err);
}

static int run_line(struct batch *b, struct line *line, struct pop3_error *err)
{
	struct pop3_error why = { .code = POP3_E_NONE };

	if (ask(b, line, &why) < 0)
		return fail_line(b, line, &why, err);
	if (line->run.command->tell == NULL)
		return tell(b, line, NULL, err);
	append(&b->waiting, line);
	return pop3_session_mark(b->in->session, &line->mark, err);
}

static int help_line(struct batch *b, struct line *line, struct pop3_error *err)
{
	struct pop3_error why = { .code = POP3_E_NONE };

	if (settle(b, &why) < 0 ||
	    help_show(&line->run.general, line->run.command, true, &why) < 0)
		return fail_line(b, line, &why, err);
	release_line(line);
	return 0;
}

static struct line *new_line(struct batch *b, struct pop3_error *err)
{
	struct line *const line = calloc(1, sizeof *line);

	if (line == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	line->mark.reached = reached;
	line->batch = b;
	line->run.outer = b->in->run;
	line->run.line = b->lines.number;
	return line;
}

/* A line of blanks or comment only is none. */
static int take_line(struct batch *b, const char *text, size_t length, struct pop3_error *err)
{
	struct line *const line = new_line(b, err);
	struct pop3_error why;

	if (line == NULL)
		return -1;
	if (words_split(&line->words, "pop3", text, length, &why) < 0 ||
	    (line->words.count > 1 && read_line(b, line, &why) < 0))
		return fail_line(b, line, &why, err);
	if (line->words.count > 1)
		return line->run.general.help || line->run.general.version
			       ? help_line(b, line, err)
			       : run_line(b, line, err);
	release_line(line);
	return 0;
}

/* Whoever writes the lines may be waiting for what the last ones tell. */
static int next_line(struct batch *b, const char **text, size_t *length, struct pop3_error *err)
{
	if (b->prompt != NULL)
		return prompt_line(b->prompt, text, length, err);
	if (!lines_ready(&b->lines) && settle(b, err) < 0)
		return -1;
	return lines_next(&b->lines, &b->in->connection->target.timeouts, text, length, err);
}

static int run_lines(struct batch *b, struct pop3_error *err)
{
	const char *text;
	size_t length;
	int more = 0;

	while (!b->in->leaves && (more = next_line(b, &text, &length, err)) > 0)
		if (take_line(b, text, length, err) < 0 ||
		    (b->prompt != NULL && settle(b, err) < 0))
			return -1;
	return more < 0 ? -1 : settle(b, err);
}

/* A person goes on in a new session, and is told what went with the old one. */
static int start_again(struct batch *b, struct pop3_error *err)
{
	struct invocation *const in = b->in;

	report_error(in->connection, in->run->general.json, err);
	if (in->mailbox->marked_count > 0)
		warn(in, "a new session begins; nothing was deleted");
	release_list(&b->waiting);
	release_list(&b->kept);
	b->fatal.code = POP3_E_NONE;
	mailbox_forget(in->mailbox);
	signals_forget();
	run_drop_kept(in);
	return in->session != NULL ? pop3_session_reopen(in->session, err) : 0;
}

int batch_run(struct invocation *in, struct pop3_error *err)
{
	struct batch *const b = in->work;
	int result;

	while ((result = run_lines(b, err)) < 0 && b->prompt != NULL &&
	       err->code != POP3_E_CLOSED && signals_caught() != SIGTERM &&
	       signals_caught() != SIGHUP)
		if (start_again(b, err) < 0)
			return -1;
	/* Each failure has been seen. */
	if (b->prompt != NULL)
		in->failed = 0;
	return result;
}

/* --- before and after --- */

static int check_line(struct batch *b, const char *text, size_t length, struct pop3_error *err)
{
	struct line *const line = new_line(b, err);
	int result;

	if (line == NULL)
		return -1;
	result = words_split(&line->words, "pop3", text, length, err);
	if (result == 0 && line->words.count > 1)
		result = read_line(b, line, err);
	if (result < 0)
		say_where(b->lines.number, err);
	release_line(line);
	return result;
}

/* What is wrong in a file is known before anything is connected to. */
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
				  err)) > 0)
		if (check_line(b, text, length, err) < 0)
			return -1;
	lines_release(&b->lines);
	b->lines = (struct lines){ .fd = b->lines.fd };
	if (more == 0 && lseek(b->lines.fd, begin, SEEK_SET) < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot read the batch again");
	return more;
}

static int open_lines(struct batch *b, struct pop3_error *err)
{
	const struct invocation *const in = b->in;

	b->lines.fd = STDIN_FILENO;
	if (in->operand_count == 0 && prompt_is_possible()) {
		b->prompt = prompt_open(in->connection->manages, err);
		b->keep_going = true;
		return b->prompt != NULL ? 0 : -1;
	}
	if (in->operand_count == 0 || strcmp(in->operands[0], "-") == 0)
		return 0;
	b->lines.fd = open(in->operands[0], O_RDONLY | O_CLOEXEC);
	if (b->lines.fd < 0)
		return pop3_fail_errno(err, POP3_E_NO_ACCOUNT, "'%s'", in->operands[0]);
	return 0;
}

int batch_prepare(struct invocation *in, struct pop3_error *err)
{
	const struct batch_options *const options = in->options;
	struct batch *const b = in->work = calloc(1, sizeof *b);

	if (b == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	b->in = in;
	in->is_last = false;
	/* A line that is not read yet may name any destination, a command among them. */
	in->sandbox.may_write = in->sandbox.may_exec = true;
	b->keep_going = options->keep_going;
	b->waiting.end = &b->waiting.first;
	b->kept.end = &b->kept.first;
	return open_lines(b, err) < 0 ? -1 : check_file(b, err);
}

int batch_after(struct invocation *in, const struct pop3_error *quit, struct pop3_error *err)
{
	struct batch *const b = in->work;

	if (in->hang_up)
		return 0;
	for (struct line *line = b->kept.first; line != NULL; line = line->next)
		if (line->marks == in->mailbox->marks && run_line_after(&line->run, quit, err) < 0)
			return -1;
	return 0;
}

void batch_release(struct invocation *in)
{
	struct batch *const b = in->work;

	if (b == NULL)
		return;
	release_list(&b->waiting);
	release_list(&b->kept);
	lines_release(&b->lines);
	prompt_close(b->prompt);
	if (b->lines.fd > STDIN_FILENO)
		close(b->lines.fd);
	free(b);
}
