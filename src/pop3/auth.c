/* The table of login mechanisms, and their common code for names, passwords and refusals. */
#include "pop3/auth.h"

#include <string.h>

#include "base/text.h"
#include "pop3/session.h"

/* --- mechanisms --- */

/* In the order in which --auth auto prefers them. */
static const struct auth_mechanism *const mechanisms[] = {
	&auth_scram_sha_256_plus, &auth_scram_sha_1_plus, &auth_scram_sha_256, &auth_scram_sha_1,
	&auth_plain, &auth_user, &auth_login, &auth_cram_md5,
	&auth_apop, &auth_xoauth2, &auth_oauthbearer, &auth_external,
};

const struct auth_mechanism *auth_mechanism(size_t i)
{
	return i < sizeof mechanisms / sizeof mechanisms[0] ? mechanisms[i] : NULL;
}

const struct auth_mechanism *auth_find(const char *option)
{
	for (size_t i = 0; i < sizeof mechanisms / sizeof mechanisms[0]; i++)
		if (strcmp(mechanisms[i]->option, option) == 0)
			return mechanisms[i];
	return NULL;
}

const char *pop3_auth_name(size_t i)
{
	const struct auth_mechanism *const mechanism = auth_mechanism(i);

	return mechanism != NULL ? mechanism->option : NULL;
}

bool pop3_auth_needs_password(const char *name)
{
	const struct auth_mechanism *const mechanism = name != NULL ? auth_find(name) : NULL;

	return mechanism == NULL || (mechanism->flags & AUTH_NO_PASSWORD) == 0;
}

/* --- common code --- */

int auth_check_control(const char *user, const struct pop3_secret *secret, struct pop3_error *err)
{
	if (user != NULL && text_has_control(user))
		return pop3_fail(err, POP3_E_USAGE, "the user name contains a control character");
	if (secret != NULL && secret->length > 0 &&
	    (strlen(secret->text) != secret->length || text_has_control(secret->text)))
		return pop3_fail(err, POP3_E_USAGE, "the password contains a control character");
	return 0;
}

void auth_append_name(struct buffer *out, const char *name)
{
	for (; *name != '\0'; name++) {
		if (*name == ',')
			buffer_append_text(out, "=2C");
		else if (*name == '=')
			buffer_append_text(out, "=3D");
		else
			buffer_append_octet(out, *name);
	}
}

void auth_keep_refusal(struct auth *auth, const char *reason, size_t length)
{
	size_t kept = 0;

	for (; kept < length && kept + 1 < sizeof auth->refusal; kept++) {
		auth->refusal[kept] = reason[kept];
		if (reason[kept] < ' ' || reason[kept] > '~')
			auth->refusal[kept] = '?';
	}
	auth->refusal[kept] = '\0';
}
