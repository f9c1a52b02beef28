/* pop3 admin: runs one verb over one of the four management protocols. */
#include "admin/admin.h"
#include "admin/follow.h"

#include <stdlib.h>
#include <string.h>

#include "base/deadline.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/password.h"
#include "cmd/commands.h"
#include "options/option.h"

#define HINT_OCTETS 64
#define FOLLOW_MS 1000 /* between two requests for the log */

struct options {
	bool insecure, follow;
	const char *command, *file, *fd;
};

#define FIELD(name) offsetof(struct options, name)

static const struct option_spec options[] = {
	{ OPTION_FLAG, 0, "insecure", FIELD(insecure), NULL,
	  "send unencrypted secrets to another machine", NULL },
	{ OPTION_FLAG, 0, "follow", FIELD(follow), NULL,
	  "with log: print new entries until interrupted", NULL },
	{ OPTION_TEXT, 0, "new-password-command", FIELD(command), "COMMAND",
	  "the new password is the first line it prints", NULL },
	{ OPTION_PATH, 0, "new-password-file", FIELD(file), "FILE",
	  "the new password is its first line", NULL },
	{ OPTION_TEXT, 0, "new-password-fd", FIELD(fd), "N",
	  "the new password is the first line of descriptor N", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* Results of prepare, for run. */
struct work {
	const struct admin_protocol *protocol;
	struct admin_request request;
	struct pop3_secret new_password;
};

struct printer {
	struct admin_sink sink;
	struct output *output;
};

static int print_record(struct admin_sink *sink, const struct admin_field *fields, size_t count,
			struct pop3_error *err)
{
	struct output *const output = ((struct printer *)sink)->output;

	output_begin(output);
	for (size_t i = 0; i < count; i++)
		if (fields[i].is_number)
			output_number(output, fields[i].name, fields[i].number);
		else
			output_octets(output, fields[i].name, fields[i].text, fields[i].length);
	return output_end(output, err);
}

/* Compares each verb, of one or two words, with the same number of operands. */
static int suggest_verb(const struct invocation *in, struct pop3_error *err)
{
	struct nearest nearest = { .word = NULL };
	struct buffer typed = { 0 };
	char hint[HINT_OCTETS];
	const char *verb;

	buffer_append_text(&typed, in->operands[0]);
	if (in->operand_count > 1)
		buffer_append_format(&typed, " %s", in->operands[1]);
	for (size_t i = 0; (verb = admin_verb_name(i)) != NULL; i++)
		nearest_offer(&nearest, strchr(verb, ' ') != NULL ? buffer_text(&typed) :
			      in->operands[0], verb);
	buffer_release(&typed);
	return pop3_fail(err, POP3_E_USAGE, "unknown verb '%s'%s; see 'pop3 help admin'",
			 in->operands[0], nearest_hint(&nearest, hint, sizeof hint));
}

static int prompt_twice(const struct password_sources *prompt, struct pop3_secret *secret,
			struct pop3_error *err)
{
	struct password_sources once_more = *prompt;
	struct pop3_secret again = { .text = NULL };
	int result = password_from(prompt, secret, err);

	if (result < 0 || secret->length == 0)
		return result;
	once_more.prompt = "Repeat the new password: ";
	result = password_from(&once_more, &again, err);
	if (result == 0 && (secret->length != again.length ||
			    memcmp(secret->text, again.text, again.length) != 0))
		result = pop3_fail(err, POP3_E_USAGE, "the two passwords differ");
	pop3_secret_wipe(&again);
	return result;
}

static int find_new_password(const struct invocation *in, const char *user,
			     struct pop3_secret *secret, struct pop3_error *err)
{
	const struct options *const given = in->options;
	struct buffer prompt = { 0 };
	struct password_sources sources = {
		.command = given->command, .file = given->file, .fd = given->fd,
		.timeouts = &in->connection->target.timeouts,
	};
	int result = 0;

	buffer_append_format(&prompt, "New password for %s: ", user);
	sources.prompt = buffer_text(&prompt);
	if (given->command != NULL || given->file != NULL || given->fd != NULL)
		result = password_from(&sources, secret, err);
	else if (!in->connection->no_input)
		result = prompt_twice(&sources, secret, err);
	buffer_release(&prompt);
	if (result == 0 && secret->length == 0)
		return pop3_fail(err, POP3_E_USAGE, "no new password: use --new-password-command, "
				 "--new-password-file or --new-password-fd");
	return result;
}

/* Refuses options that would have no effect on these protocols. */
static int check_options(const struct invocation *in, struct pop3_error *err)
{
	static const char *const useless[] = {
		"tls", "auth", "ca-file", "ca-dir", "pin", "cert", "key", "tls-min", "tls-name",
		"no-verify",
	};

	for (size_t i = 0; i < sizeof useless / sizeof useless[0]; i++)
		if (option_origin(in->connection->set, useless[i]) == FROM_COMMAND_LINE)
			return pop3_fail(err, POP3_E_USAGE,
					 "--%s cannot be used here: the management protocols have "
					 "no TLS and only one way to log in",
					 useless[i]);
	return 0;
}

static void describe(struct buffer *out)
{
	admin_describe(out);
	buffer_append_text(out, "\nThe secret is read like a password: --password-command, -file "
			   "or -fd,\n$POP3_PASSWORD, ~/.netrc, or a prompt. monitor has none. "
			   "Metrics:\nconnections-now connections online logins messages octets "
			   "removed.\n");
}

static int prepare(struct invocation *in, struct pop3_error *err)
{
	struct connection *const connection = in->connection;
	struct work *const work = in->work = calloc(1, sizeof *work);

	if (work == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	work->protocol = admin_protocol(connection->url.scheme, err);
	if (work->protocol == NULL || check_options(in, err) < 0)
		return -1;
	if (admin_parse(&work->request, in->operands, in->operand_count, err) < 0)
		return work->request.verb != NULL ? -1 : suggest_verb(in, err);
	if (((const struct options *)in->options)->follow &&
	    strcmp(in->operands[0], "log") != 0)
		return pop3_fail(err, POP3_E_USAGE, "--follow can only be used with log");
	if (admin_check(work->protocol, &work->request, connection->user, err) < 0)
		return -1;
	if (admin_wants_secret(work->protocol, connection->user) &&
	    password_find(connection, err) < 0)
		return -1;
	if (!admin_sets_password(work->request.verb))
		return 0;
	work->request.new_password = &work->new_password;
	return find_new_password(in, work->request.arguments[0], &work->new_password, err);
}

static void close_link(void *link)
{
	admin_close(link);
}

/* Repeats until interrupted, or until a failure. */
static int follow(const struct invocation *in, struct admin_link *link, struct admin_sink *sink,
		  struct pop3_error *err)
{
	const struct work *const work = in->work;
	const struct pop3_timeouts *const timeouts = &in->connection->target.timeouts;
	struct admin_follower follower;
	int result;

	admin_follower_init(&follower);
	do {
		result = admin_ask(link, &work->request, &follower.sink, err);
		if (result == 0)
			result = admin_follower_pass(&follower, sink, err);
		if (result == 0)
			result = output_flush(in->output, err);
		if (result == 0)
			result = deadline_pause(timeouts, FOLLOW_MS, err);
	} while (result == 0);
	admin_follower_release(&follower);
	return result;
}

static int run(struct invocation *in, struct pop3_error *err)
{
	const struct options *const given = in->options;
	const struct work *const work = in->work;
	struct printer printer = { .sink.record = print_record, .output = in->output };
	struct admin_link *link;

	/* All lines of a batch share one link. */
	if (in->shared->value == NULL)
		*in->shared = (struct shared){
			.value = admin_open(work->protocol, &in->connection->target,
					    given->insecure, err),
			.release = close_link,
		};
	link = in->shared->value;
	if (link == NULL)
		return -1;
	if (given->follow)
		return follow(in, link, &printer.sink, err);
	return admin_ask(link, &work->request, &printer.sink, err);
}

static void release(struct invocation *in)
{
	struct work *const work = in->work;

	if (work != NULL)
		pop3_secret_wipe(&work->new_password);
	free(work);
	in->work = NULL;
}

const struct command cmd_admin = {
	.name = "admin",
	.summary = "Manage a server over peep, spscmp, monitor or smtpstatus",
	.operands = "VERB [ARGUMENT...]", .min = 1, .max = OPERANDS_ANY,
	.needs = NEEDS_ACCOUNT | MANAGES,
	.options = options, .options_size = sizeof(struct options),
	.prepare = prepare, .run = run, .release = release,
	.has_verb = admin_is_verb, .describe = describe,
	.examples =
		"  pop3 admin -s spscmp://localhost metrics\n"
		"  pop3 admin -s peep://admin@localhost user-add ann --new-password-file secret\n",
};
