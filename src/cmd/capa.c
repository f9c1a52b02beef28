/* pop3 capa: the capabilities that the server announces. */
#include <string.h>

#include "cli/output.h"
#include "cmd/commands.h"
#include "pop3/verbs.h"

static int ask(struct invocation *in, struct pop3_error *err)
{
	return pop3_capa_ahead(in->session, err);
}

static int print(struct invocation *in, struct pop3_error *err)
{
	const struct pop3_capa *const capa = pop3_session_capa(in->session);
	const char *line = capa->text;

	for (size_t i = 0; i < capa->lines; i++) {
		const size_t length = strcspn(line, "\n"), name = strcspn(line, " \t\n");
		const size_t blanks = strspn(line + name, " \t");

		output_begin(in->output);
		output_octets(in->output, "capability", line, name);
		output_octets(in->output, "arguments", line + name + blanks,
			      length - name - blanks);
		if (output_end(in->output, err) < 0)
			return -1;
		line += length + 1;
	}
	return 0;
}

const struct command cmd_capa = {
	.name = "capa", .summary = "Show the server's capabilities",
	.operands = "", .needs = NEEDS_SESSION | MAY_STAY_OUT | QUITS_AT_ONCE,
	.ask = ask, .print = print,
	.examples = "  pop3 capa\n"
		    "  pop3 capa --json\n",
};
