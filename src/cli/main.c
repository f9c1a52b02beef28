/* pop3: a POP3 client for scripts. */
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "cli/dispatch.h"

/* Passwords pass through this process: it leaves no core, and others may not look inside. */
static void guard_secrets(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

int main(int argc, char **argv)
{
	guard_secrets();
	/* Options may stand among the operands, whatever the environment thinks of that. */
	unsetenv("POSIXLY_CORRECT");
	return dispatch(argc, argv);
}
