/* Signals as a readable descriptor, so that no wait can miss one. */
#include "cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static volatile sig_atomic_t caught;
static int ends[2] = { -1, -1 };

static void note(int signal)
{
	const int saved = errno;

	if (caught != 0)
		_exit(128 + signal);
	caught = signal;
	if (write(ends[1], "", 1) < 0)
		_exit(128 + signal);
	errno = saved;
}

int signals_catch(void)
{
	static const int ending[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = note };

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return -1;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
		struct sigaction old;

		/* A signal that was ignored stays ignored, for nohup. */
		if (sigaction(ending[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(ending[i], &action, NULL);
	}
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	/* A write beyond the limit for files then fails like one to a full disk. */
	sigaction(SIGXFSZ, &action, NULL);
	/* If inherited as ignored, SIGCHLD would hide the exit status of children. */
	action.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &action, NULL);
	return ends[0];
}

int signals_caught(void)
{
	return caught;
}

void signals_forget(void)
{
	char ignored;

	caught = 0;
	while (read(ends[0], &ignored, 1) == 1)
		;
}
