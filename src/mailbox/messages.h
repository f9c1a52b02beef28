#ifndef MAILBOX_MESSAGES_H
#define MAILBOX_MESSAGES_H

#include "cli/command.h"
#include "mail/filter.h"
#include "mail/selection.h"
#include "pop3/listing.h"
#include "pop3/verbs.h"

/* Which messages: operands and filters, and what of a mailbox they choose. */
struct message_options {
	bool exit_status;
	uint64_t larger, smaller; /* octets; 0 = not given */
	struct text_list match;	     /* field~REGEX */
	uint64_t older, newer;	     /* seconds before now; 0 = not given */
	uint32_t limit;
	const char *cursor; /* the set of seen UIDs that "new" is about */
};

extern const struct option_spec message_options[];

struct messages {
	struct message_options options;
	struct selection selection;
	bool any_operand;
	struct filter filter;

	/* After messages_choose: the chosen entries of the mailbox's listing, in its order. */
	const struct pop3_listing *listing; /* borrowed until it is asked for again */
	uint32_t *chosen;		    /* places in listing->entries */
	size_t count;

	/* Header blocks that the filters needed, of the chosen: NULL where there are none. */
	struct header_block {
		char *block;
		size_t length;
	} *headers;
	bool keep_headers; /* set by a command that will want them, too */
};

/* Reads the operands, "-" from stdin, before anything is connected to. nul: NUL ends a line. */
int messages_parse(struct messages *messages, char **operands, size_t count, bool nul,
		   struct pop3_error *err);

/*
 * Asks for no more of the mailbox than the selection, the filters and what (POP3_LIST_…) need.
 * Without operands it chooses all. Fails with POP3_E_NO_MESSAGE when an operand names what is not
 * there, with POP3_E_NOTHING when nothing was chosen and --exit-status wants to know.
 */
int messages_choose(struct invocation *in, unsigned what, struct pop3_error *err);

/* The same for a command that asks for nothing more afterwards: QUIT may go along. */
int messages_choose_last(struct invocation *in, unsigned what, struct pop3_error *err);

/* Whether "new" is among the operands. */
bool messages_need_state(const struct messages *messages);

/* The cursor's name, "" for the one without. */
const char *messages_cursor(const struct messages *messages);

/* Whether operands or filters narrow what there is. */
bool messages_selects(const struct messages *messages);

/* Whether each operand names one message, so that nothing is chosen by what the mailbox holds. */
bool messages_are_named(const struct messages *messages);

/* Entry i of the chosen, and its UID ("" where only numbers were asked for). */
const struct pop3_entry *messages_entry(const struct messages *messages, size_t i);
const char *messages_uid(const struct messages *messages, size_t i);

/* The first fields of every record: number and uid. */
void messages_output(const struct invocation *in, size_t i);

void messages_release(struct messages *messages);

#endif
