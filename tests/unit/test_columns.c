/* The width of text on a terminal. */
#include "cli/terminal.h"

#include "check.h"

static const struct {
	const char *name;
	const char *text;
	int64_t columns;
} widths[] = {
	{ "columns of an empty text", "", 0 },
	{ "columns of ASCII", "abc", 3 },
	{ "columns of letters", "café", 4 },
	{ "columns of wide characters", "日本", 4 },
	{ "columns of a combining accent", "e\xcc\x81", 1 },
	{ "columns of invalid octets", "\xff\xfe", 2 },
};

static void measure(const char *text, size_t length)
{
	locale_columns(text, length);
}

int main(void)
{
	locale_use_utf8();
	for (size_t i = 0; i < ROWS(widths); i++) {
		const size_t length = strlen(widths[i].text);

		check_number(widths[i].name, (int64_t)locale_columns(widths[i].text, length),
			     widths[i].columns);
		check_prefixes(widths[i].text, length, measure);
	}
	return check_end();
}
