#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "cli/command.h"

/* The subcommands, in the order of help; cmd_NAME is in the file or directory of that name. */
#define SUBCOMMANDS(ROW)                                                                           \
	ROW(stat)                                                                                  \
	ROW(list)                                                                                  \
	ROW(uidl)                                                                                  \
	ROW(headers)                                                                               \
	ROW(fetch)                                                                                 \
	ROW(dele)                                                                                  \
	ROW(capa)                                                                                  \
	ROW(check)                                                                                 \
	ROW(setup)                                                                                 \
	ROW(wait)                                                                                  \
	ROW(batch)                                                                                 \
	ROW(seen)                                                                                  \
	ROW(accounts)                                                                              \
	ROW(admin)                                                                                 \
	ROW(serve)                                                                                 \
	ROW(completion)                                                                            \
	ROW(help)

/* Subcommands only for batch lines: cmd/batch/line-commands.c. */
#define LINE_SUBCOMMANDS(ROW) ROW(rset) ROW(noop) ROW(quit) ROW(abort)

#define DECLARE_COMMAND(name) extern const struct command cmd_##name;
SUBCOMMANDS(DECLARE_COMMAND)
LINE_SUBCOMMANDS(DECLARE_COMMAND)

/* Called by the scripts of cmd_completion. */
extern const struct command cmd_complete;

/* Registers subcommands and options; call it before any function of cli. */
void commands_begin(void);

/* Prints one record "number, uid, octets" per chosen message; also used by wait. */
int list_chosen(struct invocation *in, struct pop3_error *err);

#endif
