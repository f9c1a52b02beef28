/* The subcommands, in the order help shows them. */
#include "cmd/commands.h"

const struct command *const commands[] = {
	&cmd_stat, &cmd_list, &cmd_uidl, &cmd_headers, &cmd_fetch, &cmd_dele, &cmd_capa,
	&cmd_check, &cmd_wait, &cmd_batch, &cmd_seen, &cmd_accounts, &cmd_admin, &cmd_serve,
	&cmd_completion, NULL,
};

const struct command *const line_commands[] = {
	&cmd_rset, &cmd_noop, &cmd_quit, &cmd_abort, &cmd_help, NULL,
};
