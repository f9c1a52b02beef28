/*
 * APOP (RFC 1939 section 7): MD5 over the greeting's timestamp and the password. A server that can
 * choose the timestamp freely can recover the password through MD5 collisions (CVE-2007-1558), so
 * only a well-formed msg-id is accepted as a timestamp.
 */
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"
#include "pop3/auth.h"

#define MD5_OCTETS 16

static bool is_between(char c, char first, char last)
{
	return c >= first && c <= last;
}

static bool is_atext(char c)
{
	return is_between(c, 'a', 'z') || is_between(c, 'A', 'Z') || is_between(c, '0', '9') ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

/* Each returns how many octets match its rule in RFC 5322, 0 for no match. */
static size_t match_dot_atom(const char *text)
{
	size_t i = 0;

	while (is_atext(text[i])) {
		while (is_atext(text[i]))
			i++;
		if (text[i] != '.' || !is_atext(text[i + 1]))
			return i;
		i++;
	}
	return i;
}

static size_t match_quoted(const char *text)
{
	size_t i = 1;

	if (text[0] != '"')
		return 0;
	while (is_between(text[i], '!', '~') && text[i] != '"')
		i += text[i] == '\\' && is_between(text[i + 1], '!', '~') ? 2 : 1;
	return text[i] == '"' ? i + 1 : 0;
}

static size_t match_domain_literal(const char *text)
{
	size_t i = 1;

	if (text[0] != '[')
		return 0;
	while (is_between(text[i], '!', 'Z') || is_between(text[i], '^', '~'))
		i++;
	return text[i] == ']' ? i + 1 : 0;
}

static size_t match_msg_id(const char *text)
{
	size_t at, right;

	at = 1 + match_dot_atom(text + 1);
	if (at == 1)
		at = 1 + match_quoted(text + 1);
	if (at == 1 || text[at] != '@')
		return 0;
	right = match_dot_atom(text + at + 1);
	if (right == 0)
		right = match_domain_literal(text + at + 1);
	if (right == 0 || text[at + 1 + right] != '>')
		return 0;
	return at + right + 2;
}

static int start(struct auth *auth, struct buffer *out, struct pop3_error *err)
{
	unsigned char digest[MD5_OCTETS];
	char hex[2 * sizeof digest + 1];
	size_t length = 0;
	const char *timestamp = strchr(auth->greeting, '<');
	EVP_MD_CTX *context;
	bool done;

	/* The greeting may contain other text in angle brackets. */
	while (timestamp != NULL && (length = match_msg_id(timestamp)) == 0)
		timestamp = strchr(timestamp + 1, '<');
	if (auth_check_control(auth->user, NULL, err) < 0)
		return -1;
	if (timestamp == NULL)
		return pop3_fail(err, POP3_E_CREDENTIALS,
				 "the server does not offer APOP: its greeting has no timestamp");
	context = EVP_MD_CTX_new();
	done = context != NULL && EVP_DigestInit_ex(context, EVP_md5(), NULL) > 0 &&
	       EVP_DigestUpdate(context, timestamp, length) > 0 &&
	       EVP_DigestUpdate(context, auth->secret->text, auth->secret->length) > 0 &&
	       EVP_DigestFinal_ex(context, digest, NULL) > 0;
	EVP_MD_CTX_free(context);
	if (!done)
		return pop3_fail(err, POP3_E_CONFIG, "APOP needs MD5, which OpenSSL does not "
						     "provide here");
	text_hex(hex, digest, sizeof digest);
	buffer_append_format(out, "APOP %s %s", auth->user, hex);
	return buffer_check(out, POP3_E_USAGE, err);
}

const struct auth_mechanism auth_apop = {
	.name = "APOP",
	.option = "apop",
	.flags = AUTH_COMMAND | AUTH_AHEAD | AUTH_ASKED,
	.start = start,
};
