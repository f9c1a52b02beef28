/* Requests: whether their words have the form the protocol wants, and the octets they make. */
#include <arpa/inet.h>
#include <string.h>

#include "admin/protocol.h"
#include "base/number.h"

static bool is_number(const char *text)
{
	uint64_t number;

	return number_parse(text, strlen(text), UINT64_MAX, &number);
}

static bool is_port(const char *text)
{
	uint64_t port;

	return number_parse(text, strlen(text), UINT16_MAX, &port) && port > 0;
}

static bool is_switch(const char *text)
{
	return strcmp(text, "on") == 0 || strcmp(text, "off") == 0;
}

static bool is_address(const char *text)
{
	struct in6_addr address;

	return inet_pton(AF_INET6, text, &address) == 1;
}

static const struct {
	bool (*holds)(const char *text);
	const char *wanted;
} forms[] = {
	[FORM_NUMBER] = { is_number, "a number" },
	[FORM_PORT] = { is_port, "a port from 1 to 65535" },
	[FORM_SWITCH] = { is_switch, "on or off" },
	[FORM_ADDRESS] = { is_address, "an IPv6 address" },
};

/* Blanks and controls part and end the words of a line: none may come from an argument. */
static bool is_word(const struct admin_protocol *protocol, const char *text, size_t length,
		    size_t limit)
{
	if (length == 0 || length > limit)
		return false;
	for (size_t i = 0; i < length; i++) {
		const unsigned char octet = (unsigned char)text[i];

		if (octet <= ' ' || octet == 0x7f || (protocol->ascii && octet > 0x7f))
			return false;
	}
	return true;
}

static int check_argument(const struct admin_protocol *protocol, enum admin_form form,
			  const char *text, struct pop3_error *err)
{
	if (form != FORM_WORD && !forms[form].holds(text))
		return pop3_fail(err, POP3_E_USAGE, "'%s' is not %s", text, forms[form].wanted);
	if (!is_word(protocol, text, strlen(text), protocol->word_limit))
		return pop3_fail(err, POP3_E_USAGE,
				 "'%s' is not 1 to %zu octets%s without blanks and controls",
				 text, protocol->word_limit, protocol->ascii ? " of ASCII" : "");
	return 0;
}

/* Never shows the secret, whatever is wrong with it. */
static int check_secret(const struct admin_protocol *protocol, const struct pop3_secret *secret,
			const char *what, size_t limit, struct pop3_error *err)
{
	if (secret == NULL)
		return pop3_fail(err, POP3_E_USAGE, "%s wants a %s", protocol->name, what);
	if (protocol->free_secret ? secret->length <= limit :
	    is_word(protocol, secret->text, secret->length, limit))
		return 0;
	if (protocol->free_secret)
		return pop3_fail(err, POP3_E_USAGE, "%s takes a %s of %zu octets at the most",
				 protocol->name, what, limit);
	return pop3_fail(err, POP3_E_USAGE,
			 "%s takes a %s of 1 to %zu octets%s without blanks and controls",
			 protocol->name, what, limit, protocol->ascii ? " of ASCII" : "");
}

int admin_check(const struct admin_protocol *protocol, const struct admin_request *request,
		const char *user, struct pop3_error *err)
{
	const struct admin_verb *const verb = request->verb;

	if (verb->words[protocol->scheme] == NULL)
		return admin_lacks(protocol, verb, err);
	if (protocol->wants_user && user == NULL && (verb->traits & VERB_WITHOUT_LOGIN) == 0)
		return pop3_fail(err, POP3_E_USAGE, "%s wants a user name: use --user",
				 protocol->name);
	if (protocol->wants_user && user != NULL &&
	    check_argument(protocol, FORM_WORD, user, err) < 0)
		return pop3_context(err, "the user");
	for (size_t i = 0; i < ADMIN_ARGUMENTS_MAX && verb->forms[i] != FORM_NONE; i++)
		if (check_argument(protocol, verb->forms[i], request->arguments[i], err) < 0)
			return pop3_context(err, "%s", verb->name);
	return 0;
}

bool admin_wants_secret(const struct admin_protocol *protocol, const char *user)
{
	return protocol->wants_secret && (!protocol->wants_user || user != NULL);
}

int admin_check_secrets(const struct admin_protocol *protocol, const struct admin_request *request,
			const struct pop3_account *account, struct pop3_error *err)
{
	if (admin_wants_secret(protocol, account->user) &&
	    check_secret(protocol, account->secret, "secret", protocol->secret_limit, err) < 0)
		return -1;
	if (!admin_sets_password(request->verb))
		return 0;
	return check_secret(protocol, request->new_password, "new password", protocol->word_limit,
			    err);
}

void admin_write_words(struct buffer *out, const char *word, const struct admin_request *request)
{
	buffer_append_text(out, word);
	for (size_t i = 0; i < ADMIN_ARGUMENTS_MAX && request->arguments[i] != NULL; i++)
		buffer_append_format(out, " %s", request->arguments[i]);
	if (request->new_password != NULL) {
		buffer_append_octet(out, ' ');
		buffer_append(out, request->new_password->text, request->new_password->length);
	}
	buffer_append_text(out, "\r\n");
}

size_t admin_write(struct buffer *out, const struct admin_protocol *protocol,
		   const struct admin_request *request, const struct pop3_secret *secret)
{
	const char *words = request->verb->words[protocol->scheme];
	size_t count = 0;

	while (*words != '\0') {
		const size_t length = strcspn(words, " ");
		struct buffer word = { .limit = 32 };

		buffer_append(&word, words, length);
		protocol->write(out, buffer_text(&word), request, secret);
		buffer_release(&word);
		words += length + strspn(words + length, " ");
		count++;
	}
	return count;
}
