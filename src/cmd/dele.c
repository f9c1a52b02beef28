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

static int run(struct invocation *in, struct pop3_error *err)
{
	const struct dele_options *const dele = in->options;
	const struct messages *const m = in->messages;
	struct pop3_error *refused;
	uint32_t *numbers;
	int result;

	if (messages_choose(in, POP3_LIST_UIDS, err) < 0)
		return -1;
	free(in->work);
	in->work = refused = calloc(m->count + 1, sizeof *refused);
	numbers = calloc(m->count + 1, sizeof *numbers);
	if (refused == NULL || numbers == NULL) {
		free(numbers);
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < m->count; i++)
		numbers[i] = messages_entry(m, i)->number;
	result = dele->dry_run ? 0 : pop3_dele(in->session, numbers, m->count, refused, err);
	free(numbers);
	return result;
}

static const char *status_of(const struct invocation *in, const struct pop3_error *refused,
			     const struct pop3_error *quit)
{
	if (((const struct dele_options *)in->options)->dry_run)
		return "would-delete";
	if (refused->code != POP3_E_NONE)
		return "failed";
	return quit != NULL ? "unknown" : "deleted";
}

static int after(struct invocation *in, const struct pop3_error *quit, struct pop3_error *err)
{
	const struct pop3_error *const refused = in->work;

	for (size_t i = 0; i < in->messages->count; i++) {
		output_begin(in->output);
		messages_output(in, i);
		output_text(in->output, "status", status_of(in, &refused[i], quit));
		if (output_end(in->output, err) < 0)
			return -1;
		if (refused[i].code == POP3_E_NONE)
			continue;
		in->failed++;
		warn(in, "message %u: %s", messages_entry(in->messages, i)->number,
		     refused[i].text);
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
