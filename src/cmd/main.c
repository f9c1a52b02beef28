/* pop3: a POP3 client for scripts. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/run.h"
#include "cmd/commands.h"

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

int main(int argc, char **argv)
{
	guard_secrets();
	occupy_standard_descriptors();
	/* Options may stand among the operands, whatever the environment thinks of that. */
	unsetenv("POSIXLY_CORRECT");
	commands_begin();
	return run_main(argc, argv);
}
