#ifndef BASE_SHELL_H
#define BASE_SHELL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "pop3/account.h"
#include "pop3/error.h"

/* Runs the user's own command strings with /bin/sh. Nothing else is ever executed. */

/*
 * in and out become the command's stdin and stdout, -1 = inherit ours. The command gets a process
 * group of its own, which can be killed as a whole; but a command that asks for passwords stays in
 * our group while that is in the terminal's foreground. The signals that we ignore are reset to
 * their defaults.
 */
int shell_spawn(const char *command, int in, int out, bool asks, pid_t *child,
		struct pop3_error *err);

/*
 * Starts a command that may ask for passwords, but does nothing before shell_release: for programs
 * that give up the right to run any in between. If gate is closed without that, it ends.
 */
int shell_spawn_held(const char *command, int out, pid_t *child, int *gate,
		     struct pop3_error *err);

/* Lets a held command begin, and closes the gate. */
void shell_release(int gate);

/* Kills the command, with its process group if it has its own. It still has to be waited for. */
void shell_end(pid_t child);

/*
 * Returns a pidfd, readable once the child has ended; the caller closes it. -1 where the kernel has
 * no pidfds (Linux before 5.3) or a container forbids the call: then poll every SHELL_POLL_MS.
 */
int shell_descriptor(pid_t child);
#define SHELL_POLL_MS 10

/*
 * Waits for the command to end and sets status as waitpid does. A command that runs past the
 * deadline is killed, with its process group if it has its own, and the call fails with
 * POP3_E_TIMEOUT or POP3_E_INTERRUPTED.
 */
int shell_wait(pid_t child, const struct pop3_timeouts *timeouts, int64_t deadline, int *status,
	       struct pop3_error *err);

/* Appends a text as one word of a command, quoted where it has to be. */
void shell_quote(struct buffer *out, const char *text);

#endif
