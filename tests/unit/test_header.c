/* Header fields: recognising, skipping other lines, unfolding values. */
#include "mail/header.h"

#include "check.h"
#include "mail/header-digest.h"

/* The fields found by header_next, each as "name=value;". */
static const struct {
	const char *name;
	const char *block;
	size_t length;
	const char *fields;
	size_t fields_length;
} blocks[] = {
	{ "two fields", OCTETS("A: 1\r\nB: 2\r\n\r\n"), OCTETS("A= 1;B= 2;") },
	{ "bare line feeds", OCTETS("A: 1\nB: 2\n\n"), OCTETS("A= 1;B= 2;") },
	{ "both line ends", OCTETS("A: 1\nB: 2\r\n\n"), OCTETS("A= 1;B= 2;") },
	{ "the body is not read", OCTETS("A: 1\r\n\r\nB: 2\r\n"), OCTETS("A= 1;") },
	{ "the body is not read after LF", OCTETS("A: 1\n\nB: 2\n"), OCTETS("A= 1;") },
	{ "a folded value", OCTETS("A: 1\r\n 2\r\n\t3\r\nB: 4\r\n\r\n"),
	  OCTETS("A= 1\r\n 2\r\n\t3;B= 4;") },
	{ "a line of blanks is a continuation line", OCTETS("A: 1\r\n \r\nB: 2\r\n\r\n"),
	  OCTETS("A= 1\r\n ;B= 2;") },
	{ "an empty value", OCTETS("A:\r\nB:\n\r\n"), OCTETS("A=;B=;") },
	{ "an empty value at the end", OCTETS("A:"), OCTETS("A=;") },
	{ "colons in the value", OCTETS("A: b: c:\r\n"), OCTETS("A= b: c:;") },
	{ "blanks before the colon", OCTETS("A \t: 1\r\n"), OCTETS("A= 1;") },
	{ "no empty line", OCTETS("A: 1\r\nB: 2\r\n"), OCTETS("A= 1;B= 2;") },
	{ "truncated in a value", OCTETS("A: 1\r\nB: tw"), OCTETS("A= 1;B= tw;") },
	{ "truncated in a line end", OCTETS("A: 1\r"), OCTETS("A= 1\r;") },
	{ "truncated in a name", OCTETS("A: 1\r\nSubj"), OCTETS("A= 1;") },
	{ "truncated before the last LF", OCTETS("A: 1\r\n\r"), OCTETS("A= 1;") },
	{ "nothing", OCTETS(""), OCTETS("") },
	{ "only an empty line", OCTETS("\r\n"), OCTETS("") },
	{ "an mbox line first", OCTETS("From ann@a Tue Nov 17 10:00:00 2026\nA: 1\n\n"),
	  OCTETS("A= 1;") },
	{ "a quoted mbox line", OCTETS(">From ann@a Tue Nov 17 10:00:00 2026\nA: 1\n\n"),
	  OCTETS("A= 1;") },
	{ "an mbox line in the middle", OCTETS("A: 1\r\nFrom b 10:00\r\nC: 3\r\n\r\n"),
	  OCTETS("A= 1;C= 3;") },
	{ "a line without colon", OCTETS("A: 1\r\njunk\r\nC: 3\r\n\r\n"), OCTETS("A= 1;C= 3;") },
	{ "junk with continuations", OCTETS("junk\r\n B: 2\r\nC: 3\r\n\r\n"), OCTETS("C= 3;") },
	{ "a continuation line first", OCTETS(" A: 1\r\nB: 2\r\n\r\n"), OCTETS("B= 2;") },
	{ "a colon first", OCTETS(": 1\r\nB: 2\r\n\r\n"), OCTETS("B= 2;") },
	{ "From with a colon is a field", OCTETS("From: a\r\nFrom : b\r\n\r\n"),
	  OCTETS("From= a;From= b;") },
	{ "8-bit in a name", OCTETS("Caf\xe9: 1\r\nB: 2\r\n\r\n"), OCTETS("B= 2;") },
	{ "8-bit in a value", OCTETS("A: caf\xe9\r\n\r\n"), OCTETS("A= caf\xe9;") },
	{ "NUL in a name", OCTETS("A\0B: 1\r\nC: 3\r\n\r\n"), OCTETS("C= 3;") },
	{ "NUL in a value", OCTETS("A: 1\0" "2\r\n\r\n"), OCTETS("A= 1\0" "2;") },
	{ "a bare CR is text", OCTETS("A: 1\rB: 2\r\n\r\n"), OCTETS("A= 1\rB: 2;") },
	{ "two CRs before the LF", OCTETS("A: 1\r\r\nB: 2\r\n\r\n"), OCTETS("A= 1\r;B= 2;") },
	{ "a byte order mark first", OCTETS("\xef\xbb\xbf" "A: 1\r\nB: 2\r\n\r\n"),
	  OCTETS("A= 1;B= 2;") },
	{ "a byte order mark later", OCTETS("A: 1\r\n\xef\xbb\xbf" "B: 2\r\n\r\n"),
	  OCTETS("A= 1;") },
	{ "only a byte order mark", OCTETS("\xef\xbb\xbf"), OCTETS("") },
	{ "names of any visible octet", OCTETS("X-(a)/~!: 1\r\n\r\n"), OCTETS("X-(a)/~!= 1;") },
};

static const struct {
	const char *name;
	const char *wanted;
	const char *value; /* NULL = not found */
} searches[] = {
	{ "find a field", "To", " bob" },
	{ "find a name in different case", "sUBJECT", " one" },
	{ "find the first of two", "Subject", " one" },
	{ "do not find a longer name", "Subjec", NULL },
	{ "do not find a shorter name", "Subjects", NULL },
	{ "find nothing in the body", "Body", NULL },
	{ "find the first after a byte order mark", "X", " 1" },
};

static const struct {
	const char *name;
	const char *value;
	size_t length;
	const char *unfolded;
	size_t unfolded_length;
} values[] = {
	{ "unfold an empty value", OCTETS(""), OCTETS("") },
	{ "unfold blanks", OCTETS(" \t \r\n "), OCTETS("") },
	{ "unfold one line", OCTETS(" one two "), OCTETS("one two") },
	{ "unfold CRLF", OCTETS(" one\r\n two"), OCTETS("one two") },
	{ "unfold LF", OCTETS(" one\n two"), OCTETS("one two") },
	{ "unfold keeps the blanks", OCTETS("one \r\n\t two"), OCTETS("one   two") },
	{ "unfold a leading fold", OCTETS("\r\n one"), OCTETS("one") },
	{ "unfold a trailing fold", OCTETS("one\r\n "), OCTETS("one") },
	{ "unfold a line of blanks", OCTETS("one\r\n \r\n two"), OCTETS("one  two") },
	{ "unfold keeps a line end before text", OCTETS("one\r\ntwo"), OCTETS("one\r\ntwo") },
	{ "unfold keeps a bare CR", OCTETS("one\r two"), OCTETS("one\r two") },
	{ "unfold keeps the first of two CRs", OCTETS("one\r\r\n two"), OCTETS("one\r two") },
	{ "unfold an LF right after a fold", OCTETS("one\n \n two"), OCTETS("one  two") },
	{ "unfold NUL and 8-bit", OCTETS("a\0\xff\r\n b"), OCTETS("a\0\xff b") },
};

static const struct {
	const char *name;
	const char *block;
	size_t length;
	int64_t octets;
} lengths[] = {
	{ "length with CRLF", OCTETS("A: 1\r\n\r\nbody\r\n"), 8 },
	{ "length with LF", OCTETS("A: 1\n\nbody\n"), 6 },
	{ "length of an empty header", OCTETS("\r\nbody"), 2 },
	{ "length without an empty line", OCTETS("A: 1\r\nB: 2"), 10 },
	{ "length truncated before the last LF", OCTETS("A: 1\r\n\r"), 7 },
	{ "length over a line of blanks", OCTETS("A: 1\r\n \r\n\r\nbody"), 11 },
	{ "length of an empty block", OCTETS(""), 0 },
};

static const struct {
	const char *name;
	const char *block;
	size_t length;
	bool has_end;
} ends[] = {
	{ "an end in CRLF", OCTETS("A: 1\r\n\r\n"), true },
	{ "an end in LF", OCTETS("A: 1\n\n"), true },
	{ "an end of an empty header", OCTETS("\r\n"), true },
	{ "no end", OCTETS("A: 1\r\n"), false },
	{ "no end in LF", OCTETS("A: 1\n"), false },
	{ "no end of a line", OCTETS("A: 1"), false },
	{ "no end, only a line of blanks", OCTETS("A: 1\r\n \r\n"), false },
	{ "no end, only half of one", OCTETS("A: 1\r\n\r"), false },
	{ "an empty block has no end", OCTETS(""), false },
};

static const struct {
	const char *name;
	size_t length;
	bool possible;
} names[] = {
	{ OCTETS("Subject"), true }, { OCTETS("X-(a)/~!@"), true }, { OCTETS(""), false },
	{ OCTETS("Subject:"), false }, { OCTETS("a b"), false }, { OCTETS(" a"), false },
	{ OCTETS("caf\xe9"), false }, { OCTETS("a\x7f"), false }, { OCTETS("a\0"), false },
};

static void list_fields(struct buffer *out, const char *block, size_t length)
{
	struct header_field field;
	size_t offset = 0;

	while (header_next(block, length, &offset, &field)) {
		buffer_append(out, field.name, field.name_length);
		buffer_append_octet(out, '=');
		buffer_append(out, field.value, field.value_length);
		buffer_append_octet(out, ';');
	}
}

static void read_everything(const char *text, size_t length)
{
	struct header_field field;
	struct buffer out = { 0 };

	list_fields(&out, text, length);
	header_unfold(&out, text, length);
	if (header_find(text, length, "C", &field))
		header_unfold(&out, field.value, field.value_length);
	if (header_block_length(text, length) > length)
		abort();
	header_has_end(text, length);
	buffer_release(&out);
}

static void check_long_line(void)
{
	enum { OCTET_COUNT = 3000000 };
	char *const block = malloc(OCTET_COUNT);
	struct header_field field;

	memset(block, 'x', OCTET_COUNT);
	check_number("a line of megabytes without colon",
		     header_find(block, OCTET_COUNT, "x", &field), false);
	memcpy(block + OCTET_COUNT - 8, "\nY: 1\r\n\n", 8);
	check_number("a field after it", header_find(block, OCTET_COUNT, "y", &field), true);
	memcpy(block, "X:", 2);
	check_number("a value of megabytes", header_find(block, OCTET_COUNT, "x", &field), true);
	check_number("its length", (int64_t)field.value_length, OCTET_COUNT - 2 - 8);
	free(block);
}

/* The digest of a block that arrives in chunks is that of the whole block. */
static void check_digest(const char *name, const char *block, size_t length)
{
	unsigned char octets[EVP_MAX_MD_SIZE];
	struct header_digest digest = { .context = NULL };
	unsigned int count;

	EVP_Digest(block, header_block_length(block, length), octets, &count, EVP_sha256(), NULL);
	for (size_t chunk = 1; chunk <= length; chunk++) {
		header_digest_begin(&digest, 1000);
		for (size_t at = 0; at < length; at += chunk)
			header_digest_feed(&digest, block + at,
					   length - at < chunk ? length - at : chunk);
		check_number(name, (int64_t)header_digest_end(&digest),
			     (int64_t)header_digest_number(octets));
	}
	header_digest_release(&digest);
}

int main(void)
{
	static const char mail[] = "\xef\xbb\xbf" "X: 1\r\nTo: bob\r\nSubject: one\r\nsubject: two\r\n"
				   "\r\nBody: no\r\n";
	struct buffer out = { 0 };

	for (size_t i = 0; i < ROWS(blocks); i++) {
		buffer_clear(&out);
		list_fields(&out, blocks[i].block, blocks[i].length);
		check_octets(blocks[i].name, out.data, out.length, blocks[i].fields,
			     blocks[i].fields_length);
		check_prefixes(blocks[i].block, blocks[i].length, read_everything);
	}
	for (size_t i = 0; i < ROWS(searches); i++) {
		struct header_field field = { .value = "absent", .value_length = 6 };
		const char *const expected =
			searches[i].value != NULL ? searches[i].value : "absent";

		header_find(mail, sizeof mail - 1, searches[i].wanted, &field);
		check_octets(searches[i].name, field.value, field.value_length, expected,
			     strlen(expected));
	}
	for (size_t i = 0; i < ROWS(values); i++) {
		buffer_clear(&out);
		header_unfold(&out, values[i].value, values[i].length);
		check_octets(values[i].name, out.data, out.length, values[i].unfolded,
			     values[i].unfolded_length);
		check_prefixes(values[i].value, values[i].length, read_everything);
	}
	for (size_t i = 0; i < ROWS(blocks); i++)
		check_digest(blocks[i].name, blocks[i].block, blocks[i].length);
	for (size_t i = 0; i < ROWS(lengths); i++)
		check_digest(lengths[i].name, lengths[i].block, lengths[i].length);
	for (size_t i = 0; i < ROWS(lengths); i++)
		check_number(lengths[i].name,
			     (int64_t)header_block_length(lengths[i].block, lengths[i].length),
			     lengths[i].octets);
	for (size_t i = 0; i < ROWS(ends); i++)
		check_number(ends[i].name, header_has_end(ends[i].block, ends[i].length),
			     ends[i].has_end);
	for (size_t i = 0; i < ROWS(names); i++)
		check_number("a valid or invalid field name",
			     header_is_name(names[i].name, names[i].length), names[i].possible);
	check_long_line();
	buffer_release(&out);
	return check_end();
}
