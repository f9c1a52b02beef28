#ifndef CMD_BATCH_BATCH_H
#define CMD_BATCH_BATCH_H

#include "cli/command.h"

/*
 * One login, many subcommands, a line each: a transaction, which a line that fails ends. What a
 * line asks is sent ahead of the answers to the lines before it, wherever it does not depend on
 * them; what it tells comes in the order of the lines.
 */

struct batch_options {
	bool keep_going;
};

/* Opens the file that the operand names, else stdin; lines that are all there are checked. */
int batch_prepare(struct invocation *in, struct pop3_error *err);
int batch_run(struct invocation *in, struct pop3_error *err);

/* After QUIT: what the lines have to tell only then. */
int batch_after(struct invocation *in, const struct pop3_error *quit, struct pop3_error *err);
void batch_release(struct invocation *in);

#endif
