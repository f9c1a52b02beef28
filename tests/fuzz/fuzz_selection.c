/* Selections: the chosen messages are those of a plain implementation of the selectors. */
#include "mail/selection.h"

#include "fuzz.h"

#define MESSAGES 6

static const uint32_t numbers[MESSAGES] = { 1, 2, 3, 5, 8, UINT32_MAX };
static const char *const uids[MESSAGES] = { "a", "b,c", "uid:d", "1", "e f", "new" };

static bool is_new(void *arg, size_t i)
{
	(void)arg;
	return uids[i][0] == 'b' || uids[i][0] == 'e';
}

static bool means(const struct selector *s, size_t i)
{
	switch (s->kind) {
	case SELECTOR_ALL: return true;
	case SELECTOR_NUMBER: return numbers[i] == s->first;
	case SELECTOR_RANGE: return numbers[i] >= s->first && numbers[i] <= s->last;
	case SELECTOR_FIRST: return i < s->first;
	case SELECTOR_LAST: return MESSAGES - i <= s->last;
	case SELECTOR_LAST_ONE: return i == MESSAGES - 1;
	case SELECTOR_NEW: return is_new(NULL, i);
	case SELECTOR_UID: return strcmp(uids[i], s->uid) == 0;
	}
	return false;
}

static void check(const struct selection *selection)
{
	const struct selection_mailbox mailbox = { MESSAGES, numbers, uids, is_new, NULL };
	bool chosen[MESSAGES] = { false };
	struct pop3_error err;

	if (selection_apply(selection, &mailbox, chosen, &err) < 0) {
		must(err.code == POP3_E_NO_MESSAGE, "only a missing message is an error");
		return;
	}
	for (size_t i = 0; i < MESSAGES; i++) {
		bool expected = false;

		for (size_t s = 0; s < selection->count; s++)
			expected = expected || means(&selection->selectors[s], i);
		must(chosen[i] == expected,
		     "the chosen messages are those of the plain implementation");
	}
}

/* "R" lines are records, all others operands. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input rest = input_of(data, size);
	struct selection selection = { .selectors = NULL };
	struct pop3_error err;
	int result = 0;

	while (result == 0 && rest.length > 0) {
		struct input line = input_until(&rest, '\n');
		const bool is_record = input_octet(&line) == 'R';
		char *const text = input_copy(&line);

		result = is_record ? selection_parse_record(text, line.length, &selection, &err)
				   : selection_parse(text, &selection, &err);
		free(text);
	}
	must(result == 0 || err.code == POP3_E_USAGE, "an invalid selector is a usage error");
	check(&selection);
	selection_release(&selection);
	return 0;
}
