/* pop3 dele: delete messages. What was deleted is known only after QUIT. */
#include <stdlib.h>

#include "cli/messages.h"
#include "cli/output.h"
#include "cli/warn.h"
#include "cmd/commands.h"

struct dele_options {
	bool dry_run;
};

static const struct option_spec options[] = {
	{ OPTION_FLAG, 'n', "dry-run", offsetof(struct dele_options, dry_run), NULL,
	  "only say what would be deleted", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* Which of the chosen the server would not mark; kept from run to after. */
static bool *refusals(const struct invocation *in)
{
	return in->work;
}

static void note_refusal(void *arg, size_t i, const struct pop3_error *why)
{
	struct invocation *const in = arg;

	refusals(in)[i] = true;
	in->failed++;
	warn(in, "message %u: %s", messages_entry(in->messages, i)->number, why->text);
}

static int mark(struct invocation *in, struct pop3_error *err)
{
	const struct messages *const m = in->messages;
	uint32_t *const numbers = calloc(m->count + 1, sizeof *numbers);
	int result;

	if (numbers == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	for (size_t i = 0; i < m->count; i++)
		numbers[i] = messages_entry(m, i)->number;
	result = pop3_dele(in->session, numbers, m->count, note_refusal, in, err);
	free(numbers);
	return result;
}

static int run(struct invocation *in, struct pop3_error *err)
{
	const struct dele_options *const dele = in->options;

	if (messages_choose(in, POP3_LIST_UIDS, err) < 0)
		return -1;
	free(in->work);
	in->work = calloc(in->messages->count + 1, sizeof(bool));
	if (in->work == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	return dele->dry_run ? 0 : mark(in, err);
}

static const char *status_of(const struct invocation *in, size_t i, const struct pop3_error *quit)
{
	if (((const struct dele_options *)in->options)->dry_run)
		return "would-delete";
	if (refusals(in)[i])
		return "failed";
	return quit != NULL ? "unknown" : "deleted";
}

static int after(struct invocation *in, const struct pop3_error *quit, struct pop3_error *err)
{
	for (size_t i = 0; i < in->messages->count; i++) {
		output_begin(in->output);
		messages_output(in, i);
		output_text(in->output, "status", status_of(in, i, quit));
		if (output_end(in->output, err) < 0)
			return -1;
	}
	return 0;
}

static void release(struct invocation *in)
{
	free(in->work);
}

const struct command cmd_dele = {
	.name = "dele", .summary = "Delete messages",
	.operands = "MESSAGE...", .min = 1, .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES,
	.options = options, .options_size = sizeof(struct dele_options),
	.run = run, .after = after, .release = release,
};
