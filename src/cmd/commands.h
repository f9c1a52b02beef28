#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "cli/command.h"

/* The subcommands, in the order help shows them; cmd_NAME is in the file or folder of that name. */
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

/* Those of a batch's lines only: cmd/batch/line-commands.c. */
#define LINE_SUBCOMMANDS(ROW) ROW(rset) ROW(noop) ROW(quit) ROW(abort)

#define DECLARE_COMMAND(name) extern const struct command cmd_##name;
SUBCOMMANDS(DECLARE_COMMAND)
LINE_SUBCOMMANDS(DECLARE_COMMAND)

/* Called by the scripts of cmd_completion. */
extern const struct command cmd_complete;

/* To be called before anything of cli: what subcommands and options there are. */
void commands_begin(void);

/* One record "number, uid, octets" for each chosen message, for wait, too. */
int list_chosen(struct invocation *in, struct pop3_error *err);

#endif
