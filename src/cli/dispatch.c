/* One command line from its words to its exit status. */
#include "cli/dispatch.h"

#include "cli/exit.h"
#include "cli/report.h"
#include "cli/run.h"
#include "cli/signals.h"
#include "options/help.h"

static int read_and_run(struct run *run, int argc, char **argv, struct pop3_error *err)
{
	if (run_read(run, argc, argv, err) < 0)
		return -1;
	if (run->general.help || run->general.version)
		return help_show(&run->general, run->command, false, err);
	return run_command(run, err);
}

int dispatch(int argc, char **argv)
{
	struct run run = { .cancel_fd = signals_catch() };
	struct pop3_error err = { .code = POP3_E_NONE };
	int status = 0;

	if (read_and_run(&run, argc, argv, &err) < 0) {
		/* A failure that gave no reason must not look like a success. */
		if (err.code == POP3_E_NONE)
			pop3_fail(&err, POP3_E_BUG, "failed without a reason");
		report_error(&run.connection, run.general.json, &err);
		status = exit_status_of(&err);
	}
	run_release(&run);
	return status;
}
