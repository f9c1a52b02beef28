#ifndef MAIL_SELECTION_H
#define MAIL_SELECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"

/* Message selectors: parsing them, and applying them to a mailbox. */

enum selector_kind {
	SELECTOR_ALL = 1 << 0,
	SELECTOR_NUMBER = 1 << 1,   /* "7": first */
	SELECTOR_RANGE = 1 << 2,    /* "3-9": first and last, inclusive; "12-": last UINT32_MAX */
	SELECTOR_FIRST = 1 << 3,    /* "first:N": N is in first */
	SELECTOR_LAST = 1 << 4,	    /* "last:N": N is in last */
	SELECTOR_LAST_ONE = 1 << 5, /* "last" */
	SELECTOR_NEW = 1 << 6,
	SELECTOR_UID = 1 << 7,
};

/* The keywords, with an argument after the colon of those that have one. Ends with a NULL text. */
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
	bool ignore_missing; /* an operand may name what the mailbox lacks */
};

void selection_release(struct selection *selection);

/*
 * Appends the selectors of one operand; a list such as "1,4,6-8" becomes several. A UID may contain
 * the escapes of text_escape. Fails with POP3_E_USAGE. The caller handles "-".
 */
int selection_parse(const char *text, struct selection *out, struct pop3_error *err);

/*
 * Appends the selectors of one line of records. A line that begins with "{" is a JSON record and
 * selects by its "uid". Other lines have fields separated by TABs, or by blanks if there is no TAB:
 * two or more fields select by the second one, the UID; a single field is an operand as above.
 * Empty lines and the header line "number uid" are ignored. The line may include its line end.
 */
int selection_parse_record(const char *line, size_t length, struct selection *out,
			   struct pop3_error *err);

/* Whether the selection is a single message in any mailbox: one number, "last" or one UID. */
bool selection_is_one(const struct selection *selection);

/* Whether the selection is every message of any mailbox. */
bool selection_is_all(const struct selection *selection);

/* Whether any of its selectors is of one of these kinds (SELECTOR_…). */
bool selection_has(const struct selection *selection, unsigned kinds);

struct selection_mailbox {
	size_t count;
	const uint32_t *numbers; /* ascending */
	const char *const *uids; /* one per message; may be NULL without SELECTOR_UID */
	bool (*is_new)(void *arg, size_t i);
	void *arg;
};

/*
 * Sets chosen[i] to whether message i is selected. Unless the selection says ignore_missing, fails
 * with POP3_E_NO_MESSAGE for the first selector that names something the mailbox does not have: a
 * number, a UID, any message of a range, or a last message. chosen is undefined then.
 */
int selection_apply(const struct selection *selection, const struct selection_mailbox *mailbox,
		    bool *chosen, struct pop3_error *err);

#endif
