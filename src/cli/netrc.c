/* netrc(5), read as ftp and curl read it: words between blanks; comments and macros are skipped. */
#include "cli/netrc.h"

#include <string.h>
#include <strings.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct word {
	const char *text;
	size_t length;
	bool first; /* on its line */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/*
 * As in curl, a value in double quotes may contain blanks and backslash escapes. The unquoted word
 * overwrites the quoted one. False without a closing quote: then '"' is an ordinary octet.
 */
static bool unquote(char *text, size_t length, size_t *at, struct word *word)
{
	static const char names[] = "nrt", octets[] = "\n\r\t";
	char *const begin = text + *at + 1, *out = begin;
	size_t end = *at + 1;

	while (end < length && text[end] != '"')
		end += text[end] == '\\' ? 2 : 1;
	if (end >= length)
		return false;
	for (const char *octet = begin; octet < text + end; octet++) {
		const bool escaped = *octet == '\\';
		const char *const name = escaped ? memchr(names, *++octet, sizeof names - 1) : NULL;

		*out++ = name != NULL ? octets[name - names] : *octet;
	}
	word->text = begin;
	word->length = (size_t)(out - begin);
	*at = end + 1;
	return true;
}

static bool next_word(char *text, size_t length, size_t *at, struct word *word)
{
	word->first = *at == 0;
	while (*at < length && is_blank(text[*at]))
		word->first |= text[(*at)++] == '\n';
	if (*at == length)
		return false;
	if (text[*at] == '"' && unquote(text, length, at, word))
		return true;
	word->text = text + *at;
	while (*at < length && !is_blank(text[*at]))
		(*at)++;
	word->length = (size_t)(text + *at - word->text);
	return true;
}

static bool is(const struct word *word, const char *text)
{
	return strlen(text) == word->length && memcmp(word->text, text, word->length) == 0;
}

/* Skips to the end of the line, or past the empty line that ends a macro. */
static void pass_over(const char *text, size_t length, size_t *at, bool macro)
{
	while (*at < length) {
		const bool end = text[*at] == '\n' &&
				 (!macro || (*at + 1 < length && text[*at + 1] == '\n'));

		(*at)++;
		if (end)
			return;
	}
}

struct entry {
	bool of_host; /* the entry is for the wanted machine, or the default */
	bool of_user; /* no other login was named */
	struct word password;
};

static bool is_found(const struct entry *entry)
{
	return entry->of_host && entry->of_user && entry->password.text != NULL;
}

static void take_value(struct entry *entry, const struct word *key, const struct word *value,
		       const char *host, const char *user)
{
	if (is(key, "machine"))
		*entry = (struct entry){
			.of_host = strlen(host) == value->length &&
				   strncasecmp(host, value->text, value->length) == 0,
			.of_user = true,
		};
	else if (is(key, "login"))
		entry->of_user = user == NULL || is(value, user);
	else if (is(key, "password"))
		entry->password = *value;
}

bool netrc_find(char *text, size_t length, const char *host, const char *user,
		const char **password, size_t *password_length)
{
	struct entry entry = { .of_host = false };
	struct word key, value;
	size_t at = length >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0 ? 3 : 0;

	while (next_word(text, length, &at, &key)) {
		const bool begins = is(&key, "machine") || is(&key, "default");

		if (begins && is_found(&entry))
			break;
		if (key.text[0] == '#' && key.first) {
			pass_over(text, length, &at, false);
		} else if (is(&key, "macdef")) {
			pass_over(text, length, &at, true);
		} else if (is(&key, "default")) {
			entry = (struct entry){ .of_host = true, .of_user = true };
		} else if (next_word(text, length, &at, &value)) {
			take_value(&entry, &key, &value, host, user);
		}
	}
	if (!is_found(&entry))
		return false;
	*password = entry.password.text;
	*password_length = entry.password.length;
	return true;
}
