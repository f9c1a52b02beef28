#ifndef CMD_SETUP_SETUP_H
#define CMD_SETUP_SETUP_H

#include "cli/command.h"
#include "cli/connection.h"
#include "cmd/check/results.h"
#include "cmd/setup/candidates.h"
#include "cmd/setup/keeper.h"
#include "cmd/setup/section.h"

/* One setup, from its address to its section. */
struct setup {
	struct invocation *in;
	struct connection *connection;
	const char *address, *domain; /* of the operand */
	const char *name, *path;      /* of the account, of the configuration file */
	struct buffer local;	      /* what stands before the address's '@' */
	struct buffer folder;	      /* of the configuration file */
	bool writes;		      /* the section into that file */
	int64_t until_ms;	      /* --max-time, as struct pop3_timeouts has it */

	/* The server. */
	struct candidates candidates;
	const struct candidate *found; /* NULL with --server */
	struct buffer url;	       /* of what is tried, in the end of what was found */
	struct pop3_diagnostics report;
	struct buffer tried; /* what was tried in vain, and what check advises; one line each */
	bool takes_only_oauth;

	/* The login. */
	const char *user;
	struct probe probe;
	bool logged_in;
	const struct keeper *keeper; /* what the password was stored in, NULL = nothing */
};

/* Finds a server that answers as it should, or says all that was tried. */
int setup_find_server(struct setup *setup, struct pop3_error *err);

/* Logs in there if there is a password, or says that it did not. */
int setup_log_in(struct setup *setup, struct pop3_error *err);

/* Whether the server or the provider takes OAuth 2.0 alone. */
bool setup_wants_token(const struct setup *setup);

/* A line about a failure, for later when nobody is waiting at a terminal. */
void setup_note(struct setup *setup, const char *what, const char *text);

/* The same of what check advises about a failure. */
void setup_note_advice(struct setup *setup, const struct pop3_error *failure);

/* All that was noted for later. */
void setup_print_notes(struct setup *setup);

/* At a terminal, asks whether to store the password that was typed, and does so. */
int setup_keep_password(struct setup *setup, struct pop3_error *err);

void setup_put_section(const struct setup *setup, struct section *section);

#endif
