#ifndef CMD_COMMANDS_H
#define CMD_COMMANDS_H

#include "cli/command.h"

/* One line a subcommand, each defined by the file of its name. */
extern const struct command cmd_stat;
extern const struct command cmd_list;
extern const struct command cmd_uidl;
extern const struct command cmd_headers;
extern const struct command cmd_fetch;
extern const struct command cmd_dele;
extern const struct command cmd_capa;
extern const struct command cmd_check;
extern const struct command cmd_wait;
extern const struct command cmd_batch;
extern const struct command cmd_seen;
extern const struct command cmd_accounts;
extern const struct command cmd_admin;
extern const struct command cmd_serve;
extern const struct command cmd_completion;

/* Of the lines of a batch only. */
extern const struct command cmd_rset;
extern const struct command cmd_noop;
extern const struct command cmd_quit;
extern const struct command cmd_abort;
extern const struct command cmd_help;

/* One record "number, uid, octets" for each chosen message, for wait, too. */
int list_chosen(struct invocation *in, struct pop3_error *err);

#endif
