#ifndef CMD_BATCH_LINE_H
#define CMD_BATCH_LINE_H

#include "cli/run.h"
#include "cmd/batch/shell-words.h"
#include "pop3/pipelining.h"

struct batch;

/* A line of a batch, from its words to its records: a command in the session of another one. */
struct line {
	struct pop3_mark mark; /* reached when what it asked is answered */
	struct batch *batch;
	struct shell_words words;
	struct run run;
	unsigned marks; /* of the mailbox: what is another by now was taken back */
	struct pop3_error failure; /* of what it asked */
	struct line *next;
};

/* Reads its words, options and operands. An empty one or a comment has run.command NULL. */
int line_read(struct line *line, const char *text, size_t length, struct pop3_error *err);

/* All of a command with run, or the first half of one that has two. */
int line_run(struct line *line, struct pop3_error *err);

/* What it prints, once it is answered. */
int line_print(struct line *line, struct pop3_error *err);

/* Both halves of a command that asks again, one after the other. */
int line_run_again(struct line *line, struct pop3_error *err);

/* After QUIT, which is NULL when it was answered +OK. */
int line_after(struct line *line, const struct pop3_error *quit, struct pop3_error *err);

void line_release(struct line *line);

#endif
