/* PLAIN (RFC 4616): empty authorization identity, user and password, separated by NUL. */
#include <string.h>

#include "pop3/auth.h"

static int start(struct auth *auth, struct buffer *out, struct pop3_error *err)
{
	const struct pop3_secret *const secret = auth->secret;

	if (secret->length > 0 && memchr(secret->text, '\0', secret->length) != NULL)
		return pop3_fail(err, POP3_E_USAGE, "the password contains a NUL");
	buffer_append_octet(out, '\0');
	buffer_append_text(out, auth->user);
	buffer_append_octet(out, '\0');
	buffer_append(out, secret->text, secret->length);
	return buffer_check(out, POP3_E_USAGE, err);
}

const struct auth_mechanism auth_plain = {
	.name = "PLAIN",
	.option = "plain",
	.flags = AUTH_CLEAR | AUTH_AHEAD,
	.start = start,
};
