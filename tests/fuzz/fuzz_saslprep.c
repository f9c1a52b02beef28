/* SASLprep: preparing a prepared name or password does not change it. */
#include "pop3/saslprep.h"

#include "fuzz.h"

typedef int prepare(struct buffer *, const char *, size_t, struct pop3_error *);

static void check(prepare *prep, const struct input *text)
{
	struct buffer once = { 0 }, twice = { 0 };
	struct pop3_error err;

	if (prep(&once, text->data, text->length, &err) == 0) {
		must(once.length > 0, "a prepared text is not empty");
		must(prep(&twice, once.data, once.length, &err) == 0,
		     "a prepared text can be prepared again");
		must(buffer_equals(&twice, once.data, once.length),
		     "a prepared text does not change");
	} else {
		must(err.code == POP3_E_USAGE, "an invalid text is a usage error");
	}
	buffer_release(&once);
	buffer_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct input text = input_of(data, size);

	check(saslprep_name, &text);
	check(saslprep_password, &text);
	return 0;
}
