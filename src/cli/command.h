#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/sandbox.h"
#include "options/getopt.h"
#include "pop3/error.h"
#include "state/state.h"

/* A subcommand is one file in cmd/ that exports one const struct; cmd/commands.c lists them. */

enum command_need {
	NEEDS_SESSION = 1 << 0,	 /* a session, logged in; quit on success, hung up on failure */
	NEEDS_MESSAGES = 1 << 1, /* the operands are message selectors: see cli/select.h */
	NEEDS_STATE = 1 << 2,	 /* what was fetched before, alone in writing it */
	NEEDS_ACCOUNT = 1 << 3,	 /* the connection's settings, but no session */
	MAY_STAY_OUT = 1 << 4,	 /* does without a login where no user is named */
	MANAGES = 1 << 5,	 /* takes a URL of another protocol than POP3; then no session */
	NEEDS_CONFIG = 1 << 6,	 /* the configuration file, but no account of it */
	KEEPS_TRYING = 1 << 7,	 /* tries to log in until that succeeds or the time is up */
	RUNS_ONCE = 1 << 8,	 /* its input is gone once it is run: no second attempt */
	REOPENS = 1 << 9,	 /* may open its session again */
	QUITS_AT_ONCE = 1 << 10, /* no answer decides what else it does: QUIT may go out with it */
	FITS_ANY_LINE = 1 << 11, /* of any batch: it needs neither session nor link */

	NEEDS_ANY_CONFIG = NEEDS_SESSION | NEEDS_ACCOUNT | NEEDS_CONFIG,
};

#define OPERANDS_ANY ((size_t)-1)

/* Options that every subcommand has. */
struct general {
	bool json, nul, header, wide;
	bool quiet, verbose;
	bool help, version;
};

extern const struct option_spec general_options[];

/* What a line of a batch leaves to those behind it; released with the session. */
struct shared {
	void *value; /* NULL = nothing */
	void (*release)(void *value);
};

/* What the dispatcher gives to a command and takes back afterwards. All of it is borrowed. */
struct invocation {
	const struct command *command;
	const void *options; /* the command's own, filled in */
	const struct general *general;
	char **operands;
	size_t operand_count;
	struct output *output;
	struct connection *connection; /* with NEEDS_SESSION or NEEDS_ACCOUNT */
	struct pop3_session *session;  /* with NEEDS_SESSION */
	bool is_last;		       /* nobody else asks for anything in the session */
	struct messages *messages;     /* with NEEDS_MESSAGES */
	struct mailbox *mailbox;       /* what the session's maildrop holds */
	struct state *state;	       /* what was fetched, where it was asked for; may be NULL */
	const char *account;	       /* the mailbox's name: an account's, or user@host:port */
	struct option_set *set;	       /* every option with its source */
	struct config *config;	       /* the configuration file, as it was read */
	struct shared *shared;	       /* what is there for the next line of the batch, too */
	struct run *run;	       /* the dispatcher's own */

	/* For the command to set. */
	struct sandbox sandbox; /* what it will write to and run: the rest is given up */
	void *work;    /* its own, from prepare to release */
	bool stays_local; /* prepare found that no session is needed after all */
	bool hang_up;  /* the session is to end without QUIT, and that is no failure */
	bool ends_batch; /* no line behind this one is run */
	bool asks_again; /* ask and print are to be called once more, without other lines between */
	size_t skipped; /* of the failed, those that were not even tried */
	size_t failed; /* messages, or lines, while others did not: exit status 2 */
};

struct command {
	const char *name;
	const char *summary;  /* a phrase without a full stop */
	const char *operands; /* as the usage line shows them: "MESSAGE..." */
	size_t min, max;      /* how many operands */
	size_t words;	      /* of them behind those that are messages */
	unsigned needs;
	const char *examples; /* lines of help that work as they are; may be NULL */
	const struct option_spec *options; /* its own, may be NULL */
	size_t options_size;		   /* of the struct that they fill */
	/* Before anything is connected to: what can fail early fails here. May be NULL. */
	int (*prepare)(struct invocation *in, struct pop3_error *err);
	/* Once an attempt (see --retry): all that the command does. Or, in its place, two halves: */
	int (*run)(struct invocation *in, struct pop3_error *err);
	/*
	 * ask sends commands ahead of their answers and prints nothing, so that the next line of a
	 * batch need not wait for it. print comes once all is answered, and asks for nothing more;
	 * it may be NULL. In a batch it may set in->asks_again instead of printing.
	 */
	int (*ask)(struct invocation *in, struct pop3_error *err);
	int (*print)(struct invocation *in, struct pop3_error *err);
	/*
	 * After QUIT, for what is true only then: deletions. quit is NULL when it was answered +OK.
	 * Not called when the command failed.
	 */
	int (*after)(struct invocation *in, const struct pop3_error *quit, struct pop3_error *err);
	/*
	 * When all attempts are over and the session has ended, however that went: failure is NULL
	 * when it went well. Not called when nothing was tried. May be NULL.
	 */
	int (*conclude)(struct invocation *in, const struct pop3_error *failure,
			struct pop3_error *err);
	/* Whether a line of a batch that begins with that word is one of it. May be NULL. */
	bool (*has_verb)(const char *word);
	/* Appends to the page of its help. May be NULL. */
	void (*describe)(struct buffer *out);
	/* Gives back what in->work holds, once, whatever happened. May be NULL. */
	void (*release)(struct invocation *in);
};

/* The subcommands, in the order help shows them, and those of a batch's lines only; ended by NULL. */
extern const struct command *const *commands, *const *line_commands;

/*
 * What the completion scripts of the shells call, and no list shows: its operands are the words of
 * another command line, options included.
 */
extern const struct command *command_for_shells;

/* The subcommand of that name, of a line's own too where in_line; fails with the nearest one. */
const struct command *command_find(const char *name, bool in_line, struct pop3_error *err);

/* The command whose verb a line of a batch that manages a server begins with, or NULL. */
const struct command *command_of_verb(const char *word);

/*
 * Whether a line of a batch can run it: it needs no more than the session that is there, or the
 * link where the batch manages a server.
 */
bool command_fits_line(const struct command *command, bool manages);

/* The option tables that apply to a command; returns how many. */
#define COMMAND_TABLES_MAX 4

size_t command_tables(const struct command *command,
		      const struct option_spec *tables[COMMAND_TABLES_MAX]);

/* Begins a table with every option of any subcommand; mode as getopt_table_begin has it. */
void command_all_options(struct getopt_table *table, const char *mode);

/*
 * Help made from the rows, on stdout: of the whole program where command is NULL, else of that
 * one, as a command line or a line of a batch takes it; or the version where that was asked for.
 */
int help_show(const struct general *general, const struct command *command, bool in_line,
	      struct pop3_error *err);

/* The pages that all subcommands share; ends with NULL. */
struct help_topic {
	const char *name, *summary;
	void (*show)(FILE *out);
};

extern const struct help_topic help_topics[];

/* What the lines of a batch may say. */
int help_show_lines(bool manages, struct pop3_error *err);

/* --- for commands to call --- */

/* A line on stderr that is no error of the whole, unless --quiet; octets of others are escaped. */
void warn(const struct invocation *in, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What is done or waited for, for -v and --trace. */
void step(const struct invocation *in, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Opens $XDG_STATE_HOME/pop3/ACCOUNT.db into in->state; the dispatcher closes it. */
int state_file_open(struct invocation *in, enum state_use use, uint32_t wait_seconds,
		    struct pop3_error *err);

#endif
