/* A line of a batch as words, quoted as in a shell. */
#include "cmd/batch/shell-words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The input position, and the buffer for the unquoted words. */
struct scanner {
	const char *next, *end;
	char *to;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Reads up to the closing quote; within "..." a backslash escapes '"' and itself. */
static bool scan_quoted(struct scanner *s, char quote)
{
	while (s->next < s->end && *s->next != quote) {
		const bool escaped = quote == '"' && *s->next == '\\' && s->next + 1 < s->end &&
				     (s->next[1] == '"' || s->next[1] == '\\');

		s->next += escaped;
		*s->to++ = *s->next++;
	}
	return s->next++ < s->end;
}

static int scan_word(struct scanner *s, struct pop3_error *err)
{
	while (s->next < s->end && !is_blank(*s->next)) {
		const char c = *s->next++;

		if (c == '\'' || c == '"') {
			if (!scan_quoted(s, c))
				return pop3_fail(err, POP3_E_USAGE,
						"missing closing quote (%c)", c);
		} else if (c == '\\') {
			if (s->next == s->end)
				return pop3_fail(err, POP3_E_USAGE,
						 "nothing follows the backslash at the end of the "
						 "line");
			*s->to++ = *s->next++;
		} else {
			*s->to++ = c;
		}
	}
	*s->to++ = '\0';
	return 0;
}

/* Skips blanks and a comment; returns whether a word follows. */
static bool find_word(struct scanner *s)
{
	while (s->next < s->end && is_blank(*s->next))
		s->next++;
	return s->next < s->end && *s->next != '#';
}

int shell_words_split(struct shell_words *words, const char *program, const char *line,
		      size_t length, struct pop3_error *err)
{
	const size_t name = strlen(program) + 1;
	/* A word takes at least two octets, with the blank or NUL after it. */
	const size_t room = length / 2 + 3;
	struct scanner s = { .next = line, .end = line + length };

	*words = (struct shell_words){
		.items = calloc(room, sizeof *words->items), .storage = malloc(name + length + 1),
	};
	if (words->items == NULL || words->storage == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (memchr(line, '\0', length) != NULL)
		return pop3_fail(err, POP3_E_USAGE, "the line contains a NUL");
	memcpy(words->storage, program, name);
	words->items[words->count++] = words->storage;
	s.to = words->storage + name;
	while (find_word(&s)) {
		if (words->count == SHELL_WORDS_MAX)
			return pop3_fail(err, POP3_E_USAGE, "more than %d words", SHELL_WORDS_MAX);
		words->items[words->count++] = s.to;
		if (scan_word(&s, err) < 0)
			return -1;
	}
	words->items[words->count] = NULL;
	return 0;
}

void shell_words_release(struct shell_words *words)
{
	free(words->items);
	free(words->storage);
	*words = (struct shell_words){ .items = NULL };
}
