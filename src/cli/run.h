#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "cli/command.h"
#include "cli/config.h"
#include "cli/connection.h"
#include "cli/general.h"
#include "cli/messages.h"
#include "cli/observe.h"
#include "cli/option-set.h"
#include "cli/arena.h"

/* Everything that one command line needs, from its words to its session. Zeroed = nothing yet. */
struct run {
	const struct command *command;
	struct arena arena;
	struct config config;
	struct option_set set;
	struct general general;
	struct connection connection;
	struct messages messages;
	void *own; /* the command's own options */
	struct observation observation;
	struct output *output;
	struct invocation in;
	int cancel_fd;
	bool entered; /* the command itself was run, be it with success or not */
};

/* Words to settings: options, environment, configuration. Nothing is asked of any server. */
int run_read(struct run *run, int argc, char **argv, struct pop3_error *err);

/* Settings to a finished command. */
int run_command(struct run *run, struct pop3_error *err);

void run_release(struct run *run);

#endif
