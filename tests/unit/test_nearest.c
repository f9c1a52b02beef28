/* The known word nearest to a mistyped one. */
#include "options/option.h"

#include "check.h"

static const char *const words[] = {
	"stat", "list", "uidl", "fetch", "headers", "server", "password-file", "password-fd",
};

static const struct {
	const char *typed, *meant; /* NULL = no word is near enough */
} rows[] = {
	{ "stat", "stat" },
	{ "satt", "stat" },
	{ "sta", "stat" },
	{ "statt", "stat" },
	{ "stst", "stat" },
	{ "lst", "list" },
	{ "fecth", "fetch" },
	{ "fethc", "fetch" },
	{ "header", "headers" },
	{ "sevrer", "server" },
	{ "passwrod-file", "password-file" },
	{ "pasword-fd", "password-fd" },
	{ "x", NULL },
	{ "", NULL },
	{ "quit", NULL },
	{ "get", "fetch" },
	{ "ls", "list" },
	{ "top", "headers" },
	{ "status", "stat" },
	{ "host", "server" },
	{ "rm", NULL },
	{ "completely-different", NULL },
	{ "password-password-password-password-password-password-password", NULL },
};

int main(void)
{
	char hint[128], expected[128];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct nearest nearest = { .word = NULL };

		for (size_t j = 0; j < ROWS(words); j++)
			nearest_offer(&nearest, rows[i].typed, words[j]);
		snprintf(expected, sizeof expected,
			 rows[i].meant != NULL ? " (did you mean '%s'?)" : "%s",
			 rows[i].meant != NULL ? rows[i].meant : "");
		check_text(rows[i].typed, nearest_hint(&nearest, hint, sizeof hint), expected);
	}
	return check_end();
}
