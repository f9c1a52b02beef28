/* One line of a batch: a command in the session of another one. */
#include "cli/run.h"

/* What the lines of a batch have in common. */
static void inherit(struct invocation *in, const struct invocation *outer)
{
	in->connection = outer->connection;
	in->session = outer->session;
	in->mailbox = outer->mailbox;
	in->kept = outer->kept;
	in->state = outer->state;
	in->account = outer->account;
	in->config = outer->config;
}

/* What hangs up deletes nothing. */
static int check_deletions(const struct invocation *in, struct pop3_error *err)
{
	if (!in->hang_up || in->leaves || in->mailbox->marked_count == 0)
		return 0;
	return pop3_fail(err, POP3_E_USAGE,
			 "--peek leaves without QUIT, which is what deletes: not in a batch with "
			 "deletions");
}

static int prepare_and_run(struct run *line, struct pop3_error *err)
{
	struct invocation *const in = &line->in;

	in->hang_up = line->outer->in.hang_up;
	if (run_prepare(line, err) < 0 || check_deletions(in, err) < 0)
		return -1;
	run_bind_messages(line);
	if (line->command->run(in, err) < 0)
		return -1;
	return check_deletions(in, err);
}

int run_line_ask(struct run *line, struct pop3_error *err)
{
	struct invocation *const in = &line->in;
	struct invocation *const outer = &line->outer->in;
	int result;

	if (run_begin(line, err) < 0)
		return -1;
	inherit(in, outer);
	result = run_print(line, prepare_and_run(line, err), err);
	/* The state that a line has opened is there for the next ones. */
	outer->state = in->state;
	if (result == 0) {
		outer->hang_up = in->hang_up;
		outer->leaves = in->leaves;
	}
	return result;
}

int run_line_tell(struct run *line, struct pop3_error *err)
{
	const int result = line->command->tell != NULL ? line->command->tell(&line->in, err) : 0;

	return run_print(line, result, err) < 0 ? -1 : run_fail_in_part(&line->in, err);
}

int run_line_after(struct run *line, const struct pop3_error *quit, struct pop3_error *err)
{
	return run_print(line, line->command->after(&line->in, quit, err), err);
}
