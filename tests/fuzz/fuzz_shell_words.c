/* Lines of a batch: splitting quoted and joined words gives the same words. */
#include "cmd/batch/shell-words.h"

#include "fuzz.h"

static void put_quoted(struct buffer *out, const char *word)
{
	buffer_append_octet(out, '\'');
	for (; *word != '\0'; word++)
		if (*word == '\'')
			buffer_append_text(out, "'\\''");
		else
			buffer_append_octet(out, *word);
	buffer_append_text(out, "' \t");
}

static void check_again(const struct shell_words *words)
{
	struct buffer line = { 0 };
	struct shell_words again;
	struct pop3_error err;

	for (size_t i = 1; i < words->count; i++)
		put_quoted(&line, words->items[i]);
	must(shell_words_split(&again, "pop3", buffer_text(&line), line.length, &err) == 0,
	     "quoted words can be split again");
	must(again.count == words->count, "the number of words is the same");
	for (size_t i = 0; i < words->count; i++)
		must(strcmp(again.items[i], words->items[i]) == 0, "the words are the same");
	shell_words_release(&again);
	buffer_release(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct shell_words words;
	struct pop3_error err;

	if (shell_words_split(&words, "pop3", (const char *)data, size, &err) < 0) {
		must(err.code == POP3_E_USAGE, "an invalid line is a usage error");
	} else {
		must(words.count >= 1 && words.count <= SHELL_WORDS_MAX,
		     "the number of words is limited");
		must(words.items[words.count] == NULL && strcmp(words.items[0], "pop3") == 0,
		     "the words form an argument vector");
		check_again(&words);
	}
	shell_words_release(&words);
	return 0;
}
