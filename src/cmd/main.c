/* pop3: a POP3 client for scripts. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/run.h"
#include "cmd/commands.h"

int main(int argc, char **argv)
{
	const struct rlimit none = { 0, 0 };
	int fd;

	/* This process handles passwords: disable core dumps and tracing by other processes. */
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	/*
	 * If one of the standard descriptors is closed, the next file or socket opened would take
	 * its number and receive our output. Open one that can be neither read nor written instead.
	 */
	do
		fd = open("/dev/null", O_PATH);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
	/* Always allow options after operands. */
	unsetenv("POSIXLY_CORRECT");
	commands_begin();
	return run_main(argc, argv);
}
