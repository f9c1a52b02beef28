#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/invocation.h"
#include "options/option.h"
#include "pop3/error.h"

/* A subcommand is one file in cmd/ that exports one const struct; commands.c lists them. */

enum command_need {
	NEEDS_SESSION = 1 << 0,	 /* a session, logged in; quit on success, hung up on failure */
	NEEDS_MESSAGES = 1 << 1, /* the operands are message selectors: see cli/messages.h */
	NEEDS_STATE = 1 << 2,	 /* what was fetched before, alone in writing it */
	NEEDS_ACCOUNT = 1 << 3,	 /* the connection's settings, but no session */
	MAY_STAY_OUT = 1 << 4,	 /* does without a login where no user is named */
	MANAGES = 1 << 5,	 /* takes a URL of another protocol than POP3; then no session */
	NEEDS_CONFIG = 1 << 6,	 /* the configuration file, but no account of it */
	KEEPS_TRYING = 1 << 7,	 /* tries to log in until that succeeds or the time is up */
	RUNS_ONCE = 1 << 8,	 /* its input is gone once it is run: no second attempt */
	REOPENS = 1 << 9,	 /* may open its session again */
};

#define OPERANDS_ANY ((size_t)-1)

struct command {
	const char *name;
	const char *summary;  /* a phrase without a full stop */
	const char *operands; /* as the usage line shows them: "MESSAGE..." */
	size_t min, max;      /* how many operands */
	unsigned needs;
	const struct option_spec *options; /* its own, may be NULL */
	size_t options_size;		   /* of the struct that they fill */
	/* Before anything is connected to: what can fail early fails here. May be NULL. */
	int (*prepare)(struct invocation *in, struct pop3_error *err);
	/* Once an attempt: see --retry. What it asks ahead is answered before tell. */
	int (*run)(struct invocation *in, struct pop3_error *err);
	/*
	 * Once all is answered: prints, and asks for nothing more. NULL where run does both. A
	 * command with tell need not be waited for before the next one of a batch is run, so its
	 * run prints nothing.
	 */
	int (*tell)(struct invocation *in, struct pop3_error *err);
	/*
	 * After QUIT, for what is true only then: deletions. quit is NULL when it was answered +OK.
	 * Not called when run failed.
	 */
	int (*after)(struct invocation *in, const struct pop3_error *quit, struct pop3_error *err);
	/*
	 * When all attempts are over and the session has ended, however that went: failure is NULL
	 * when it went well. Not called when nothing was tried. May be NULL.
	 */
	int (*conclude)(struct invocation *in, const struct pop3_error *failure,
			struct pop3_error *err);
	/* Gives back what in->work holds, once, whatever happened. May be NULL. */
	void (*release)(struct invocation *in);
};

/* The list of subcommands, in the order help shows them; ends with NULL. */
extern const struct command *const commands[];

/*
 * What the completion scripts of the shells call, and no list shows: its operands are the words of
 * another command line, options included.
 */
extern const struct command cmd_complete;

/* What only the lines of a batch may say, beside them. */
extern const struct command *const line_commands[];

#endif
