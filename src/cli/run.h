#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "base/string-pool.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/select.h"
#include "cli/trace.h"
#include "options/config.h"
#include "pop3/diagnostics.h"

/* Everything that one command line needs, from its words to its session. Zeroed = nothing yet. */
struct run {
	struct run *outer; /* the batch that this is a line of: its session is used, not one's own */
	unsigned line;	   /* of the batch, from 1; 0 = none */
	const struct command *command;
	struct string_pool pool;
	struct config config;
	struct option_set set;
	struct general general;
	struct connection connection;
	struct message_options message_options;
	struct messages messages;
	struct mailbox mailbox;
	struct shared shared;
	void *own; /* the command's own options */
	struct trace trace;
	struct pop3_diagnostics *diagnostics; /* for the steps of a trace; NULL without */
	struct output *output;
	struct invocation in;
	int cancel_fd;
	bool entered; /* the command itself was run, with success or not */
};

/* One command line, from its words to its exit status. */
int run_main(int argc, char **argv);

/* Words to settings: options, environment, configuration. Nothing is asked of any server. */
int run_read(struct run *run, int argc, char **argv, struct pop3_error *err);

/* Settings to a finished command. */
int run_command(struct run *run, struct pop3_error *err);

/* Its steps, as far as a line of a batch takes them too: the operands read, all made ready. */
int run_begin(struct run *run, struct pop3_error *err);
int run_prepare(struct run *run, struct pop3_error *err);

/* Which session, mailbox and state its messages are of, once they are there. */
void run_bind_messages(struct run *run);

/* What a session leaves behind goes with it. */
void run_release_shared(const struct invocation *in);

/* Writes the records of a failure, too: what they say was done. Of two failures the first counts. */
int run_print(const struct run *run, int result, struct pop3_error *err);

/* A failure of the whole where some of many failed and the others did not. */
int run_fail_in_part(const struct invocation *in, struct pop3_error *err);

void run_release(struct run *run);

#endif
