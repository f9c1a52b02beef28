/* Tables for a terminal: aligned and truncated to its width. */
#include "cli/table.h"

#include "check.h"
#include "cli/terminal.h"

static const struct {
	const char *name;
	size_t room;
	bool wraps;
	const char *rows[5]; /* the first is the header line */
	const char *text_columns; /* one letter per column: t = text, n = number */
	const char *expected;
} tables[] = {
	{ "a table without a limit", 0, false, { "number\tuid", "1\ta", "1000000\tbb" }, "nt",
	  "number   uid\n1        a\n1000000  bb\n" },
	{ "one that fits", 12, false, { "number\tuid", "1\tabcd" }, "nt",
	  "number  uid\n1       abcd\n" },
	{ "the last column is cut", 12, false, { "number\tuid", "1\tabcde" }, "nt",
	  "number  uid\n1       abc…\n" },
	{ "the last text is cut, a number is not", 33, false,
	  { "uid\tsubject\toctets", "abcdefghijkl\tabcdefghijklmn\t123456789" }, "ttn",
	  "uid           subject   octets\nabcdefghijkl  abcdefg…  123456789\n" },
	{ "columns before it are cut when that is not enough", 17, false,
	  { "uid\tsubject\tn", "abcdefghijkl\tabcdefghijkl\t1" }, "ttn",
	  "uid     subje…  n\nabcde…  abcde…  1\n" },
	{ "no line is wider than a narrow terminal", 5, false,
	  { "a\tb\tc", "1\txyz\txyz" }, "ntt", "a  b…\n1  ……\n" },
	{ "wide characters are counted as two", 11, false, { "n\tt", "1\t日本語日本語" }, "nt",
	  "n  t\n1  日本語…\n" },
	{ "a character that does not fit is dropped", 12, false, { "n\tt", "1\t日本語日本語" }, "nt",
	  "n  t\n1  日本語日…\n" },
	{ "accents stay with their letter", 6, false, { "n\tt", "1\te\xcc\x81" "e\xcc\x81" "ee" }, "nt",
	  "n  t\n1  e\xcc\x81" "e\xcc\x81…\n" },
	{ "joined emoji", 9, false, { "n\tt", "1\t👩\xe2\x80\x8d👩\xe2\x80\x8d👧😀😀" }, "nt",
	  "n  t\n1  👩\xe2\x80\x8d👩\xe2\x80\x8d👧😀😀\n" },
	{ "emoji", 9, false, { "n\tt", "1\t😀😀😀", "2\t🫨🫨🫨🫨" }, "nt",
	  "n  t\n1  😀😀😀\n2  🫨🫨…\n" },
	{ "what wraps is not cut", 20, true, { "name\tvalue", "advice\tgive the server a name" }, "tt",
	  "name    value\nadvice  give the\n        server a\n        name\n" },
	{ "a word longer than the line is broken", 12, true, { "name\tvalue", "pin\tabcdefghij k" },
	  "tt", "name  value\npin   abcdef\n      ghij k\n" },
	{ "empty cells", 20, false, { "a\tb\tc", "\t\t", "x\t\ty" }, "ttt", "a  b  c\n      \nx     y\n" },
};

static void lay_out(size_t i)
{
	struct table table = { .room = tables[i].room, .wraps = tables[i].wraps };
	const char *const *const rows = tables[i].rows;
	struct buffer header = { 0 }, out = { 0 };

	for (size_t c = 0; tables[i].text_columns[c] != '\0'; c++)
		if (tables[i].text_columns[c] == 't')
			table_note_text(&table, c);
	for (size_t r = 1; rows[r] != NULL; r++)
		table_add(&table, rows[r], strlen(rows[r]));
	buffer_append_text(&header, rows[0]);
	table_lay_out(&table, &header, &out);
	check_text(tables[i].name, buffer_text(&out), tables[i].expected);
	buffer_release(&header);
	buffer_release(&out);
	table_release(&table);
}

/* Records that arrive after the widths were chosen use the same widths. */
static void lay_out_later_rows(void)
{
	struct table table = { .room = 20 };
	struct buffer header = { 0 }, out = { 0 };

	buffer_append_text(&header, "n\tt\to");
	table_note_text(&table, 1);
	while (!table_is_full(&table))
		table_add(&table, "1\ta\t2", 5);
	table_lay_out(&table, &header, &out);
	check_octets("text gets the remaining width", out.data, 21, "n  t               o\n", 21);
	buffer_clear(&out);
	table_add(&table, "2\tabcdefghijklmnopqrst\t3", 24);
	table_lay_out(&table, &header, &out);
	check_text("a later record is truncated, too", buffer_text(&out), "2  abcdefghijklm…  3\n");
	buffer_release(&header);
	buffer_release(&out);
	table_release(&table);
}

int main(void)
{
	locale_use_utf8();
	for (size_t i = 0; i < ROWS(tables); i++)
		lay_out(i);
	lay_out_later_rows();
	return check_end();
}
