#ifndef CMD_BATCH_LINE_H
#define CMD_BATCH_LINE_H

#include "cli/run.h"
#include "cmd/batch/shell-words.h"
#include "pop3/pipelining.h"

struct batch;

/* A line of a batch: a command that runs in the batch's session, from words to records. */
struct line {
	struct pop3_mark mark; /* reached when all its commands are answered */
	struct batch *batch;
	struct shell_words words;
	struct run run;
	unsigned resets; /* of the mailbox; if changed, its deletions were reset */
	struct pop3_error failure; /* of its commands */
	struct line *next;
};

/* Parses a line's words, options and operands. run.command is NULL if empty or a comment. */
int line_read(struct line *line, const char *text, size_t length, struct pop3_error *err);

/* Finds mistakes in a line's selection. After that, the line can only be released. */
int line_check(struct line *line, struct pop3_error *err);

/* Runs the command, or the first half of a command in two halves. */
int line_run(struct line *line, struct pop3_error *err);

/* Prints the line's records, once it is answered. */
int line_print(struct line *line, struct pop3_error *err);

/* Runs both halves of a command that asks again. */
int line_run_again(struct line *line, struct pop3_error *err);

/* Called before QUIT, once no line can fail any more. */
int line_before_quit(struct line *line, struct pop3_error *err);

/* Called after QUIT; quit is NULL when QUIT was answered +OK. */
int line_after_quit(struct line *line, const struct pop3_error *quit, struct pop3_error *err);

void line_release(struct line *line);

#endif
