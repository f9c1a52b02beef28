#ifndef CLI_SELECT_H
#define CLI_SELECT_H

#include "cli/command.h"
#include "mailbox/messages.h"

/* MESSAGE operands and filter options, as the choice of struct messages. */
struct message_options {
	bool exit_status, ignore_missing;
	uint64_t larger, smaller; /* octets; 0 = not given */
	struct text_list match;	     /* field~REGEX */
	uint64_t older, newer;	     /* seconds before now; 0 = not given */
	uint32_t limit;
	const char *cursor; /* the list of seen UIDs that "new" refers to */
};

extern const struct option_spec message_options[];

/*
 * Reads in->operands ("-" is stdin) into in->messages, before connecting. Without timeouts stdin is
 * left alone: that only finds mistakes.
 */
int select_read(struct invocation *in, const struct message_options *options,
		const struct pop3_timeouts *timeouts, struct pop3_error *err);

/* The first fields of every record: number and uid of the chosen message i. */
void messages_output(const struct invocation *in, size_t i);

#endif
