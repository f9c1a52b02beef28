/*
 * LOGIN (draft-murchison-sasl-login): two questions. Their wording depends on the server, so only
 * their order counts: first the user name, then the password.
 */
#include "pop3/auth.h"

static int step(struct auth *auth, const char *challenge, size_t length, struct buffer *out,
		struct pop3_error *err)
{
	(void)challenge;
	(void)length;
	switch (auth->answered++) {
	case 0:
		buffer_append_text(out, auth->user);
		break;
	case 1:
		buffer_append(out, auth->secret->text, auth->secret->length);
		break;
	default:
		return pop3_fail(err, POP3_E_PROTOCOL, "the server asked a third question in "
						       "LOGIN");
	}
	return buffer_check(out, POP3_E_USAGE, err);
}

const struct auth_mechanism auth_login = {
	.name = "LOGIN",
	.option = "login",
	/* Not AUTH_AHEAD: after a refused AUTH, the server would read the password as a command. */
	.flags = AUTH_CLEAR | AUTH_SERVER_FIRST,
	.questions = 2,
	.step = step,
};
