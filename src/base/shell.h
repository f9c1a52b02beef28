#ifndef BASE_SHELL_H
#define BASE_SHELL_H

#include <stdbool.h>
#include <sys/types.h>

#include "pop3/account.h"
#include "pop3/error.h"

/* The user's own command strings, run by /bin/sh: the only thing that ever is. */

/*
 * in and out become the command's stdin and stdout, -1 = ours. It has a process group of its own,
 * which can be ended whole; but one that asks for passwords stays in ours while that has the
 * terminal. SIGPIPE is the command's default again.
 */
int shell_spawn(const char *command, int in, int out, bool asks, pid_t *child,
		struct pop3_error *err);

/* Kills it, with its group if it has one. It is still to be waited for. */
void shell_end(pid_t child);

/*
 * A descriptor that is readable once the child has ended; the caller closes it. -1 where the kernel
 * has none (Linux before 5.3) or a container refuses the call: then look every SHELL_POLL_MS.
 */
int shell_descriptor(pid_t child);
#define SHELL_POLL_MS 10

/*
 * Waits for its end; status is as waitpid gives it. One that is not over by the deadline is killed,
 * with its group if it has one, and -1 returned: POP3_E_TIMEOUT or POP3_E_INTERRUPTED.
 */
int shell_wait(pid_t child, const struct pop3_timeouts *timeouts, int64_t deadline, int *status,
	       struct pop3_error *err);

#endif
