/* EXTERNAL (RFC 4422 appendix A): the user is known already, for example by a certificate. */
#include "pop3/auth.h"

static int start(struct auth *auth, struct buffer *out, struct pop3_error *err)
{
	if (auth->user != NULL)
		buffer_append_text(out, auth->user);
	return buffer_check(out, POP3_E_USAGE, err);
}

const struct auth_mechanism auth_external = {
	.name = "EXTERNAL",
	.option = "external",
	.flags = AUTH_AHEAD | AUTH_ASKED | AUTH_NO_PASSWORD,
	.start = start,
};
