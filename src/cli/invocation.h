#ifndef CLI_INVOCATION_H
#define CLI_INVOCATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/sandbox.h"

struct output;
struct pop3_session;

/* What a command leaves to the lines behind it; released with the session. */
struct kept {
	void *what; /* NULL = nothing */
	void (*release)(void *what);
};

/* What the dispatcher gives to run and takes back afterwards. All of it is borrowed. */
struct invocation {
	const struct command *command;
	const void *options; /* the command's own, filled in */
	char **operands;
	size_t operand_count;
	struct output *output;
	bool quiet;		       /* no warnings are wanted */
	struct connection *connection; /* with NEEDS_SESSION or NEEDS_ACCOUNT */
	struct pop3_session *session;  /* with NEEDS_SESSION */
	bool is_last;		       /* nothing is asked in the session after run */
	struct messages *messages;     /* with NEEDS_MESSAGES */
	struct mailbox *mailbox;       /* what the session's maildrop holds */
	struct state *state;	       /* what was fetched, where it was asked for; may be NULL */
	const char *account;	       /* the mailbox's name: an account's, or user@host:port */
	struct option_set *set;	       /* every option with its source */
	struct config *config;	       /* the configuration file, as it was read */
	struct kept *kept;	       /* what is there for the next line of the batch, too */
	struct run *run;	       /* the dispatcher's own */

	/* For the command to set. */
	struct sandbox sandbox; /* what it will write to and run: the rest is given up */
	void *work;    /* its own, from prepare to release */
	bool hang_up;  /* the session is to end without QUIT, and that is no failure */
	bool leaves;   /* the batch ends here */
	size_t failed; /* messages, or lines, while others did not: exit status 2 */
};

#endif
