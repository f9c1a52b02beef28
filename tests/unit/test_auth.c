/*
 * Login mechanisms as conversations without base64: "C:" is output of the mechanism, "S:" a
 * challenge, and "+OK" a successful login. Other octets are escaped as by text_escape. The test
 * vectors are from the RFCs; those that no RFC contains were computed with Python's hashlib.
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/text.h"
#include "check.h"
#include "error-texts.h"
#include "pop3/auth-scram.h"
#include "pop3/auth.h"

#define MOST_LINES 8

struct login {
	const char *title;
	const struct auth_mechanism *mechanism;
	const char *user;
	const char *password; /* escaped */
	const char *greeting;
	const char *nonce;   /* for SCRAM; NULL = random */
	const char *binding; /* its name; its data are the octets 00 to 1F */
	bool server_binds;
	const char *talk[MOST_LINES];
	enum pop3_code code; /* of the last line of talk, or of start if there is none */
	const char *refusal;
};

static const struct login plain_logins[] = {
	{ "PLAIN: RFC 4616 section 4", &auth_plain, "tim", "tanstaaftanstaaf",
	  .talk = { "C: \\x00tim\\x00tanstaaftanstaaf", "+OK" } },
	{ "PLAIN: blanks, commas, equals signs and 8-bit octets unchanged", &auth_plain,
	  "recent:a, b=c", "\\xE4 \\x01=,",
	  .talk = { "C: \\x00recent:a, b=c\\x00\\xE4 \\x01=,", "+OK" } },
	{ "PLAIN: an empty password", &auth_plain, "ann", "", .talk = { "C: \\x00ann\\x00" } },
	{ "PLAIN: a NUL in the password", &auth_plain, "ann", "se\\x00cret",
	  .code = POP3_E_USAGE },

	{ "LOGIN: the usual questions", &auth_login, "ann b", "a=,\\xE4",
	  .talk = { "S: User Name\\x00", "C: ann b", "S: Password\\x00", "C: a=,\\xE4", "+OK" } },
	{ "LOGIN: the user comes first, whatever the question", &auth_login, "ann", "secret",
	  .talk = { "S: Password:", "C: ann", "S: ", "C: secret", "+OK" } },
	{ "LOGIN: a third question", &auth_login, "ann", "secret",
	  .talk = { "S: Username:", "C: ann", "S: Password:", "C: secret", "S: Really?" },
	  .code = POP3_E_PROTOCOL },

	{ "USER: two commands", &auth_user, "ann b", "pass, word=\\xE4",
	  .talk = { "C: USER ann b", "S: yes?", "C: PASS pass, word=\\xE4", "S: welcome", "C: ",
		    "+OK" } },
	{ "USER: an empty password", &auth_user, "ann", "",
	  .talk = { "C: USER ann", "S: ", "C: PASS " } },
	{ "USER: a line end in the user name", &auth_user, "ann\r\nDELE 1", "secret",
	  .code = POP3_E_USAGE },
	{ "USER: a line end in the password", &auth_user, "ann", "se\\r\\ncret",
	  .code = POP3_E_USAGE },
	{ "USER: a NUL in the password", &auth_user, "ann", "se\\x00cret", .code = POP3_E_USAGE },

	{ "EXTERNAL: as a given user", &auth_external, "ann", NULL, .talk = { "C: ann", "+OK" } },
	{ "EXTERNAL: as the user in the certificate", &auth_external, "", NULL,
	  .talk = { "C: ", "+OK" } },
	{ "EXTERNAL: without a user", &auth_external, NULL, NULL, .talk = { "C: ", "+OK" } },
};

static const struct login digest_logins[] = {
	{ "APOP: RFC 1939 section 7", &auth_apop, "mrose", "tanstaaf",
	  "POP3 server ready <1896.697170952@dbc.mtview.ca.us>",
	  .talk = { "C: APOP mrose c4c9334bac560ecc979e58001b3e22fb", "+OK" } },
	{ "APOP: an 8-bit password and a user with a blank", &auth_apop, "ann b", "\\xE4",
	  "<1@a>", .talk = { "C: APOP ann b 29038d4bf82abe89eb112c74f091fd77" } },
	{ "APOP: an empty password", &auth_apop, "ann", "", "<1@a>",
	  .talk = { "C: APOP ann 222a158363b687836c991e259d11e9ff" } },
	{ "APOP: a line end in the user name", &auth_apop, "ann\r\nDELE 1", "x", "<1@a>",
	  .code = POP3_E_USAGE },

	{ "CRAM-MD5: RFC 2195 section 2", &auth_cram_md5, "tim", "tanstaaftanstaaf",
	  .talk = { "S: <1896.697170952@postoffice.reston.mci.net>",
		    "C: tim b913a602c7eda7a495b4e6e7334d3890", "+OK" } },
	{ "CRAM-MD5: an empty password", &auth_cram_md5, "ann", "",
	  .talk = { "S: <1@a>", "C: ann c16f39f77a2be885b6602ac3bdce2e18" } },
	{ "CRAM-MD5: a second challenge", &auth_cram_md5, "ann", "secret",
	  .talk = { "S: <1@a>", "S: <2@a>" }, .code = POP3_E_PROTOCOL },
	{ "CRAM-MD5: an empty challenge", &auth_cram_md5, "ann", "secret", .talk = { "S: " },
	  .code = POP3_E_PROTOCOL },
};

#define XOAUTH2_FIRST "C: user=ann@example.com\\x01auth=Bearer ya29.vF9dft4\\x01\\x01"
#define OAUTHBEARER_FIRST                                                                          \
	"C: n,a=user@example.com,\\x01host=server.example.com\\x01port=143\\x01"                   \
	"auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\\x01\\x01"

static const struct login token_logins[] = {
	{ "XOAUTH2: accepted", &auth_xoauth2, "ann@example.com", "ya29.vF9dft4",
	  .talk = { XOAUTH2_FIRST, "+OK" } },
	{ "XOAUTH2: refused as Google does", &auth_xoauth2, "ann@example.com", "ya29.vF9dft4",
	  .talk = { XOAUTH2_FIRST,
		    "S: {\"status\":\"401\",\"schemes\":\"bearer mac\","
		    "\"scope\":\"https://mail.google.com/\"}\\n", "C: " },
	  .refusal = "401" },
	{ "XOAUTH2: refused with a number and an error", &auth_xoauth2, "ann@example.com",
	  "ya29.vF9dft4",
	  .talk = { XOAUTH2_FIRST, "S: { \"error\" : \"expired\", \"status\" : 400 }", "C: " },
	  .refusal = "400, expired" },
	{ "XOAUTH2: refused without JSON", &auth_xoauth2, "ann@example.com", "ya29.vF9dft4",
	  .talk = { XOAUTH2_FIRST, "S: no \\x1B[1m\\xC2\\x9B way", "C: " },
	  .refusal = "no ?[1m?? way" },
	{ "XOAUTH2: refused with a truncated field", &auth_xoauth2, "ann@example.com",
	  "ya29.vF9dft4", .talk = { XOAUTH2_FIRST, "S: {\"status\"", "C: " },
	  .refusal = "{\"status\"" },
	{ "XOAUTH2: a second challenge", &auth_xoauth2, "ann@example.com", "ya29.vF9dft4",
	  .talk = { XOAUTH2_FIRST, "S: {}", "C: ", "S: {}" }, .code = POP3_E_PROTOCOL,
	  .refusal = "{}" },
	{ "XOAUTH2: a separator in the user name", &auth_xoauth2, "ann\001auth=x", "token",
	  .code = POP3_E_USAGE },
	{ "XOAUTH2: a separator in the token", &auth_xoauth2, "ann", "to\\x01ken",
	  .code = POP3_E_USAGE },

	{ "OAUTHBEARER: RFC 7628 section 4.1", &auth_oauthbearer, "user@example.com",
	  "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", .talk = { OAUTHBEARER_FIRST, "+OK" } },
	{ "OAUTHBEARER: RFC 7628 section 4.3", &auth_oauthbearer, "user@example.com",
	  "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
	  .talk = { OAUTHBEARER_FIRST,
		    "S: {\"status\":\"invalid_token\",\"scope\":\"example_scope\","
		    "\"openid-configuration\":\"https://example.com/.well-known/openid-config\"}",
		    "C: \\x01" },
	  .refusal = "invalid_token" },
	{ "OAUTHBEARER: a second challenge", &auth_oauthbearer, "user@example.com",
	  "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
	  .talk = { OAUTHBEARER_FIRST, "S: ", "C: \\x01", "S: " }, .code = POP3_E_PROTOCOL },
	{ "OAUTHBEARER: commas and equals signs in the user name", &auth_oauthbearer, "a,b=c d",
	  "t",
	  .talk = { "C: n,a=a=2Cb=3Dc d,\\x01host=server.example.com\\x01port=143\\x01"
		    "auth=Bearer t\\x01\\x01" } },
	{ "OAUTHBEARER: a separator in the token", &auth_oauthbearer, "ann", "to\\x01ken",
	  .code = POP3_E_USAGE },
};

static const struct login scram_logins[] = {
	{ "SCRAM-SHA-1: RFC 5802 section 5", &auth_scram_sha_1, "user", "pencil",
	  .nonce = "fyko+d2lbbFgONRv9qkxdawL",
	  .talk = { "C: n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
		    "S: r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
		    "C: c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,"
		    "p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
		    "S: v=rmF9pqV8S7suAoZWja4dJRkFsKQ=", "C: ", "+OK" } },
	{ "SCRAM-SHA-256: RFC 7677 section 3", &auth_scram_sha_256, "user", "pencil",
	  .nonce = "rOprNGfwEbeRWgbNEkqO",
	  .talk = { "C: n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
		    "S: r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
		    "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
		    "C: c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
		    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		    "S: v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "C: ", "+OK" } },
	{ "SCRAM-SHA-256-PLUS: bound by tls-exporter", &auth_scram_sha_256_plus, "ann", "secret",
	  .nonce = "abc", .binding = "tls-exporter", .server_binds = true,
	  .talk = { "C: p=tls-exporter,,n=ann,r=abc", "S: r=abcdef,s=MDEyMzQ1Njc4OWFi,i=4096",
		    "C: c=cD10bHMtZXhwb3J0ZXIsLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f,"
		    "r=abcdef,p=kWdZneBrcOCEPvBz5kj+mkpaPYKkZlQCKy/Lg0xm5IU=",
		    "S: v=mXtMz5Q766dx4tNGlBiwpIoHlxXFhK0e4mY0+2TPIgM=", "C: ", "+OK" } },
	{ "SCRAM-SHA-1-PLUS: bound by tls-server-end-point", &auth_scram_sha_1_plus, "ann",
	  "secret", .nonce = "abc", .binding = "tls-server-end-point", .server_binds = true,
	  .talk = { "C: p=tls-server-end-point,,n=ann,r=abc",
		    "S: r=abcdef,s=MDEyMzQ1Njc4OWFi,i=4096",
		    "C: c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd"
		    "Hh8=,r=abcdef,p=Kywb4TEDJdnwXUuzEtvrS5DwYP4=",
		    "S: v=lnNpBmGtKMmgsJB+2zB9CA5UJW4=", "C: ", "+OK" } },
	{ "SCRAM: y without an offer, and a prepared password", &auth_scram_sha_256, "a,b=c",
	  "I\\xC2\\xADX\\xC2\\xAA", .nonce = "abc", .binding = "tls-exporter",
	  .talk = { "C: y,,n=a=2Cb=3Dc,r=abc", "S: r=abcdef,s=MDEyMzQ1Njc4OWFi,i=4096",
		    "C: c=eSws,r=abcdef,p=NXYZ26wGTQGtAQVISys+rhx/DMXCmPs8psjKAA22XFk=",
		    "S: v=Oj1opDt9ubmx7Gpi9DozQy5z4XiY7m4dD711X+VAaA4=", "C: ", "+OK" } },
	{ "SCRAM: n when we choose not to bind", &auth_scram_sha_256, "ann", "secret",
	  .nonce = "abc", .binding = "tls-exporter", .server_binds = true,
	  .talk = { "C: n,,n=ann,r=abc" } },
	{ "SCRAM: a user name is prepared", &auth_scram_sha_1, "\xe2\x85\xa8 x", "secret",
	  .nonce = "abc", .talk = { "C: n,,n=IX x,r=abc" } },
	{ "SCRAM: further attributes are ignored", &auth_scram_sha_256, "ann", "secret",
	  .nonce = "abc",
	  .talk = { "C: n,,n=ann,r=abc", "S: r=abcdef,s=MDEyMzQ1Njc4OWFi,i=4096,x=y",
		    "C: c=biws,r=abcdef,p=m/36KnJsAfNstTkghsMH4SmSllz9zXRGEKVOmSc9ebk=",
		    "S: v=Eef8q8g8m6UWN6aES7tBN+yMlTeui3bX/IUsubEYwqs=,z=", "C: ", "+OK" } },

	{ "SCRAM-PLUS: no channel binding", &auth_scram_sha_256_plus, "ann", "secret",
	  .code = POP3_E_USAGE },
	{ "SCRAM: a user name that is not UTF-8", &auth_scram_sha_256, "\xe4", "secret",
	  .code = POP3_E_USAGE },
	{ "SCRAM: a user name that is empty after SASLprep", &auth_scram_sha_256, "\xc2\xad",
	  "secret", .code = POP3_E_USAGE },
	{ "SCRAM: a password that is not UTF-8", &auth_scram_sha_256, "ann", "secr\\xE4",
	  .code = POP3_E_USAGE },
	{ "SCRAM: a password with a control character", &auth_scram_sha_256, "ann",
	  "sec\\x07ret", .code = POP3_E_USAGE },
	{ "SCRAM: a password with a NUL", &auth_scram_sha_256, "ann", "sec\\x00ret",
	  .code = POP3_E_USAGE },
	{ "SCRAM: an empty password", &auth_scram_sha_256, "ann", "", .code = POP3_E_USAGE },
};

#define SCRAM_ANN &auth_scram_sha_256, "ann", "secret", .nonce = "abc"
#define SCRAM_SAID                                                                                 \
	"C: n,,n=ann,r=abc", "S: r=abcdef,s=MDEyMzQ1Njc4OWFi,i=4096",                              \
		"C: c=biws,r=abcdef,p=MUHGFcbINTPz1zEjHjeIOa1+VpjSfBwPU1wZVmncjNM="
#define SCRAM_PROOF "S: v=zwWNCSaktjv/AH2c4pbvR5Afq+j8eexi7BkcX5JqSYM="

static const struct login scram_failures[] = {
	{ "SCRAM: an empty challenge", SCRAM_ANN, .talk = { "S: " }, .code = POP3_E_PROTOCOL },
	{ "SCRAM: no server nonce", SCRAM_ANN, .talk = { "S: s=MDEy,i=4096" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: the server does not extend the nonce", SCRAM_ANN,
	  .talk = { "S: r=abc,s=MDEy,i=4096" }, .code = POP3_E_PROTOCOL },
	{ "SCRAM: the server truncates the nonce", SCRAM_ANN, .talk = { "S: r=ab,s=MDEy,i=4096" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: another nonce", SCRAM_ANN, .talk = { "S: r=abdefg,s=MDEy,i=4096" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: an empty nonce", SCRAM_ANN, .talk = { "S: r=,s=MDEy,i=4096" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: truncated after the nonce", SCRAM_ANN, .talk = { "S: r=abcdef" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: truncated within an attribute", SCRAM_ANN, .talk = { "S: r=abcdef,s" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: no iteration count", SCRAM_ANN, .talk = { "S: r=abcdef,s=MDEy" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: attributes out of order", SCRAM_ANN, .talk = { "S: r=abcdef,i=4096,s=MDEy" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: an empty salt", SCRAM_ANN, .talk = { "S: r=abcdef,s=,i=4096" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: a salt that is not base64", SCRAM_ANN, .talk = { "S: r=abcdef,s=MDE,i=4096" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: an empty iteration count", SCRAM_ANN, .talk = { "S: r=abcdef,s=MDEy,i=" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: no iterations", SCRAM_ANN, .talk = { "S: r=abcdef,s=MDEy,i=0" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: too few iterations", SCRAM_ANN, .talk = { "S: r=abcdef,s=MDEy,i=4095" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: too many iterations", SCRAM_ANN, .talk = { "S: r=abcdef,s=MDEy,i=10000001" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: iterations over 64 bits", SCRAM_ANN,
	  .talk = { "S: r=abcdef,s=MDEy,i=18446744073709555712" }, .code = POP3_E_PROTOCOL },
	{ "SCRAM: negative iterations", SCRAM_ANN, .talk = { "S: r=abcdef,s=MDEy,i=-4096" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: a mandatory extension", SCRAM_ANN,
	  .talk = { "S: m=x,r=abcdef,s=MDEy,i=4096" }, .code = POP3_E_PROTOCOL },

	{ "SCRAM: a wrong signature", SCRAM_ANN,
	  .talk = { SCRAM_SAID, "S: v=zwWNCSaktjv/AH2c4pbvR5Afq+j8eexi7BkcX5JqSYE=" },
	  .code = POP3_E_CREDENTIALS },
	{ "SCRAM: a truncated signature", SCRAM_ANN, .talk = { SCRAM_SAID, "S: v=zwWN" },
	  .code = POP3_E_CREDENTIALS },
	{ "SCRAM: an empty signature", SCRAM_ANN, .talk = { SCRAM_SAID, "S: v=" },
	  .code = POP3_E_CREDENTIALS },
	{ "SCRAM: a signature that is not base64", SCRAM_ANN, .talk = { SCRAM_SAID, "S: v=zwW" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: no signature", SCRAM_ANN, .talk = { SCRAM_SAID, "S: x=y" },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: an empty final message", SCRAM_ANN, .talk = { SCRAM_SAID, "S: " },
	  .code = POP3_E_PROTOCOL },
	{ "SCRAM: accepted without a signature", SCRAM_ANN, .talk = { SCRAM_SAID, "+OK" },
	  .code = POP3_E_CREDENTIALS },
	{ "SCRAM: accepted at once", SCRAM_ANN, .talk = { "+OK" }, .code = POP3_E_CREDENTIALS },
	{ "SCRAM: a challenge after the signature", SCRAM_ANN,
	  .talk = { SCRAM_SAID, SCRAM_PROOF, "C: ", "S: " }, .code = POP3_E_PROTOCOL },

	{ "SCRAM: refused with a reason", SCRAM_ANN,
	  .talk = { SCRAM_SAID, "S: e=invalid-proof,x=y", "C: " }, .refusal = "invalid-proof" },
	{ "SCRAM: refused in the first message", SCRAM_ANN,
	  .talk = { "S: e=unknown-user\\x1B", "C: " }, .refusal = "unknown-user?" },
	{ "SCRAM: refused, then accepted", SCRAM_ANN,
	  .talk = { SCRAM_SAID, "S: e=other-error", "C: ", "+OK" }, .code = POP3_E_CREDENTIALS,
	  .refusal = "other-error" },
	{ "SCRAM: refused, then continued", SCRAM_ANN,
	  .talk = { SCRAM_SAID, "S: e=other-error", "C: ", SCRAM_PROOF },
	  .code = POP3_E_PROTOCOL, .refusal = "other-error" },
};

/* A login in progress: its inputs and its output. */
struct trial {
	struct auth auth;
	struct auth_binding binding;
	struct pop3_secret secret;
	struct buffer out;
	struct pop3_timeouts timeouts;
	struct pop3_error err;
};

static void trial_open(struct trial *trial, const struct auth_mechanism *mechanism,
		       const char *user, const char *password)
{
	struct buffer octets = { 0 };

	*trial = (struct trial){ 0 };
	trial->auth = (struct auth){
		.mechanism = mechanism,
		.user = user,
		.host = "server.example.com",
		.port = 143,
		.greeting = "ready",
		.secret = &trial->secret,
		.binding = &trial->binding,
		.timeouts = &trial->timeouts,
	};
	for (size_t i = 0; i < 32; i++)
		trial->binding.data[trial->binding.length++] = (unsigned char)i;
	text_unescape(&octets, password, strlen(password));
	if (octets.length > 0)
		pop3_secret_append(&trial->secret, octets.data, octets.length, &trial->err);
	buffer_release(&octets);
}

static void trial_close(struct trial *trial, const struct auth_mechanism *mechanism)
{
	if (mechanism->end != NULL)
		mechanism->end(&trial->auth);
	buffer_release(&trial->out);
	pop3_secret_wipe(&trial->secret);
}

static int start(struct trial *trial, const struct login *login)
{
	const struct auth_mechanism *const mechanism = login->mechanism;

	if (login->nonce != NULL)
		return auth_scram_start_with(&trial->auth, login->nonce, &trial->out, &trial->err);
	if (mechanism->start == NULL)
		return 0;
	return mechanism->start(&trial->auth, &trial->out, &trial->err);
}

static int answer(struct trial *trial, const struct auth_mechanism *mechanism,
		  const char *challenge, size_t length)
{
	buffer_clear(&trial->out);
	return mechanism->step(&trial->auth, challenge, length, &trial->out, &trial->err);
}

/* Copies the challenge to exact heap memory, so that a sanitizer detects reads past its end. */
static int answer_escaped(struct trial *trial, const struct auth_mechanism *mechanism,
			  const char *escaped)
{
	struct buffer challenge = { 0 };
	char *exact;
	int result;

	text_unescape(&challenge, escaped, strlen(escaped));
	exact = malloc(challenge.length + 1);
	memcpy(exact + 1, buffer_text(&challenge), challenge.length);
	result = answer(trial, mechanism, exact + 1, challenge.length);
	free(exact);
	buffer_release(&challenge);
	return result;
}

/* Appends a line of the conversation; "C:" lines show the actual output. */
static void note(struct buffer *transcript, const char *line, const struct buffer *written)
{
	if (strncmp(line, "C: ", 3) == 0) {
		buffer_append_text(transcript, "C: ");
		text_escape(transcript, buffer_text(written), written->length);
	} else {
		buffer_append_text(transcript, line);
	}
	buffer_append_octet(transcript, '\n');
}

static int follow(struct trial *trial, const struct auth_mechanism *mechanism, const char *line)
{
	if (strncmp(line, "S: ", 3) == 0)
		return answer_escaped(trial, mechanism, line + 3);
	if (strcmp(line, "+OK") == 0 && mechanism->accepted != NULL)
		return mechanism->accepted(&trial->auth, &trial->err);
	return 0;
}

static void check_talk(struct trial *trial, const struct login *login)
{
	struct buffer got = { 0 }, expected = { 0 };
	int result = start(trial, login);

	for (const char *const *line = login->talk; *line != NULL; line++) {
		buffer_append_format(&expected, "%s\n", *line);
		if (result < 0)
			continue;
		result = follow(trial, login->mechanism, *line);
		note(&got, *line, &trial->out);
	}
	check_text(login->title, buffer_text(&got), buffer_text(&expected));
	check_number(login->title, result, login->code == POP3_E_NONE ? 0 : -1);
	buffer_release(&got);
	buffer_release(&expected);
}

static void check_login(const struct login *login)
{
	struct trial trial;

	trial_open(&trial, login->mechanism, login->user,
		   login->password != NULL ? login->password : "");
	trial.binding.name = login->binding;
	trial.auth.server_binds = login->server_binds;
	if (login->greeting != NULL)
		trial.auth.greeting = login->greeting;
	check_talk(&trial, login);
	check_number(login->title, trial.err.code, login->code);
	error_text_note(trial.err.code != POP3_E_NONE ? trial.err.text : "");
	check_text(login->title, trial.auth.refusal, login->refusal != NULL ? login->refusal : "");
	trial_close(&trial, login->mechanism);
}

#define CHECK_LOGINS(table)                                                                        \
	for (size_t i = 0; i < ROWS(table); i++)                                                   \
		check_login(&(table)[i])

static const struct {
	const char *greeting;
	const char *timestamp; /* NULL = APOP is not offered */
} greetings[] = {
	{ "<1896.697170952@dbc.mtview.ca.us>", "<1896.697170952@dbc.mtview.ca.us>" },
	{ "Dovecot ready. <1f5.1.5a0a6c79.BvP1pC/lH0l+dg==@mail>",
	  "<1f5.1.5a0a6c79.BvP1pC/lH0l+dg==@mail>" },
	{ "<POP3> 3 < 4 <1@a> ready <2@b>", "<1@a>" },
	{ "<<1@a>>", "<1@a>" },
	{ "<\"a b\"@c> <\"a\\\"b@<c>\"@d>", "<\"a\\\"b@<c>\"@d>" },
	{ "<\"a@b\"@[127.0.0.1]>", "<\"a@b\"@[127.0.0.1]>" },
	{ "<1@[]>", "<1@[]>" },
	{ "ready", NULL },
	{ "", NULL },
	{ "<", NULL },
	{ "<>", NULL },
	{ "<1>", NULL },
	{ "<@a>", NULL },
	{ "<1@>", NULL },
	{ "<1@a", NULL },
	{ "<1@a@b>", NULL },
	{ "<.1@a>", NULL },
	{ "<1.@a>", NULL },
	{ "<1..2@a>", NULL },
	{ "<1@a.>", NULL },
	{ "<1@.a>", NULL },
	{ "<1 2@a>", NULL },
	{ "<1@a b>", NULL },
	{ "<\"1@a>", NULL },
	{ "<\"1\\", NULL },
	{ "<\"1\\\"@a>", NULL },
	{ "<\"1\"2@a>", NULL },
	{ "<1@[a>", NULL },
	{ "<1@[a\\]>", NULL },
	{ "<1@[[a]]>", NULL },
	{ "<1\xe4@a>", NULL },
	{ "<1@\x80\x81>", NULL },
	{ "<\"\x01\"@a>", NULL },
	{ "<\"\x7f\"@a>", NULL },
	{ "<1@[\xff]>", NULL },
};

/* Finds out which timestamp APOP used by computing its digest again. */
static void check_greeting(const char *greeting, const char *timestamp)
{
	struct trial trial;
	struct buffer title = { 0 }, signed_text = { 0 }, expected = { 0 };
	unsigned char digest[16];
	char hex[2 * sizeof digest + 1];

	trial_open(&trial, &auth_apop, "ann", "secret");
	trial.auth.greeting = greeting;
	buffer_append_text(&title, "APOP: ");
	text_escape(&title, greeting, strlen(greeting));
	auth_apop.start(&trial.auth, &trial.out, &trial.err);
	if (timestamp != NULL) {
		buffer_append_format(&signed_text, "%ssecret", timestamp);
		EVP_Digest(signed_text.data, signed_text.length, digest, NULL, EVP_md5(), NULL);
		text_hex(hex, digest, sizeof digest);
		buffer_append_format(&expected, "APOP ann %s", hex);
	}
	check_text(title.data, buffer_text(&trial.out), buffer_text(&expected));
	check_number(title.data, trial.err.code,
		     timestamp != NULL ? POP3_E_NONE : POP3_E_CREDENTIALS);
	buffer_release(&title);
	buffer_release(&signed_text);
	buffer_release(&expected);
	trial_close(&trial, &auth_apop);
}

/* The server's side of a SCRAM login. It stores only the keys that RFC 5802 requires. */
struct server {
	const EVP_MD *digest;
	int size;
	unsigned char stored_key[EVP_MAX_MD_SIZE];
	unsigned char server_key[EVP_MAX_MD_SIZE];
	struct buffer message; /* AuthMessage */
};

static const char server_salt[] = "a salt of octets";

static void server_open(struct server *server, const EVP_MD *digest, const char *password)
{
	unsigned char salted[EVP_MAX_MD_SIZE], client_key[EVP_MAX_MD_SIZE];

	*server = (struct server){ .digest = digest, .size = EVP_MD_get_size(digest) };
	PKCS5_PBKDF2_HMAC(password, -1, (const unsigned char *)server_salt,
			  sizeof server_salt - 1, 5000, digest, server->size, salted);
	HMAC(digest, salted, server->size, (const unsigned char *)"Client Key", 10, client_key,
	     NULL);
	HMAC(digest, salted, server->size, (const unsigned char *)"Server Key", 10,
	     server->server_key, NULL);
	EVP_Digest(client_key, (size_t)server->size, server->stored_key, NULL, digest, NULL);
}

/* bare is the client's first message without the GS2 header; writes the server's first message. */
static void server_challenge(struct server *server, const char *bare, struct buffer *out)
{
	buffer_append_format(out, "%s-server,s=", strstr(bare, "r="));
	base64_encode(out, server_salt, sizeof server_salt - 1);
	buffer_append_text(out, ",i=5000");
	buffer_append_format(&server->message, "%s,%s", bare, buffer_text(out));
}

/* Whether the client's proof matches the stored key; also writes the server's signature. */
static bool server_verify(struct server *server, const char *final, struct buffer *out)
{
	const char *const proof = strstr(final, ",p=");
	unsigned char signature[EVP_MAX_MD_SIZE], key[EVP_MAX_MD_SIZE];
	struct buffer octets = { 0 };

	base64_decode(&octets, proof + 3, strlen(proof + 3));
	buffer_append_octet(&server->message, ',');
	buffer_append(&server->message, final, (size_t)(proof - final));
	HMAC(server->digest, server->stored_key, server->size,
	     (const unsigned char *)server->message.data, server->message.length, signature, NULL);
	for (size_t i = 0; i < (size_t)server->size && i < octets.length; i++)
		signature[i] ^= (unsigned char)octets.data[i];
	buffer_release(&octets);
	EVP_Digest(signature, (size_t)server->size, key, NULL, server->digest, NULL);
	HMAC(server->digest, server->server_key, server->size,
	     (const unsigned char *)server->message.data, server->message.length, signature, NULL);
	buffer_append_text(out, "v=");
	base64_encode(out, signature, (size_t)server->size);
	return memcmp(key, server->stored_key, (size_t)server->size) == 0;
}

static const struct {
	const char *title;
	const struct auth_mechanism *mechanism;
	const char *binding;
	const char *header;
	size_t bound; /* size of the binding data after the header in c= */
} exchanges[] = {
	{ "SCRAM-SHA-1 with a server", &auth_scram_sha_1, NULL, "n,,", 0 },
	{ "SCRAM-SHA-256 with a server", &auth_scram_sha_256, "tls-exporter", "y,,", 0 },
	{ "SCRAM-SHA-1-PLUS with a server", &auth_scram_sha_1_plus, "tls-server-end-point",
	  "p=tls-server-end-point,,", 32 },
	{ "SCRAM-SHA-256-PLUS with a server", &auth_scram_sha_256_plus, "tls-exporter",
	  "p=tls-exporter,,", 32 },
};

static void check_bound(const char *title, const struct trial *trial, const char *header,
			size_t bound)
{
	struct buffer data = { 0 }, expected = { 0 };

	buffer_append_text(&data, header);
	buffer_append(&data, trial->binding.data, bound);
	buffer_append_text(&expected, "c=");
	base64_encode(&expected, data.data, data.length);
	buffer_append_text(&expected, ",r=");
	check_octets(title, trial->out.data, expected.length, expected.data, expected.length);
	buffer_release(&data);
	buffer_release(&expected);
}

static void check_exchange(size_t row)
{
	const struct auth_mechanism *const mechanism = exchanges[row].mechanism;
	const char *const title = exchanges[row].title, *const header = exchanges[row].header;
	const bool sha_1 = strncmp(mechanism->name, "SCRAM-SHA-1", 11) == 0;
	struct buffer challenge = { 0 }, final = { 0 };
	struct trial trial;
	struct server server;

	trial_open(&trial, mechanism, "ann", "secret");
	server_open(&server, sha_1 ? EVP_sha1() : EVP_sha256(), "secret");
	trial.binding.name = exchanges[row].binding;
	check_number(title, mechanism->start(&trial.auth, &trial.out, &trial.err), 0);
	check_octets(title, trial.out.data, strlen(header), header, strlen(header));
	server_challenge(&server, trial.out.data + strlen(header), &challenge);
	check_number(title, answer(&trial, mechanism, challenge.data, challenge.length), 0);
	check_bound(title, &trial, header, exchanges[row].bound);
	check_number(title, server_verify(&server, trial.out.data, &final), true);
	check_number(title, answer(&trial, mechanism, final.data, final.length), 0);
	check_number(title, mechanism->accepted(&trial.auth, &trial.err), 0);
	buffer_release(&server.message);
	buffer_release(&challenge);
	buffer_release(&final);
	trial_close(&trial, mechanism);
}

static void check_salt_limit(size_t octets, int expected)
{
	const struct login login = { "SCRAM: a long salt", SCRAM_ANN };
	struct buffer salt = { 0 }, challenge = { 0 };
	struct trial trial;

	trial_open(&trial, login.mechanism, login.user, login.password);
	start(&trial, &login);
	memset(buffer_room(&salt, octets), 's', octets);
	buffer_append_text(&challenge, "r=abcdef,s=");
	base64_encode(&challenge, salt.data, octets);
	buffer_append_text(&challenge, ",i=4096");
	check_number(login.title,
		     answer(&trial, login.mechanism, challenge.data, challenge.length), expected);
	error_text_note(expected < 0 ? trial.err.text : "");
	buffer_release(&salt);
	buffer_release(&challenge);
	trial_close(&trial, login.mechanism);
}

static void check_nonces(void)
{
	struct trial one, other;

	trial_open(&one, &auth_scram_sha_256, "ann", "secret");
	trial_open(&other, &auth_scram_sha_256, "ann", "secret");
	auth_scram_sha_256.start(&one.auth, &one.out, &one.err);
	auth_scram_sha_256.start(&other.auth, &other.out, &other.err);
	check_report("SCRAM: two nonces differ", strcmp(one.out.data, other.out.data) != 0);
	trial_close(&one, &auth_scram_sha_256);
	trial_close(&other, &auth_scram_sha_256);
}

static void check_long_refusal(void)
{
	struct auth auth = { 0 };
	char reason[2 * sizeof auth.refusal];

	memset(reason, 'x', sizeof reason);
	auth_keep_refusal(&auth, reason, sizeof reason);
	check_number("a long reason is truncated", (int64_t)strlen(auth.refusal),
		     sizeof auth.refusal - 1);
}

static const struct {
	const struct auth_mechanism *mechanism;
	const char *name;
	const char *option;
	unsigned flags;
} mechanisms[] = {
	{ &auth_scram_sha_256_plus, "SCRAM-SHA-256-PLUS", "scram-sha-256-plus", AUTH_BINDS },
	{ &auth_scram_sha_1_plus, "SCRAM-SHA-1-PLUS", "scram-sha-1-plus", AUTH_BINDS },
	{ &auth_scram_sha_256, "SCRAM-SHA-256", "scram-sha-256", 0 },
	{ &auth_scram_sha_1, "SCRAM-SHA-1", "scram-sha-1", 0 },
	{ &auth_plain, "PLAIN", "plain", AUTH_CLEAR | AUTH_AHEAD },
	{ &auth_login, "LOGIN", "login", AUTH_CLEAR | AUTH_SERVER_FIRST },
	{ &auth_user, "USER", "user", AUTH_COMMAND | AUTH_CLEAR | AUTH_AHEAD },
	{ &auth_cram_md5, "CRAM-MD5", "cram-md5", AUTH_ASKED | AUTH_SERVER_FIRST },
	{ &auth_apop, "APOP", "apop", AUTH_COMMAND | AUTH_AHEAD | AUTH_ASKED },
	{ &auth_xoauth2, "XOAUTH2", "xoauth2", AUTH_CLEAR | AUTH_ASKED },
	{ &auth_oauthbearer, "OAUTHBEARER", "oauthbearer", AUTH_CLEAR | AUTH_ASKED },
	{ &auth_external, "EXTERNAL", "external", AUTH_AHEAD | AUTH_ASKED | AUTH_NO_PASSWORD },
};

static void check_mechanisms(void)
{
	for (size_t i = 0; i < ROWS(mechanisms); i++) {
		check_text("the mechanism's SASL name",
			   mechanisms[i].mechanism->name, mechanisms[i].name);
		check_text("the mechanism's --auth word",
			   mechanisms[i].mechanism->option, mechanisms[i].option);
		check_number(mechanisms[i].name, mechanisms[i].mechanism->flags,
			     mechanisms[i].flags);
	}
}

/* The maximum of iterations takes seconds; a deadline or a cancellation ends them early. */
static void check_long_computation(int64_t until_ms, int cancel_fd, enum pop3_code code)
{
	static const struct login login = { "SCRAM: many iterations", SCRAM_ANN };
	struct trial trial;

	trial_open(&trial, login.mechanism, login.user, login.password);
	trial.timeouts = (struct pop3_timeouts){ .until_ms = until_ms, .cancel_fd = cancel_fd };
	check_number(login.title, start(&trial, &login), 0);
	check_number(login.title,
		     answer_escaped(&trial, login.mechanism, "r=abcdef,s=MDEy,i=10000000"), -1);
	check_number(login.title, trial.err.code, code);
	check_number("a cancelled computation sends no proof", trial.out.length, 0);
	trial_close(&trial, login.mechanism);
}

static void check_long_computations(void)
{
	int ends[2];

	check_long_computation(clock_ms(), -1, POP3_E_TIMEOUT);
	if (pipe(ends) < 0 || write(ends[1], "", 1) != 1)
		abort();
	check_long_computation(0, ends[0], POP3_E_INTERRUPTED);
	close(ends[0]);
	close(ends[1]);
}
static const char *const expected_texts[] = {
	"SCRAM-PLUS needs a TLS connection to bind the login to",
	"the server requires an unknown SCRAM extension",
	"the server's SCRAM salt is not 1 to 1024 octets of base64",
	"the server's SCRAM iteration count is not from 4096 to 10000000",
	"the server's first SCRAM message is malformed",
	"the server's final SCRAM message is malformed",
	"the server does not know the password: its signature is wrong",
	"the server sent a challenge after the end of SCRAM",
	"the server accepted the login without proving that it knows the password",
	"the password contains a NUL",
	"SCRAM needs SHA256, which OpenSSL does not provide here",
	"the password contains a control character",
};

int main(void)
{
	check_mechanisms();
	CHECK_LOGINS(plain_logins);
	CHECK_LOGINS(digest_logins);
	CHECK_LOGINS(token_logins);
	CHECK_LOGINS(scram_logins);
	CHECK_LOGINS(scram_failures);
	for (size_t i = 0; i < ROWS(greetings); i++)
		check_greeting(greetings[i].greeting, greetings[i].timestamp);
	for (size_t i = 0; i < ROWS(exchanges); i++)
		check_exchange(i);
	check_salt_limit(1023, 0);
	check_salt_limit(1026, -1);
	check_nonces();
	check_long_refusal();
	check_long_computations();
	/* From here on OpenSSL has no digests. */
	EVP_set_default_properties(NULL, "fips=yes");
	check_login(&(struct login){ "SCRAM: no SHA-256", SCRAM_ANN,
				     .talk = { "C: n,,n=ann,r=abc", "S: r=abcdef,s=MDEy,i=4096" },
				     .code = POP3_E_CONFIG });
	check_error_texts(expected_texts, ROWS(expected_texts));
	return check_end();
}
