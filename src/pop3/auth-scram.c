/*
 * SCRAM-SHA-1 and SCRAM-SHA-256 (RFC 5802, RFC 7677), with and without channel binding. The
 * password is never sent, and the server has to prove that it knows it, too.
 */
#include "pop3/auth-scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "base/base64.h"
#include "base/number.h"
#include "pop3/auth.h"
#include "pop3/saslprep.h"
#include "pop3/scram-proof.h"

#define NONCE_OCTETS 24

/*
 * Servers should ask for at least 4096 (RFC 5802 section 5.1, RFC 7677 section 4). A lower count
 * would give a malicious server a proof from which the password is cheap to guess; an excessive one
 * would waste our time.
 */
#define LEAST_ITERATIONS 4096
#define MOST_ITERATIONS 10000000
#define SALT_LIMIT 1024 /* maximum in octets */

enum scram_stage { SENT_FIRST, SENT_FINAL, SERVER_PROVED, SERVER_REFUSED };

struct scram {
	enum scram_stage stage;
	const EVP_MD *digest;
	const struct pop3_timeouts *timeouts;
	struct buffer nonce;
	struct buffer password; /* after SASLprep */
	struct buffer binding;	/* for c=: the GS2 header and the channel binding data */
	struct buffer message;	/* AuthMessage as exchanged so far */
	struct scram_proofs proofs;
};

struct span {
	const char *text;
	size_t length;
};

struct server_first {
	struct span nonce;
	struct buffer salt;
	uint64_t iterations;
};

/* Removes "name=value" and a following comma from the front; false when something else is there. */
static bool take_attribute(struct span *message, char name, struct span *value)
{
	const char *comma;

	if (message->length < 2 || message->text[0] != name || message->text[1] != '=')
		return false;
	comma = memchr(message->text, ',', message->length);
	value->text = message->text + 2;
	value->length = (comma != NULL ? (size_t)(comma - message->text) : message->length) - 2;
	message->text = value->text + value->length + (comma != NULL ? 1 : 0);
	message->length -= value->length + (comma != NULL ? 3 : 2);
	return true;
}

int auth_scram_start_with(struct auth *auth, const char *nonce, struct buffer *out,
			  struct pop3_error *err)
{
	struct scram *const scram = OPENSSL_zalloc(sizeof *scram);
	const bool is_sha_1 = auth->mechanism == &auth_scram_sha_1 ||
			      auth->mechanism == &auth_scram_sha_1_plus;
	const bool binds = (auth->mechanism->flags & AUTH_BINDS) != 0;
	const bool able = auth->binding != NULL && auth->binding->name != NULL;
	const struct pop3_secret *const secret = auth->secret;
	struct buffer name = { 0 };
	int result;

	auth->state = scram;
	if (scram == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	scram->digest = is_sha_1 ? EVP_sha1() : EVP_sha256();
	scram->timeouts = auth->timeouts;
	buffer_append_text(&scram->nonce, nonce);
	if (buffer_check(&scram->nonce, POP3_E_BUG, err) < 0)
		return -1;
	if (binds && !able)
		return pop3_fail(err, POP3_E_USAGE,
				 "SCRAM-PLUS needs a TLS connection to bind the login to");
	/*
	 * The gs2-cbind-flag (RFC 5802 section 6). 'y': we support channel binding but the server
	 * did not offer -PLUS, which lets it detect that an attacker removed the offer. 'n': we do
	 * not support or use channel binding.
	 */
	if (binds)
		buffer_append_format(&scram->binding, "p=%s,,", auth->binding->name);
	else
		buffer_append_text(&scram->binding, able && !auth->server_binds ? "y,," : "n,,");
	result = saslprep_name(&name, auth->user, strlen(auth->user), err);
	if (result == 0)
		result = saslprep_password(&scram->password, secret->text, secret->length, err);
	buffer_append_text(&scram->message, "n=");
	auth_append_name(&scram->message, buffer_text(&name));
	buffer_append_format(&scram->message, ",r=%s", buffer_text(&scram->nonce));
	buffer_release(&name);
	if (result < 0)
		return -1;
	buffer_append(out, scram->binding.data, scram->binding.length);
	buffer_append(out, scram->message.data, scram->message.length);
	if (binds)
		buffer_append(&scram->binding, auth->binding->data, auth->binding->length);
	if (buffer_check(&scram->binding, POP3_E_BUG, err) < 0 ||
	    buffer_check(&scram->message, POP3_E_BUG, err) < 0)
		return -1;
	return buffer_check(out, POP3_E_USAGE, err);
}

static int start(struct auth *auth, struct buffer *out, struct pop3_error *err)
{
	unsigned char octets[NONCE_OCTETS];
	struct buffer nonce = { 0 };
	int result;

	if (RAND_bytes(octets, sizeof octets) != 1)
		return pop3_fail(err, POP3_E_IO, "cannot get random octets");
	base64_encode(&nonce, octets, sizeof octets);
	result = buffer_check(&nonce, POP3_E_BUG, err);
	if (result == 0)
		result = auth_scram_start_with(auth, nonce.data, out, err);
	buffer_release(&nonce);
	return result;
}

static int read_server_first(struct span message, const struct buffer *nonce,
			     struct server_first *first, struct pop3_error *err)
{
	struct span salt, iterations;

	if (message.length > 0 && message.text[0] == 'm')
		return pop3_fail(err, POP3_E_PROTOCOL,
				 "the server requires an unknown SCRAM extension");
	if (!take_attribute(&message, 'r', &first->nonce) ||
	    !take_attribute(&message, 's', &salt) || !take_attribute(&message, 'i', &iterations))
		return pop3_fail(err, POP3_E_PROTOCOL, "the server's first SCRAM message is "
						       "malformed");
	if (first->nonce.length <= nonce->length ||
	    memcmp(first->nonce.text, nonce->data, nonce->length) != 0)
		return pop3_fail(err, POP3_E_PROTOCOL, "the server's SCRAM nonce does not begin "
						       "with ours");
	if (salt.length == 0 || !base64_decode(&first->salt, salt.text, salt.length))
		return pop3_fail(err, POP3_E_PROTOCOL,
				 "the server's SCRAM salt is not 1 to %d octets of base64",
				 SALT_LIMIT);
	if (!number_parse(iterations.text, iterations.length, MOST_ITERATIONS,
			  &first->iterations) ||
	    first->iterations < LEAST_ITERATIONS)
		return pop3_fail(err, POP3_E_PROTOCOL,
				 "the server's SCRAM iteration count is not from %d to %d",
				 LEAST_ITERATIONS, MOST_ITERATIONS);
	return 0;
}

static int answer_first(struct scram *scram, struct span challenge, struct buffer *out,
			struct pop3_error *err)
{
	struct buffer *const message = &scram->message;
	struct server_first first = { .salt.limit = SALT_LIMIT };
	int result = read_server_first(challenge, &scram->nonce, &first, err);
	const struct scram_terms terms = {
		.digest = scram->digest,
		.password = &scram->password,
		.salt = &first.salt,
		.iterations = first.iterations,
		.message = message,
		.timeouts = scram->timeouts,
	};
	size_t begin;

	if (result < 0)
		goto done;
	buffer_append_octet(message, ',');
	buffer_append(message, challenge.text, challenge.length);
	buffer_append_octet(message, ',');
	begin = message->length;
	buffer_append_text(message, "c=");
	base64_encode(message, scram->binding.data, scram->binding.length);
	buffer_append_text(message, ",r=");
	buffer_append(message, first.nonce.text, first.nonce.length);
	result = buffer_check(message, POP3_E_PROTOCOL, err);
	if (result == 0)
		result = scram_prove(&terms, &scram->proofs, err);
	if (result < 0)
		goto done;
	buffer_append(out, message->data + begin, message->length - begin);
	buffer_append_text(out, ",p=");
	base64_encode(out, scram->proofs.client_proof, scram->proofs.size);
	scram->stage = SENT_FINAL;
	result = buffer_check(out, POP3_E_PROTOCOL, err);
done:
	buffer_wipe(&scram->password);
	buffer_release(&first.salt);
	return result;
}

static int check_final(struct scram *scram, struct span challenge, struct pop3_error *err)
{
	struct buffer signature = { 0 };
	struct span value;
	bool equal;

	if (!take_attribute(&challenge, 'v', &value) ||
	    !base64_decode(&signature, value.text, value.length)) {
		buffer_release(&signature);
		return pop3_fail(err, POP3_E_PROTOCOL, "the server's final SCRAM message is "
						       "malformed");
	}
	equal = signature.length == scram->proofs.size &&
		CRYPTO_memcmp(signature.data, scram->proofs.server_signature,
			      signature.length) == 0;
	buffer_release(&signature);
	if (!equal)
		return pop3_fail(err, POP3_E_CREDENTIALS,
				 "the server does not know the password: its signature is wrong");
	scram->stage = SERVER_PROVED;
	return 0;
}

static int step(struct auth *auth, const char *challenge, size_t length, struct buffer *out,
		struct pop3_error *err)
{
	struct scram *const scram = auth->state;
	struct span message = { challenge, length }, reason;

	if (scram->stage == SERVER_PROVED || scram->stage == SERVER_REFUSED)
		return pop3_fail(err, POP3_E_PROTOCOL, "the server sent a challenge after the end "
						       "of SCRAM");
	/* The -ERR, perhaps with a response code, follows only after our answer. */
	if (take_attribute(&message, 'e', &reason)) {
		auth_keep_refusal(auth, reason.text, reason.length);
		scram->stage = SERVER_REFUSED;
		return 0;
	}
	if (scram->stage == SENT_FIRST)
		return answer_first(scram, message, out, err);
	return check_final(scram, message, err);
}

static int accepted(struct auth *auth, struct pop3_error *err)
{
	const struct scram *const scram = auth->state;

	if (scram->stage != SERVER_PROVED)
		return pop3_fail(err, POP3_E_CREDENTIALS,
				 "the server accepted the login without proving that it knows the "
				 "password");
	return 0;
}

static void end(struct auth *auth)
{
	struct scram *const scram = auth->state;

	if (scram == NULL)
		return;
	buffer_wipe(&scram->password);
	buffer_release(&scram->password);
	buffer_release(&scram->nonce);
	buffer_release(&scram->binding);
	buffer_release(&scram->message);
	OPENSSL_clear_free(scram, sizeof *scram);
	auth->state = NULL;
}

const struct auth_mechanism auth_scram_sha_1 = {
	.name = "SCRAM-SHA-1",
	.option = "scram-sha-1",
	.start = start,
	.step = step,
	.accepted = accepted,
	.end = end,
};

const struct auth_mechanism auth_scram_sha_1_plus = {
	.name = "SCRAM-SHA-1-PLUS",
	.option = "scram-sha-1-plus",
	.flags = AUTH_BINDS,
	.start = start,
	.step = step,
	.accepted = accepted,
	.end = end,
};

const struct auth_mechanism auth_scram_sha_256 = {
	.name = "SCRAM-SHA-256",
	.option = "scram-sha-256",
	.start = start,
	.step = step,
	.accepted = accepted,
	.end = end,
};

const struct auth_mechanism auth_scram_sha_256_plus = {
	.name = "SCRAM-SHA-256-PLUS",
	.option = "scram-sha-256-plus",
	.flags = AUTH_BINDS,
	.start = start,
	.step = step,
	.accepted = accepted,
	.end = end,
};
