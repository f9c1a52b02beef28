/* Status lines: the text stays within its line, and every refusal has a meaning. */
#include "pop3/reply.h"

#include "fuzz.h"

static void check(const char *line, size_t length, const struct reply *reply)
{
	struct pop3_error err = { .code = POP3_E_NONE };

	must(length > 0 && line[0] == (reply->status == REPLY_ERR ? '-' : '+'),
	     "the first octet decides the status");
	must(reply->text >= line && reply->text + reply->length <= line + length,
	     "the text lies within the line");
	must(reply->code != REPLY_CODE_IN_USE ||
		     reply_meaning(reply, POP3_E_REFUSED) == POP3_E_IN_USE,
	     "a response code decides the meaning");
	must(reply_fail(reply, POP3_E_REFUSED, "login", &err) < 0 && err.code != POP3_E_NONE,
	     "a failure has a code");
	must(strncmp(err.text, "login", 5) == 0 && strlen(err.text) < POP3_ERROR_TEXT,
	     "the text of a failure begins with its context");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reply reply = { .bare_lf = false };

	if (reply_parse((const char *)data, size, &reply))
		check((const char *)data, size, &reply);
	else
		must(size == 0 || data[0] != '+' || size > 1, "a plus sign alone is a status");
	return 0;
}
