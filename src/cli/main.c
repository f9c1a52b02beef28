/* pop3: a POP3 client for scripts. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/exit.h"
#include "cli/run.h"
#include "cli/signals.h"

/* Passwords pass through this process: it leaves no core, and others may not look inside. */
static void guard_secrets(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

/*
 * A closed one of the three would become a file's or the server's own, with what is written for a
 * person in it. What is put there can be neither read nor written.
 */
static void occupy_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_PATH);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static int read_and_run(struct run *run, int argc, char **argv, struct pop3_error *err)
{
	if (run_read(run, argc, argv, err) < 0)
		return -1;
	if (run->general.help || run->general.version)
		return help_show(&run->general, run->command, false, err);
	return run_command(run, err);
}

/* One command line from its words to its exit status. */
static int dispatch(int argc, char **argv)
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

int main(int argc, char **argv)
{
	guard_secrets();
	occupy_standard_descriptors();
	/* Options may stand among the operands, whatever the environment thinks of that. */
	unsetenv("POSIXLY_CORRECT");
	return dispatch(argc, argv);
}
