#ifndef MAIL_SELECTION_H
#define MAIL_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"

/* Which messages the user means: text to selectors, selectors to messages of a mailbox. */

enum selector_kind {
	SELECTOR_ALL,
	SELECTOR_NUMBER,   /* "7": first */
	SELECTOR_RANGE,	   /* "3-9": first and last, both within; "12-" ends at UINT32_MAX */
	SELECTOR_FIRST,	   /* "first:N": the N is in first */
	SELECTOR_LAST,	   /* "last:N": the N is in last */
	SELECTOR_LAST_ONE, /* "last" */
	SELECTOR_NEW,
	SELECTOR_UID,
};

/* The words that may stand for numbers; behind a colon stands an argument. Ends with NULL. */
struct selection_form {
	const char *text, *argument, *help;
	enum selector_kind kind;
};

extern const struct selection_form selection_forms[];

struct selector {
	enum selector_kind kind;
	uint32_t first, last;
	const char *uid; /* owned by the selection */
};

/* A zeroed selection is empty and ready for use. */
struct selection {
	struct selector *selectors;
	size_t count, capacity;
};

void selection_release(struct selection *selection);

/*
 * Appends what one operand says; a list as "1,4,6-8" becomes several selectors. A UID is read as
 * records show it, by text_unescape. Fails with POP3_E_USAGE; "-" is the caller's to handle.
 */
int selection_parse(const char *text, struct selection *out, struct pop3_error *err);

/*
 * Appends what one line of a record stream says. A line that begins with "{" is a JSON record and
 * selects by its "uid". In others, fields are separated by TABs when there is one,
 * else by blanks; two or more select by the second, the UID, one alone is an operand as above.
 * Empty lines and the header line "number uid" say nothing. The line end may still be there.
 */
int selection_parse_record(const char *line, size_t length, struct selection *out,
			   struct pop3_error *err);

/* Whether it is one message by its form: one number, "last" or one UID. */
bool selection_is_one(const struct selection *selection);

/* Whether it is every message, whatever the mailbox holds. */
bool selection_is_all(const struct selection *selection);

/* Whether the mailbox's UIDs are needed to apply it. */
bool selection_needs_uids(const struct selection *selection);

struct selection_mailbox {
	size_t count;
	const uint32_t *numbers; /* ascending */
	const char *const *uids; /* one a message; NULL unless selection_needs_uids */
	bool (*is_new)(void *arg, size_t i);
	void *arg;
};

/*
 * Sets chosen[i] to whether message i is selected. Fails with POP3_E_NO_MESSAGE for the first
 * operand that needs what the mailbox lacks: a number, a UID, any message of a range, a last one;
 * chosen means nothing then.
 */
int selection_apply(const struct selection *selection, const struct selection_mailbox *mailbox,
		    bool *chosen, struct pop3_error *err);

#endif
