#ifndef CMD_SETUP_SETUP_H
#define CMD_SETUP_SETUP_H

#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cmd/check/results.h"
#include "cmd/setup/candidates.h"
#include "cmd/setup/keeper.h"

#define SECTION_NAME_MAX 49 /* octets that inih keeps of a section's name */

/* An account as a section of the configuration file; with --json as a record. */
struct section {
	struct output *output;
	struct buffer text;
};

/* One run of setup, from the address to the section. */
struct setup {
	struct invocation *in;
	struct connection *connection;
	const char *address, *domain; /* of the operand */
	const char *name, *path;      /* of the account, of the configuration file */
	struct buffer local;	      /* the part of the address before '@' */
	struct buffer directory;      /* of the configuration file */
	bool writes;		      /* the section into that file */
	int64_t until_ms;	      /* from --max-time, as in struct pop3_timeouts */

	/* The server. */
	struct candidates candidates;
	const struct candidate *found; /* NULL with --server */
	struct buffer url;	       /* of the server being tried, finally of the one found */
	struct pop3_diagnostics report;
	struct buffer tried; /* failed attempts and check's advice, one per line */
	bool takes_only_oauth;

	/* The login. */
	const char *user;
	struct probe probe;
	bool logged_in;
	const struct keeper *keeper; /* where the password was stored; NULL = nowhere */
};

/* Finds a server that works, or fails and reports everything that was tried. */
int setup_find_server(struct setup *setup, struct pop3_error *err);

/* Logs in if there is a password, or reports that it did not. */
int setup_log_in(struct setup *setup, struct pop3_error *err);

/* Whether the server or the provider accepts only OAuth 2.0. */
bool setup_wants_token(const struct setup *setup);

/* Notes a line about a failure; prints it at once at a terminal. */
void setup_note(struct setup *setup, const char *what, const char *text);

/* Likewise for check's advice about a failure. */
void setup_note_advice(struct setup *setup, const struct pop3_error *failure);

/* Prints everything that was noted for later. */
void setup_print_notes(struct setup *setup);

/* At a terminal, asks whether to store the typed password, and if so stores it. */
int setup_keep_password(struct setup *setup, struct pop3_error *err);

void setup_put_section(const struct setup *setup, struct section *section);
int section_print(struct section *section, struct pop3_error *err);

/* Appends the section durably to the configuration file; a new file is private (0600). */
int section_append(const struct section *section, const char *path, struct pop3_error *err);

void section_release(struct section *section);

#endif
