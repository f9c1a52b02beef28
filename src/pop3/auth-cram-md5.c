/* CRAM-MD5 (RFC 2195): HMAC-MD5 over the server's challenge, keyed with the password. */
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/text.h"
#include "pop3/auth.h"

#define MD5_OCTETS 16

static int step(struct auth *auth, const char *challenge, size_t length, struct buffer *out,
		struct pop3_error *err)
{
	unsigned char digest[MD5_OCTETS];
	char hex[2 * sizeof digest + 1];

	if (auth->answered++ > 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "the server sent a second challenge in "
						       "CRAM-MD5");
	if (length == 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "the server sent an empty challenge in "
						       "CRAM-MD5");
	if (HMAC(EVP_md5(), auth->secret->text, (int)auth->secret->length,
		 (const unsigned char *)challenge, length, digest, NULL) == NULL)
		return pop3_fail(err, POP3_E_CONFIG, "CRAM-MD5 needs MD5, which OpenSSL does not "
						     "provide here");
	text_hex(hex, digest, sizeof digest);
	buffer_append_format(out, "%s %s", auth->user, hex);
	return buffer_check(out, POP3_E_USAGE, err);
}

const struct auth_mechanism auth_cram_md5 = {
	.name = "CRAM-MD5",
	.option = "cram-md5",
	/*
	 * Only on request: it neither authenticates the server nor binds to TLS, so it adds nothing
	 * to TLS. It also works only for accounts whose password the server has in clear text, and
	 * a server may offer it without that.
	 */
	.flags = AUTH_ASKED | AUTH_SERVER_FIRST,
	.questions = 1,
	.step = step,
};
