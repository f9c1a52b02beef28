/* Capabilities: storing, searching, and their limits. */
#include "pop3/capa.h"

#include "check.h"

static const char *const listed[] = {
	"TOP", "sasl PLAIN scram-sha-256 \r", "EXPIRE 60 USER", "LOGIN-DELAY\t900", "", " ",
	"IMPLEMENTATION  a b", "UIDLER",
};

static const struct {
	const char *name;
	const char *arguments; /* NULL = not listed */
} finds[] = {
	{ "TOP", "" },
	{ "top", "" },
	{ "SASL", "PLAIN scram-sha-256" },
	{ "EXPIRE", "60 USER" },
	{ "LOGIN-DELAY", "900" },
	{ "IMPLEMENTATION", "a b" },
	{ "UIDL", NULL },
	{ "TO", NULL },
	{ "60", NULL },
	{ "USER", NULL },
};

static const struct {
	const char *name, *argument;
	bool lists;
} arguments[] = {
	{ "SASL", "PLAIN", true },	     { "SASL", "plain", true },
	{ "SASL", "SCRAM-SHA-256", true },   { "SASL", "SCRAM-SHA-256-PLUS", false },
	{ "SASL", "SCRAM", false },	     { "SASL", "SASL", false },
	{ "EXPIRE", "USER", true },	     { "TOP", "", false },
	{ "UIDL", "PLAIN", false },
};

static int add(struct pop3_capa *capa, const char *line)
{
	struct pop3_error err;

	return pop3_capa_add(capa, line, strlen(line), &err);
}

static void check_finds(const struct pop3_capa *capa)
{
	for (size_t i = 0; i < ROWS(finds); i++) {
		size_t length = 0;
		const char *const found = pop3_capa_find(capa, finds[i].name, &length);

		check_number(finds[i].name, found != NULL, finds[i].arguments != NULL);
		if (found != NULL && finds[i].arguments != NULL)
			check_octets("arguments", found, length, finds[i].arguments,
				     strlen(finds[i].arguments));
	}
	for (size_t i = 0; i < ROWS(arguments); i++)
		check_number(arguments[i].argument,
			     pop3_capa_lists(capa, arguments[i].name, arguments[i].argument),
			     arguments[i].lists);
}

static void check_copy(const struct pop3_capa *capa)
{
	struct pop3_capa copy = { .text = NULL };
	struct pop3_error err;

	check_number("two lists differ", pop3_capa_equal(capa, &copy), false);
	check_number("a list can be copied", pop3_capa_copy(&copy, capa, &err), 0);
	check_number("a copy is equal", pop3_capa_equal(capa, &copy), true);
	check_number("a copy has the same number of lines",
		     (int64_t)copy.lines, (int64_t)capa->lines);
	add(&copy, "MORE");
	check_number("a changed list is not equal to its copy",
		     pop3_capa_equal(capa, &copy), false);
	pop3_capa_release(&copy);
}

static void check_limits(void)
{
	static char line[POP3_CAPA_OCTETS];
	struct pop3_capa capa = { .text = NULL };
	struct pop3_error err = { .code = POP3_E_NONE };

	for (int i = 0; i < POP3_CAPA_LINES; i++)
		check_number("the maximum number of lines", add(&capa, "X"), 0);
	check_number("one line too many", pop3_capa_add(&capa, "X", 1, &err), -1);
	check_number("one line too many is a protocol error", err.code, POP3_E_PROTOCOL);
	pop3_capa_release(&capa);
	memset(line, 'X', sizeof line);
	check_number("the maximum size",
		     pop3_capa_add(&capa, line, sizeof line - 1, &err), 0);
	check_number("one octet too many", add(&capa, "X"), -1);
	pop3_capa_release(&capa);
}

int main(void)
{
	struct pop3_capa capa = { .text = NULL };
	struct pop3_error err;
	size_t length;

	check_report("an empty list", pop3_capa_find(&capa, "TOP", &length) == NULL);
	for (size_t i = 0; i < ROWS(listed); i++)
		check_number(listed[i],
			     pop3_capa_add(&capa, listed[i], strlen(listed[i]), &err), 0);
	check_finds(&capa);
	check_copy(&capa);
	pop3_capa_release(&capa);
	check_limits();
	return check_end();
}
