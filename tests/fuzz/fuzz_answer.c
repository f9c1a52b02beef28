/* Answers of the management protocols: the same in any chunks, with records within the limits. */
#include "admin/answer.h"

#include "recorder.h"

static const struct admin_protocol *const protocols[] = { &admin_peep, &admin_spscmp,
							  &admin_monitor };

/* Appends everything that results, including an error's code and text. */
static void read_answer(const struct admin_protocol *protocol, const struct admin_verb *verb,
			struct input octets, size_t step, struct buffer *out)
{
	const size_t due = protocol == &admin_peep && verb->result == RESULT_METRICS ? 6 : 1;
	struct recorder recorder = { .sink.record = record };
	struct pop3_error err = { .code = POP3_E_NONE };
	struct admin_answer answer;

	admin_answer_init(&answer, protocol, verb, due);
	while (octets.length > 0 && answer.due > 0 && err.code == POP3_E_NONE) {
		const struct input chunk = input_take(&octets, step);
		char *const copy = input_copy(&chunk);
		const ssize_t used = admin_answer_feed(&answer, copy, chunk.length, &err);

		must(used == (ssize_t)chunk.length || answer.due == 0 || used < 0,
		     "the answer is consumed up to its end");
		free(copy);
	}
	if (err.code == POP3_E_NONE && answer.due > 0)
		must(admin_answer_cut(&answer, &err) < 0, "a cut-off answer fails");
	else if (err.code == POP3_E_NONE)
		admin_answer_print(&answer, &recorder.sink, &err);
	must(err.code == POP3_E_NONE || recorder.text.length == 0,
	     "a failed answer has no records");
	buffer_append_format(out, "%d %s\n", err.code, err.code != POP3_E_NONE ? err.text : "");
	buffer_append(out, buffer_text(&recorder.text), recorder.text.length);
	admin_answer_release(&answer);
	buffer_release(&recorder.text);
}

/* The first two octets choose the protocol and, from "0", the verb. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 2, 5, 31 };
	struct input octets = input_of(data, size);
	const struct admin_protocol *const protocol = protocols[input_octet(&octets) % 3];
	const size_t which = input_octet(&octets) - (size_t)'0';
	struct buffer whole = { 0 };
	size_t verbs = 0;

	while (admin_verb_name(verbs) != NULL)
		verbs++;
	if (which >= verbs || admin_verbs[which].words[protocol->scheme] == NULL)
		return 0;
	read_answer(protocol, &admin_verbs[which], octets, SIZE_MAX, &whole);
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		struct buffer cut = { 0 };

		read_answer(protocol, &admin_verbs[which], octets, steps[i], &cut);
		must(buffer_equals(&cut, whole.data, whole.length), "chunks do not matter");
		buffer_release(&cut);
	}
	buffer_release(&whole);
	return 0;
}
