#ifndef POP3_REPLY_H
#define POP3_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/error.h"

/* Status lines. */

enum reply_status {
	REPLY_OK,	/* "+OK", or a single "+" */
	REPLY_CONTINUE, /* "+ ", a SASL challenge (RFC 5034 section 4) */
	REPLY_ERR,	/* "-ERR", or a single "-" */
};

/* Response codes (RFC 2449 section 8, RFC 3206 section 4). A longer code counts as its prefix. */
enum reply_code {
	REPLY_CODE_NONE,
	REPLY_CODE_IN_USE,
	REPLY_CODE_LOGIN_DELAY,
	REPLY_CODE_SYS_TEMP,
	REPLY_CODE_SYS_PERM,
	REPLY_CODE_AUTH,
	REPLY_CODE_OTHER,
};

struct reply {
	enum reply_status status;
	enum reply_code code;
	const char *text; /* after status and code; borrowed from the line */
	size_t length;
	bool is_word; /* the sign is followed by OK or ERR */
	bool bare_lf; /* the line ended in LF alone */
};

/* Parses a line without its line end; false when it is not a status line. */
bool reply_parse(const char *line, size_t length, struct reply *reply);

/* Whether it is a refusal; if so, fills in refusal. */
bool reply_is_refusal(const struct reply *reply, struct pop3_error *refusal);

/* The meaning of a refusal: by its response code, by usual phrases, or else otherwise. */
enum pop3_code reply_meaning(const struct reply *reply, enum pop3_code otherwise);

/* Whether it is a refusal in words with which servers also end a session for inactivity. */
bool reply_may_part(const struct reply *reply);

/* Fails with the meaning of the refusal, and with its text after the context. */
int reply_fail(const struct reply *reply, enum pop3_code otherwise, const char *context,
	       struct pop3_error *err);

#endif
