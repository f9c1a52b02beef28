#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/sandbox.h"
#include "options/getopt.h"
#include "pop3/error.h"
#include "state/seen.h"

/* A subcommand is one file in cmd/ that exports one const struct; cmd/commands.h lists them. */

enum command_need {
	NEEDS_SESSION = 1 << 0,	 /* a logged-in session: QUIT on success, else hang up */
	NEEDS_MESSAGES = 1 << 1, /* the operands are message selectors: see cli/select.h */
	NEEDS_STATE = 1 << 2,	 /* the state file, locked against other writers */
	NEEDS_ACCOUNT = 1 << 3,	 /* the connection's settings, but no session */
	MAY_STAY_OUT = 1 << 4,	 /* skips the login when no user is given */
	MANAGES = 1 << 5,	 /* takes the URL of a management protocol; then no session */
	NEEDS_CONFIG = 1 << 6,	 /* the configuration file, but no account */
	KEEPS_TRYING = 1 << 7,	 /* retries the login until it succeeds or --max-time is exceeded */
	RUNS_ONCE = 1 << 8,	 /* consumes its input: no second attempt */
	REOPENS = 1 << 9,	 /* may reopen its session */
	QUITS_AT_ONCE = 1 << 10, /* sends no more after its answers: QUIT may be sent along */
	FITS_ANY_LINE = 1 << 11, /* runs in any batch: needs neither session nor link */

	NEEDS_ANY_CONFIG = NEEDS_SESSION | NEEDS_ACCOUNT | NEEDS_CONFIG,
};

#define OPERANDS_ANY ((size_t)-1)

/* Options of every subcommand. */
struct general {
	bool json, nul, header, wide;
	bool quiet, verbose;
	bool help, version;
};

extern const struct option_spec general_options[];

/* A value that a line of a batch leaves to later lines; released with the session. */
struct shared {
	void *value; /* NULL = none */
	void (*release)(void *value);
};

/* What the dispatcher provides to a command and releases afterwards. All of it is borrowed. */
struct invocation {
	const struct command *command;
	const void *options; /* the command's own, filled in */
	const struct general *general;
	char **operands;
	size_t operand_count;
	struct output *output;
	struct connection *connection; /* with NEEDS_SESSION or NEEDS_ACCOUNT */
	struct pop3_session *session;  /* with NEEDS_SESSION */
	bool is_last;		       /* no other command follows in the session */
	struct messages *messages;     /* with NEEDS_MESSAGES */
	struct mailbox *mailbox;       /* contents of the session's maildrop */
	struct state *state;	       /* the state file; NULL unless requested */
	const char *account;	       /* the mailbox's name: the account or user@host:port */
	struct option_set *set;	       /* every option with its source */
	struct config *config;	       /* the configuration file as read */
	struct shared *shared;	       /* shared with later lines of the batch */
	struct run *run;	       /* the dispatcher's own */

	/* Set by the command. */
	struct sandbox sandbox; /* what it will write and run; other access is dropped */
	void *work;    /* its own data, from prepare to release */
	bool stays_local; /* prepare found that no session is needed after all */
	bool hang_up;  /* end the session without QUIT; not a failure */
	bool ends_batch; /* skip the lines after this one */
	bool asks_again; /* call ask and print once more, with no other lines between */
	size_t skipped; /* of the failed, those that were not even tried */
	size_t failed; /* messages or lines; if others did not fail, exit status 2 */
};

struct command {
	const char *name;
	const char *summary;  /* a phrase without a full stop */
	const char *operands; /* as the usage line shows them: "MESSAGE..." */
	size_t min, max;      /* how many operands */
	unsigned needs;
	const char *examples; /* command lines for help, ready to run; may be NULL */
	const struct option_spec *options; /* its own; may be NULL */
	size_t options_size;		   /* size of the struct that they fill */
	/* Called before connecting: everything that can fail early fails here. May be NULL. */
	int (*prepare)(struct invocation *in, struct pop3_error *err);
	/* Called once per attempt (see --retry), does all the work. Or there are two halves: */
	int (*run)(struct invocation *in, struct pop3_error *err);
	/*
	 * ask pipelines its commands and prints nothing, so that the next line of a batch need not
	 * wait for it. print is called once they are answered and sends no further commands; it may
	 * be NULL. In a batch it may set in->asks_again instead of printing.
	 */
	int (*ask)(struct invocation *in, struct pop3_error *err);
	int (*print)(struct invocation *in, struct pop3_error *err);
	/*
	 * In a batch: the session broke before all answers were there. Takes back what they would
	 * have confirmed; ask is called once more, in a new session. Returns 1 if it broke at
	 * messages of this command, otherwise 0, or -1. May be NULL, like 0.
	 */
	int (*broke)(struct invocation *in, const struct pop3_error *why, struct pop3_error *err);
	/*
	 * In a batch: called before QUIT, if no line made the batch fail. Records what a later run
	 * has to do if QUIT is not answered. May be NULL.
	 */
	int (*before_quit)(struct invocation *in, struct pop3_error *err);
	/*
	 * Called after QUIT, which makes deletions final. quit is NULL when QUIT was answered +OK.
	 * Not called when the command failed.
	 */
	int (*after_quit)(struct invocation *in, const struct pop3_error *quit,
			  struct pop3_error *err);
	/*
	 * Called after the last attempt and the end of the session; failure is NULL after success.
	 * Not called when there was no attempt. May be NULL.
	 */
	int (*conclude)(struct invocation *in, const struct pop3_error *failure,
			struct pop3_error *err);
	/* Whether word is a verb of this command, at the start of a batch line. May be NULL. */
	bool (*has_verb)(const char *word);
	/* Appends to its help page. May be NULL. */
	void (*describe)(struct buffer *out);
	/* Releases in->work: called once, after success or failure. May be NULL. */
	void (*release)(struct invocation *in);
};

/* The subcommands, in the order of help, and those only for batch lines; each ends with NULL. */
extern const struct command *const *commands, *const *line_commands;

/*
 * Called by the shells' completion scripts and not shown in any list: its operands are the words
 * of another command line, options included.
 */
extern const struct command *command_for_shells;

/* in_line includes the subcommands only for batch lines. The error names the nearest one. */
const struct command *command_find(const char *name, bool in_line, struct pop3_error *err);

/*
 * Whether a line of a batch can run it: it needs no more than the batch's session or, when the
 * batch manages a server, its link.
 */
bool command_fits_line(const struct command *command, bool manages);

/* The option tables that apply to a command; returns how many. */
#define COMMAND_TABLES_MAX 4

size_t command_tables(const struct command *command,
		      const struct option_spec *tables[COMMAND_TABLES_MAX]);

/* Begins a table with the options of all subcommands; mode is that of getopt_table_begin. */
void command_all_options(struct getopt_table *table, const char *mode);

/*
 * Prints help on stdout, generated from the option tables: for the whole program when command is
 * NULL, else for that command, on a command line or a batch line. Or the version, if requested.
 */
int help_show(const struct general *general, const struct command *command, bool in_line,
	      struct pop3_error *err);

/* The help pages that all subcommands share; ends with NULL. */
struct help_topic {
	const char *name, *summary;
	void (*show)(FILE *out);
};

extern const struct help_topic help_topics[];

/* Prints the subcommands for lines of a batch. */
int help_show_lines(bool manages, struct pop3_error *err);

/* --- for commands to call --- */

/* Prints a warning unless --quiet; untrusted octets are escaped. The run continues. */
void warn(const struct invocation *in, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Call when the command needs no other session: wipes the password, unless another line of the
 * batch or another attempt may need it.
 */
void forget_password(const struct invocation *in);

/* Opens $XDG_STATE_HOME/pop3/ACCOUNT.db into in->state; the dispatcher closes it. */
int state_file_open(struct invocation *in, enum state_use use, uint32_t wait_seconds,
		    struct pop3_error *err);

/*
 * Records after QUIT what it deleted; NULL UIDs are skipped. It is too late for a failure: that is
 * a warning, since the next listing shows what is gone.
 */
void state_file_note_deleted(const struct invocation *in, const char *const *uids, size_t count,
			     enum seen_place place);

#endif
