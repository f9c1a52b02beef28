/* Splitting a line of a batch into words. */
#include "cmd/batch/shell-words.h"

#include "base/buffer.h"
#include "check.h"

static const struct {
	const char *line;
	size_t length;
	const char *words; /* each in brackets; NULL = refused */
} rows[] = {
	{ OCTETS(""), "" },
	{ OCTETS(" \t\r"), "" },
	{ OCTETS("# all of it"), "" },
	{ OCTETS("list"), "[list]" },
	{ OCTETS("  list \t 1  "), "[list][1]" },
	{ OCTETS("list 1\r"), "[list][1]" },
	{ OCTETS("list # 1"), "[list]" },
	{ OCTETS("list 1#2"), "[list][1#2]" },
	{ OCTETS("list '#' \\# \"#\""), "[list][#][#][#]" },
	{ OCTETS("a 'b c' d"), "[a][b c][d]" },
	{ OCTETS("a '' \"\""), "[a][][]" },
	{ OCTETS("uid:'a b'\"c d\"e"), "[uid:a bc de]" },
	{ OCTETS("'it'\\''s'"), "[it's]" },
	{ OCTETS("'a\\b'"), "[a\\b]" },
	{ OCTETS("\"a\\b\""), "[a\\b]" },
	{ OCTETS("\"a\\\\b\\\"c\""), "[a\\b\"c]" },
	{ OCTETS("a\\ b \\\\"), "[a b][\\]" },
	{ OCTETS("\"it's\" 'say \"x\"'"), "[it's][say \"x\"]" },
	{ OCTETS("$HOME `ls` *"), "[$HOME][`ls`][*]" },
	{ OCTETS("\xc3\xa4 \xff"), "[\xc3\xa4][\xff]" },
	{ OCTETS("a b c d e f g h"), "[a][b][c][d][e][f][g][h]" },
	{ OCTETS("'open"), NULL },
	{ OCTETS("\"open"), NULL },
	{ OCTETS("\"open\\\""), NULL },
	{ OCTETS("a\\"), NULL },
	{ OCTETS("a\0b"), NULL },
};

/* The words after the program's name. */
static void show(struct buffer *out, const struct shell_words *words)
{
	for (size_t i = 1; i < words->count; i++)
		buffer_append_format(out, "[%s]", words->items[i]);
}

static void read_words(const char *text, size_t length)
{
	struct pop3_error err;
	struct shell_words words;

	shell_words_split(&words, "pop3", text, length, &err);
	shell_words_release(&words);
}

static void check_limit(void)
{
	static char line[2 * (SHELL_WORDS_MAX + 1)];
	struct pop3_error err;
	struct shell_words words;

	memset(line, ' ', sizeof line);
	for (size_t i = 0; i < sizeof line; i += 2)
		line[i] = 'x';
	check_number("the maximum number of words",
		     shell_words_split(&words, "pop3", line, 2 * (SHELL_WORDS_MAX - 1), &err), 0);
	shell_words_release(&words);
	check_number("one word too many",
		     shell_words_split(&words, "pop3", line, sizeof line, &err), -1);
	shell_words_release(&words);
}

int main(void)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct pop3_error err;
		struct shell_words words;
		struct buffer shown = { 0 };
		const int result =
			shell_words_split(&words, "pop3", rows[i].line, rows[i].length, &err);

		check_number(rows[i].line, result, rows[i].words != NULL ? 0 : -1);
		if (result == 0) {
			show(&shown, &words);
			check_text(rows[i].line, buffer_text(&shown),
				   rows[i].words != NULL ? rows[i].words : "refused");
			check_text("ends with NULL", words.items[words.count] == NULL ? "" : "no",
				   "");
		}
		check_prefixes(rows[i].line, rows[i].length, read_words);
		buffer_release(&shown);
		shell_words_release(&words);
	}
	check_limit();
	return check_end();
}
