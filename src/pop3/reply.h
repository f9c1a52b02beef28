#ifndef POP3_REPLY_H
#define POP3_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "pop3/error.h"

/* A status line as a value. */

enum reply_status {
	REPLY_OK,	/* "+OK" or a "+" alone */
	REPLY_CONTINUE, /* "+ ", where SASL goes on (RFC 5034 section 4) */
	REPLY_ERR,	/* "-ERR" or a "-" alone */
};

/* Response codes (RFC 2449 section 8, RFC 3206 section 4); those of a prefix count as it. */
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
	const char *text; /* behind status and code; borrowed from the line */
	size_t length;
	bool is_word; /* OK or ERR stands behind the sign */
	bool bare_lf; /* the line ended in LF alone */
};

/* False when the line is no status line. The line comes without its end. */
bool reply_parse(const char *line, size_t length, struct reply *reply);

/* Whether it is a refusal; what of, if so, in words and code. */
bool reply_is_refusal(const struct reply *reply, struct pop3_error *refusal);

/* What a refusal means: its code where there is one, else the usual texts of servers. */
enum pop3_code reply_meaning(const struct reply *reply, enum pop3_code otherwise);

/* Fails as the refusal means, its text behind the context. */
int reply_fail(const struct reply *reply, enum pop3_code otherwise, const char *context,
	       struct pop3_error *err);

#endif
