#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/option.h"
#include "pop3/error.h"

/* A subcommand is one file in cmd/ that exports one const struct; commands.c lists them. */

struct output;
struct pop3_session;
struct invocation;

enum command_need {
	NEEDS_SESSION = 1 << 0,	 /* a session, logged in; quit on success, hung up on failure */
	NEEDS_MESSAGES = 1 << 1, /* the operands are message selectors: see cli/messages.h */
	NEEDS_STATE = 1 << 2,	 /* what was fetched before, alone in writing it */
	NEEDS_ACCOUNT = 1 << 3,	 /* the connection's settings, but no session */
	MAY_STAY_OUT = 1 << 4,	 /* does without a login where no user is named */
	MANAGES = 1 << 5,	 /* speaks another protocol than POP3: any scheme in the URL */
	NEEDS_CONFIG = 1 << 6,	 /* the configuration file, but no account of it */
	KEEPS_TRYING = 1 << 7,	 /* tries to log in until that succeeds or the time is up */
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
	/* Once an attempt: see --retry. */
	int (*run)(struct invocation *in, struct pop3_error *err);
	/*
	 * After QUIT, for what is true only then: deletions. quit is NULL when it was answered +OK.
	 * Not called when run failed.
	 */
	int (*after)(struct invocation *in, const struct pop3_error *quit, struct pop3_error *err);
	/* Gives back what in->work holds, once, whatever happened. May be NULL. */
	void (*release)(struct invocation *in);
};

/* What the dispatcher gives to run and takes back afterwards. All of it is borrowed. */
struct invocation {
	const struct command *command;
	const void *options; /* the command's own, filled in */
	char **operands;
	size_t operand_count;
	struct output *output;
	bool quiet; /* no warnings are wanted */
	struct connection *connection; /* with NEEDS_SESSION or NEEDS_ACCOUNT */
	struct pop3_session *session;	     /* with NEEDS_SESSION */
	struct messages *messages;	     /* with NEEDS_MESSAGES */
	struct state *state;	      /* what was fetched, where it was asked for; may be NULL */
	const char *account;	      /* the mailbox's name: an account's, or user@host:port */
	struct option_set *set;	      /* every option with its source */
	struct config *config;	      /* the configuration file, as it was read */
	void *work;		      /* the command's own, from prepare to release */
	bool hang_up;		      /* the session is to end without QUIT, and that is no failure */
	size_t failed; /* messages that failed while others did not: exit status 2 */
};

/* The list of subcommands, in the order help shows them; ends with NULL. */
extern const struct command *const commands[];

#endif
