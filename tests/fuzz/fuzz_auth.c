/*
 * Login mechanisms against a server's challenges, one per line: every response can be sent, and a
 * server that does not know the password never passes SCRAM's verification.
 */
#include "pop3/auth.h"

#include <openssl/evp.h>

#include "base/text.h"
#include "fuzz.h"
#include "pop3/auth-scram.h"

#define FEW_ITERATIONS 100000 /* more iterations are slow, but not wrong */

static char guess[] = "nobody guesses this";

static int start(const struct auth_mechanism *mechanism, struct auth *auth, struct buffer *out,
		 struct pop3_error *err)
{
	if (strncmp(mechanism->name, "SCRAM", 5) == 0)
		return auth_scram_start_with(auth, "nonce", out, err);
	return mechanism->start != NULL ? mechanism->start(auth, out, err) : 0;
}

static bool is_slow(const struct input *challenge)
{
	char *const text = input_copy(challenge);
	const char *const iterations = strstr(text, "i=");
	const bool slow = iterations != NULL && strtoul(iterations + 2, NULL, 10) > FEW_ITERATIONS;

	free(text);
	return slow;
}

static void converse(const struct auth_mechanism *mechanism, struct auth *auth,
		     struct input *challenges)
{
	struct buffer out = { 0 };
	struct pop3_error err;
	int result = start(mechanism, auth, &out, &err);

	while (result == 0 && mechanism->step != NULL && challenges->length > 0) {
		const struct input line = input_until(challenges, '\n');
		char *const challenge = input_copy(&line);

		must((mechanism->flags & AUTH_COMMAND) == 0 || !text_has_control(buffer_text(&out)),
		     "a command is one line");
		buffer_clear(&out);
		result = is_slow(&line) ? -1
					: mechanism->step(auth, challenge, line.length, &out, &err);
		free(challenge);
	}
	if (result == 0 && mechanism->accepted != NULL)
		must(mechanism->accepted(auth, &err) < 0,
		     "a server must prove that it knows the password");
	must(!text_has_control(auth->refusal), "a refusal has no control characters");
	buffer_release(&out);
}

static const struct auth_mechanism *choose(uint8_t octet)
{
	size_t count = 0;

	while (auth_mechanism(count) != NULL)
		count++;
	return auth_mechanism(octet % count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input rest = input_of(data, size);
	const struct auth_mechanism *const mechanism = choose(input_octet(&rest));
	const bool server_binds = input_octet(&rest) % 2 != 0;
	const struct input line = input_until(&rest, '\n');
	char *const greeting = input_copy(&line);
	const struct auth_binding binding = { "tls-exporter", "0123456789abcdef", 16 };
	const struct pop3_secret secret = { guess, sizeof guess - 1, sizeof guess };
	const struct pop3_timeouts timeouts = { .connect_ms = 0 };
	struct auth auth = {
		.mechanism = mechanism, .user = "ann,=", .host = "host", .port = 995, .secret = &secret,
		.greeting = greeting, .binding = &binding, .server_binds = server_binds,
		.timeouts = &timeouts,
	};

	converse(mechanism, &auth, &rest);
	if (mechanism->end != NULL)
		mechanism->end(&auth);
	free(greeting);
	return 0;
}
