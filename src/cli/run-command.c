/* Runs a command whose settings are known: opens a session, uses it, and quits or hangs up. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/file.h"
#include "base/tracer.h"
#include "cli/exit.h"
#include "cli/output.h"
#include "cli/password.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/signals.h"
#include "pop3/pipelining.h"
#include "pop3/session.h"

#define WAIT_DOUBLINGS 3 /* of the pause of one second while waiting for a server */

static void name_cache(struct run *run)
{
	struct buffer path = { 0 };
	struct pop3_error ignored;

	if (file_user_directory(&path, "XDG_CACHE_HOME", "~/.cache", &ignored) == 0) {
		buffer_append_text(&path, "/pop3");
		if (!path.no_memory && file_make_directories(path.data) == 0)
			run->connection.target.cache_dir =
				string_pool_add(&run->pool, path.data, &ignored);
	}
	if (run->connection.target.cache_dir != NULL)
		sandbox_allow(&run->in.sandbox, path.data);
	buffer_release(&path);
}

static bool needs_session(const struct run *run)
{
	return (run->command->needs & NEEDS_SESSION) != 0 && !run->connection.manages &&
	       !run->in.stays_local;
}

/* With hints for a user who has just installed the program. */
static int fail_no_server(const struct run *run, struct pop3_error *err)
{
	const char *const path = buffer_text(&run->config.path);
	struct pop3_error unknown;

	if (run->connection.account != NULL)
		return pop3_fail(err, POP3_E_USAGE, "no server for account '%s' in %s: add a line "
						    "'server = ...' or use --server",
				 run->connection.account, path);
	return pop3_fail(err, POP3_E_USAGE, "no server: use --server, %sor add an account to %s",
			 command_find("setup", false, &unknown) != NULL
				 ? "'pop3 setup ADDRESS', " : "", path);
}

/* Prepares all of a connection that needs no network, except the password. */
static int prepare_connection(struct run *run, struct pop3_error *err)
{
	struct connection *const c = &run->connection;
	const unsigned needs = run->command->needs;

	c->in_config = run->config.password;
	c->config_origin = run->config.password_origin;
	run->config.password = (struct pop3_secret){ .text = NULL };
	if (password_from_environment("POP3_PASSWORD", &c->in_environment, err) < 0)
		return -1;
	if (c->server == NULL)
		return fail_no_server(run, err);
	if (connection_prepare(c, &run->set, (needs & MANAGES) != 0, err) < 0)
		return c->at_fault != NULL ? config_blame(&run->config, c->account, &run->set,
							  c->at_fault, err) : -1;
	if (c->target.tls == POP3_TLS_STLS && c->target.port == 995 && c->tunnel == NULL)
		warn(&run->in, "pop3:// at port 995 is probably meant to be pop3s://%s",
		     c->url.host);
	if (c->user == NULL && (needs & MAY_STAY_OUT) == 0 && needs_session(run))
		return pop3_fail(err, POP3_E_USAGE,
				 "no user name: use --user, or put it before '@' in the URL");
	/* Header filters may have to reopen it when a server sends whole messages for TOP. */
	c->target.one_session = c->retry == 0 && (needs & (KEEPS_TRYING | REOPENS)) == 0 &&
				filter_is_empty(&run->messages.filter);
	if (trace_open(&run->trace, c->trace, &run->general, &c->target.timeouts, err) < 0)
		return -1;
	if (c->trace != NULL || run->general.verbose) {
		run->diagnostics = calloc(1, sizeof *run->diagnostics);
		c->target.diagnostics = run->diagnostics;
		c->target.tracer = &run->trace.tracer;
	}
	name_cache(run);
	/* A tunnel is started again for each session and would inherit the sandbox. */
	if (c->no_sandbox || c->tunnel != NULL)
		run->in.sandbox.may_write = run->in.sandbox.may_exec = true;
	return 0;
}

static int find_password(struct pop3_secret_source *source, struct pop3_secret *secret,
			 struct pop3_error *err)
{
	struct password_finder *const finder = (struct password_finder *)source;

	(void)secret; /* the account's secret is the connection's */
	return password_find(finder->connection, err);
}

/*
 * The password is asked for only after the server's certificate has been accepted. What is needed
 * then has to be prepared before, since the sandbox will forbid it.
 */
static int prepare_password(struct run *run, struct pop3_error *err)
{
	struct connection *const c = &run->connection;

	if (c->user == NULL || !pop3_auth_needs_password(c->target.auth)) {
		password_release(c);
		return 0;
	}
	if (password_choose(c, err) < 0 || password_hold(c, err) < 0)
		return -1;
	if (c->prompts)
		sandbox_allow(&run->in.sandbox, "/dev/tty");
	c->finder = (struct password_finder){ { find_password }, c };
	c->target.secret_source = &c->finder.source;
	return 0;
}

static int name_account(struct run *run, struct pop3_error *err)
{
	struct buffer name = { 0 };

	if (run->connection.account != NULL)
		buffer_append_text(&name, run->connection.account);
	else
		connection_name(&run->connection, &name);
	/* A truncated name could be another account's. */
	if (buffer_check(&name, POP3_E_MEMORY, err) == 0)
		run->in.account = string_pool_add(&run->pool, buffer_text(&name), err);
	buffer_release(&name);
	return run->in.account != NULL ? 0 : -1;
}

/* --- one attempt --- */

int run_fail_in_part(const struct invocation *in, struct pop3_error *err)
{
	const bool is_batch = (in->command->needs & RUNS_ONCE) != 0;

	if (in->failed == 0)
		return 0;
	if (in->skipped == in->failed)
		return pop3_fail(err, POP3_E_PARTIAL, "%zu of the messages skipped", in->skipped);
	if (in->skipped > 0)
		return pop3_fail(err, POP3_E_PARTIAL, "%zu of the messages failed, %zu skipped",
				 in->failed - in->skipped, in->skipped);
	return pop3_fail(err, POP3_E_PARTIAL, "%zu of the %s failed", in->failed,
			 is_batch ? "lines" : "messages");
}

int run_print(const struct run *run, int result, struct pop3_error *err)
{
	struct pop3_error late;

	if (output_flush(run->output, &late) == 0 || result < 0)
		return result;
	*err = late;
	return -1;
}

void run_bind_messages(struct run *run)
{
	struct messages *const m = &run->messages;

	m->session = run->in.session;
	m->mailbox = run->in.mailbox;
	m->state = run->in.state;
	m->is_last = run->in.is_last;
	m->is_made = run->in.asks_again;
}

void forget_password(const struct invocation *in)
{
	if (in->run->outer == NULL && in->run->connection.retry == 0)
		pop3_session_wipe_secret(in->session);
}

/* A command alone in its session may send QUIT with its own commands. */
static int run_alone(struct run *run, struct pop3_error *err)
{
	const struct command *const command = run->command;
	struct invocation *const in = &run->in;

	run_bind_messages(run);
	run->messages.quits = (command->needs & QUITS_AT_ONCE) != 0;
	if (command->run != NULL)
		return command->run(in, err);
	if (command->ask(in, err) < 0)
		return -1;
	if ((command->needs & QUITS_AT_ONCE) != 0)
		pop3_session_last_round(in->session);
	if (pop3_session_await(in->session, err) < 0)
		return -1;
	forget_password(in);
	return command->print != NULL ? command->print(in, err) : 0;
}

/* Sends QUIT, unless the command wants to hang up or QUIT would delete too much. */
static int end_session(const struct invocation *in, struct pop3_error *err)
{
	if (in->session == NULL || in->hang_up)
		return 0;
	if (!in->mailbox->must_stay)
		return pop3_session_quit(in->session, err);
	if (in->mailbox->marked_count == 0)
		return 0;
	return pop3_fail(err, POP3_E_UNCONFIRMED,
			 "nothing was deleted: the server would also delete messages that could "
			 "not be stored (EXPIRE 0)");
}

static int run_and_quit(struct run *run, struct pop3_error *err)
{
	struct invocation *const in = &run->in;
	struct pop3_error quit;
	bool quit_failed;
	int result = 0;

	if (run_print(run, run_alone(run, err), err) < 0)
		return -1;
	quit_failed = end_session(in, &quit) < 0;
	if (run->command->after_quit != NULL)
		result = run->command->after_quit(in, quit_failed ? &quit : NULL, err);
	if (run_print(run, result, err) < 0)
		return -1;
	if (!quit_failed)
		return run_fail_in_part(in, err);
	*err = quit;
	return -1;
}

void run_release_shared(const struct invocation *in)
{
	if (in->shared->value != NULL)
		in->shared->release(in->shared->value);
	in->shared->value = NULL;
}

static int attempt(struct run *run, struct pop3_error *err)
{
	const bool once = (run->command->needs & RUNS_ONCE) != 0;
	struct invocation *const in = &run->in;
	int result = 0;

	in->failed = in->skipped = 0;
	mailbox_forget(in->mailbox);
	if (needs_session(run)) {
		in->session = pop3_session_open(&run->connection.target, err);
		if (in->session == NULL)
			return -1;
	}
	/* A command without a second attempt waits until the login has succeeded. */
	if (once && run->connection.retry > 0 && in->session != NULL)
		result = pop3_session_await(in->session, err);
	if (result == 0) {
		run->entered = true;
		result = run_and_quit(run, err);
	}
	if (result < 0 && in->session != NULL && !in->hang_up &&
	    !pop3_error_ends_session(err->code))
		pop3_session_abandon(in->session);
	pop3_session_close(in->session);
	in->session = NULL;
	run_release_shared(in);
	if (result < 0 && err->code == POP3_E_INTERRUPTED && in->mailbox->marked_count > 0) {
		const struct pop3_error interrupted = *err;

		pop3_fail(err, POP3_E_INTERRUPTED, "%.400s: nothing was deleted", interrupted.text);
	}
	return result;
}

/* --- attempts --- */

static bool may_try_again(const struct run *run, unsigned attempts, const struct pop3_error *err)
{
	const unsigned needs = run->command->needs;
	const bool tireless = (needs & KEEPS_TRYING) != 0 && !run->entered;
	const bool is_temporary = (pop3_recovery(err->code, POP3_CONNECTING) & POP3_RETRY) != 0;
	/* A host name may resolve only once its server is up; a mistyped one never does. */
	const bool may_resolve = err->code == POP3_E_HOST && (needs & KEEPS_TRYING) != 0 &&
				 run->connection.max_time > 0;

	if (((needs & RUNS_ONCE) != 0 && run->entered) || run->connection.password_failed)
		return false;
	return (tireless || attempts < run->connection.retry) && (is_temporary || may_resolve) &&
	       !output_started(run->output);
}

/* Pauses 1, 2, 4 … seconds, or longer if the server asks for it. */
static int keep_trying(struct run *run, struct pop3_error *err)
{
	for (unsigned attempts = 0;; attempts++) {
		const bool tireless = (run->command->needs & KEEPS_TRYING) != 0;
		const unsigned doublings = tireless ? WAIT_DOUBLINGS : 10;
		unsigned seconds = 1U << (attempts < doublings ? attempts : doublings);
		struct pop3_error late;

		if (attempt(run, err) == 0)
			return 0;
		if (!may_try_again(run, attempts, err))
			return -1;
		if (err->retry_after > seconds)
			seconds = err->retry_after;
		tracer_print(run->in.connection->target.tracer, POP3_STEP,
			     "%s: trying again in %u s", err->text, seconds);
		if (deadline_delay(&run->connection.target.timeouts, seconds, &late) == 0)
			continue;
		/* No time left for a pause: the original failure is more useful. */
		if (late.code == POP3_E_INTERRUPTED)
			*err = late;
		if (late.code == POP3_E_INTERRUPTED || !tireless)
			return -1;
		err->code = POP3_E_TIMEOUT;
		return pop3_context(err, "--max-time exceeded");
	}
}

int run_begin(struct run *run, struct pop3_error *err)
{
	const struct run *const whole = run->outer != NULL ? run->outer : run;
	struct invocation *const in = &run->in;
	const struct output_form form = {
		.json = run->general.json, .nul = run->general.nul,
		.header = run->general.header, .is_terminal = isatty(STDOUT_FILENO) == 1,
		.wide = run->general.wide, .line = run->line,
		.timeouts = &whole->connection.target.timeouts,
	};

	run->connection.target.timeouts.cancel_fd = run->cancel_fd;
	run->output = output_open(&form, err);
	if (run->output == NULL)
		return -1;
	in->run = run;
	in->command = run->command;
	in->options = run->own;
	in->output = run->output;
	in->general = &run->general;
	in->messages = &run->messages;
	in->set = &run->set;
	if ((run->command->needs & NEEDS_MESSAGES) == 0)
		return 0;
	return select_read(in, &run->message_options, form.timeouts, err);
}

int run_prepare(struct run *run, struct pop3_error *err)
{
	const struct command *const command = run->command;
	const bool writes = (command->needs & NEEDS_STATE) != 0;

	if (command->prepare != NULL && command->prepare(&run->in, err) < 0)
		return -1;
	if (writes)
		return state_file_open(&run->in, STATE_WRITE, 0, err);
	/*
	 * The selector "new" only reads the state, and so do the lines of a batch, whose common
	 * listing must identify the messages as the state does.
	 */
	if ((command->needs & NEEDS_MESSAGES) != 0 && run->in.state == NULL &&
	    (!run->in.is_last || selection_has(&run->messages.selection, SELECTOR_NEW)))
		return state_file_open(&run->in, STATE_READ, 0, err);
	return 0;
}

static int run_command(struct run *run, struct pop3_error *err)
{
	const struct command *const command = run->command;
	struct invocation *const in = &run->in;
	struct pop3_error late;
	int result;

	if (run_begin(run, err) < 0)
		return -1;
	in->connection = &run->connection;
	in->mailbox = &run->mailbox;
	in->shared = &run->shared;
	in->config = &run->config;
	in->is_last = true;
	if ((command->needs & (NEEDS_SESSION | NEEDS_ACCOUNT)) != 0 &&
	    (prepare_connection(run, err) < 0 || name_account(run, err) < 0))
		return -1;
	if (run_prepare(run, err) < 0)
		return -1;
	if (needs_session(run) && prepare_password(run, err) < 0)
		return -1;
	if ((command->needs & (NEEDS_SESSION | MANAGES)) != 0)
		sandbox_enter(&in->sandbox);
	result = keep_trying(run, err);
	if (command->conclude == NULL)
		return result;
	if (command->conclude(in, result < 0 ? err : NULL, &late) == 0 &&
	    output_flush(run->output, &late) == 0)
		return result;
	/* Of two failures, the first is reported. */
	if (result == 0)
		*err = late;
	return -1;
}

void run_release(struct run *run)
{
	if (run->command != NULL && run->command->release != NULL)
		run->command->release(&run->in);
	if (run->outer == NULL)
		state_close(run->in.state);
	mailbox_forget(&run->mailbox);
	output_close(run->output);
	trace_close(&run->trace);
	if (run->diagnostics != NULL)
		pop3_diagnostics_release(run->diagnostics);
	free(run->diagnostics);
	messages_release(&run->messages);
	sandbox_release(&run->in.sandbox);
	password_release(&run->connection);
	config_release(&run->config);
	option_set_release(&run->set);
	string_pool_release(&run->pool);
	free(run->own);
}

/* --- the whole --- */

int run_main(int argc, char **argv)
{
	struct run run = { .cancel_fd = signals_catch() };
	struct pop3_error err = { .code = POP3_E_NONE };
	bool json = false;
	int status;

	/* Searches all words, since parsing may stop at a bad option before "--json". */
	for (char **word = argv; *word != NULL && strcmp(*word, "--") != 0; word++)
		json = json || strcmp(*word, "--json") == 0;
	status = run_read(&run, argc, argv, &err);
	if (status == 0 && (run.general.help || run.general.version))
		status = help_show(&run.general, run.command, false, &err);
	else if (status == 0)
		status = run_command(&run, &err);
	progress_end();
	if (status < 0) {
		/* A failure without a code must not exit with success. */
		if (err.code == POP3_E_NONE)
			pop3_fail(&err, POP3_E_BUG, "failed for an unknown reason");
		report_error(&run.connection, json || run.general.json, &err);
		if (!json && !run.connection.manages && run.command != NULL &&
		    (run.command->needs & NEEDS_SESSION) != 0 && isatty(STDERR_FILENO) == 1)
			report_check(&run.set, &err);
		status = exit_status_of(&err);
	}
	run_release(&run);
	return status;
}
