/* One line of a batch: a command that runs in the session of the batch. */
#include "cmd/batch/line.h"

#include <stdlib.h>

#include "cli/select.h"

int line_read(struct line *line, const char *text, size_t length, struct pop3_error *err)
{
	if (shell_words_split(&line->words, "pop3", text, length, err) < 0)
		return -1;
	if (line->words.count <= 1)
		return 0;
	return run_read(&line->run, (int)line->words.count, line->words.items, err);
}

int line_check(struct line *line, struct pop3_error *err)
{
	struct run *const run = &line->run;

	if (run->command == NULL || (run->command->needs & NEEDS_MESSAGES) == 0 ||
	    run->general.help || run->general.version)
		return 0;
	run->in.command = run->command;
	run->in.messages = &run->messages;
	return select_read(&run->in, &run->message_options, NULL, err);
}

/* A later line may have reopened the state for writing. */
static void bind_state(struct run *run)
{
	run->in.state = run->outer->in.state;
	run_bind_messages(run);
}

/* Ending the session without QUIT would undo the deletions: refused. */
static int check_deletions(const struct invocation *in, struct pop3_error *err)
{
	if (!in->hang_up || in->ends_batch || in->mailbox->marked_count == 0)
		return 0;
	return pop3_fail(err, POP3_E_USAGE,
			 "--peek ends without QUIT, so it cannot be used in a batch that deletes "
			 "messages");
}

static int prepare_and_run(struct run *run, struct pop3_error *err)
{
	const struct command *const command = run->command;
	struct invocation *const in = &run->in;

	if (run_prepare(run, err) < 0 || check_deletions(in, err) < 0)
		return -1;
	run_bind_messages(run);
	if ((command->run != NULL ? command->run : command->ask)(in, err) < 0)
		return -1;
	return check_deletions(in, err);
}

int line_run(struct line *line, struct pop3_error *err)
{
	struct run *const run = &line->run;
	struct invocation *const in = &run->in, *const outer = &run->outer->in;
	int result;

	if (run_begin(run, err) < 0)
		return -1;
	in->connection = outer->connection;
	in->session = outer->session;
	in->mailbox = outer->mailbox;
	in->shared = outer->shared;
	in->state = outer->state;
	in->account = outer->account;
	in->config = outer->config;
	in->hang_up = outer->hang_up;
	line->resets = outer->mailbox->resets;
	result = run_print(run, prepare_and_run(run, err), err);
	/* Later lines use the state that this line has opened. */
	outer->state = in->state;
	if (result == 0) {
		outer->hang_up = in->hang_up;
		outer->ends_batch = in->ends_batch;
	}
	return result;
}

int line_print(struct line *line, struct pop3_error *err)
{
	struct run *const run = &line->run;
	int result;

	bind_state(run);
	result = run->command->print != NULL ? run->command->print(&run->in, err) : 0;
	return run_print(run, result, err) < 0 ? -1 : run_fail_in_part(&run->in, err);
}

int line_run_again(struct line *line, struct pop3_error *err)
{
	struct invocation *const in = &line->run.in;
	int result;

	bind_state(&line->run);
	result = line->run.command->ask(in, err);
	in->asks_again = false;
	if (result < 0 || pop3_session_await(in->session, err) < 0)
		return -1;
	return line_print(line, err);
}

int line_before_quit(struct line *line, struct pop3_error *err)
{
	const struct command *const command = line->run.command;

	bind_state(&line->run);
	return command->before_quit != NULL ? command->before_quit(&line->run.in, err) : 0;
}

int line_after_quit(struct line *line, const struct pop3_error *quit, struct pop3_error *err)
{
	struct run *const run = &line->run;

	bind_state(run);
	return run_print(run, run->command->after_quit(&run->in, quit, err), err);
}

void line_release(struct line *line)
{
	run_release(&line->run);
	shell_words_release(&line->words);
	free(line);
}
