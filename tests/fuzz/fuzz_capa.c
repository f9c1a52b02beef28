/* Capabilities: every line can be found again by its name, and a copy is equal. */
#include "pop3/capa.h"

#include "fuzz.h"

static bool has_control(const struct input *line)
{
	for (size_t i = 0; i < line->length; i++)
		if ((unsigned char)line->data[i] < ' ')
			return true;
	return false;
}

/* The arguments found lie in the list, after the name searched for. */
static void check_line(const struct pop3_capa *capa, const struct input *line)
{
	char *const name = input_copy(line);
	const char *found;
	size_t length = 0;

	name[strcspn(name, " ")] = '\0';
	found = pop3_capa_find(capa, name, &length);
	if (found != NULL) {
		must(found >= capa->text && found + length < capa->text + capa->length,
		     "arguments are part of the list");
		must(memchr(found, '\n', length) == NULL, "arguments are within one line");
	}
	must(found != NULL || name[0] == '\0' || has_control(line), "an added line is found");
	pop3_capa_lists(capa, name, "PLAIN");
	free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input rest = input_of(data, size), again = rest;
	struct pop3_capa capa = { .text = NULL }, copy = { .text = NULL };
	struct pop3_error err;
	bool whole = true;

	while (whole && rest.length > 0) {
		const struct input line = input_until(&rest, '\n');

		whole = pop3_capa_add(&capa, line.data, line.length, &err) == 0;
	}
	must(whole || err.code == POP3_E_PROTOCOL, "exceeding a limit is a protocol error");
	must(capa.lines <= POP3_CAPA_LINES && capa.length <= POP3_CAPA_OCTETS, "limits hold");
	while (whole && again.length > 0) {
		const struct input line = input_until(&again, '\n');

		check_line(&capa, &line);
	}
	must(pop3_capa_copy(&copy, &capa, &err) == 0, "a list can be copied");
	must(pop3_capa_equal(&copy, &capa), "a copy is equal");
	pop3_capa_release(&capa);
	pop3_capa_release(&copy);
	return 0;
}
