#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "base/string-pool.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/select.h"
#include "cli/trace.h"
#include "options/config.h"
#include "pop3/diagnostics.h"

/* Everything that one command line needs, from its words to its session. Starts zeroed. */
struct run {
	struct run *outer; /* the batch of this line, whose session it uses; NULL = none */
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
	struct pop3_diagnostics *diagnostics; /* for the steps of a trace; NULL without a trace */
	struct output *output;
	struct invocation in;
	int cancel_fd;
	bool entered; /* the command's own code was called */
};

/* One command line, from its words to its exit status. */
int run_main(int argc, char **argv);

/* Settings from words, environment and configuration. Sends nothing to any server. */
int run_read(struct run *run, int argc, char **argv, struct pop3_error *err);

/* What a command and a line of a batch have in common before they run: operands, preparation. */
int run_begin(struct run *run, struct pop3_error *err);
int run_prepare(struct run *run, struct pop3_error *err);

/* Gives the message selectors their session, mailbox and state. */
void run_bind_messages(struct run *run);

/* Releases in->shared; called when its session ends. */
void run_release_shared(const struct invocation *in);

/* Writes the records even after a failure: they report completed work. The first failure counts. */
int run_print(const struct run *run, int result, struct pop3_error *err);

/* Fails if some of the messages or lines failed and others did not. */
int run_fail_in_part(const struct invocation *in, struct pop3_error *err);

void run_release(struct run *run);

#endif
