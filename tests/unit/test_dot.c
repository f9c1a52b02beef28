/* Removing dot-stuffing: the output and the end of the body do not depend on the chunks. */
#include "pop3/dot.h"

#include "check.h"

static const struct {
	const char *name;
	const char *input;
	size_t length;
	bool bare_lf;
	int64_t taken; /* octets up to the end of the body, -1 = none */
	const char *body;
	size_t body_length;
} bodies[] = {
	{ "nothing", OCTETS(""), false, -1, OCTETS("") },
	{ "an empty body", OCTETS(".\r\n"), false, 3, OCTETS("") },
	{ "one line", OCTETS("a\r\n.\r\n"), false, 6, OCTETS("a\r\n") },
	{ "an empty line", OCTETS("\r\n.\r\n"), false, 5, OCTETS("\r\n") },
	{ "octets after the end are kept", OCTETS("a\r\n.\r\n+OK\r\n"), false, 6, OCTETS("a\r\n") },
	{ "two ends", OCTETS(".\r\n.\r\n"), false, 3, OCTETS("") },
	{ "a stuffed dot", OCTETS("..\r\n.\r\n"), false, 7, OCTETS(".\r\n") },
	{ "a stuffed dot and text", OCTETS("..a\r\n.\r\n"), false, 8, OCTETS(".a\r\n") },
	{ "three dots", OCTETS("...\r\n.\r\n"), false, 8, OCTETS("..\r\n") },
	{ "a dot that should have been stuffed", OCTETS(".a\r\n.\r\n"), false, 7, OCTETS("a\r\n") },
	{ "dots inside a line", OCTETS("a.b..c.\r\n.\r\n"), false, 12, OCTETS("a.b..c.\r\n") },
	{ "a last line without CR LF", OCTETS("a.\r\n"), false, -1, OCTETS("a.\r\n") },
	{ "a dot, then nothing", OCTETS("a\r\n."), false, -1, OCTETS("a\r\n") },
	{ "a dot and CR, then nothing", OCTETS("a\r\n.\r"), false, -1, OCTETS("a\r\n") },
	{ "a dot, CR and text", OCTETS("a\r\n.\rb\r\n.\r\n"), false, 11, OCTETS("a\r\n\rb\r\n") },
	{ "a dot, CR, CR, LF", OCTETS(".\r\r\n.\r\n"), false, 7, OCTETS("\r\r\n") },
	{ "a dot, CR, dot", OCTETS(".\r.\r\n.\r\n"), false, 8, OCTETS("\r.\r\n") },
	{ "NUL and 8-bit", OCTETS("\0\xff\r\n.\r\n"), false, 7, OCTETS("\0\xff\r\n") },
	{ "CR CR LF is a line end", OCTETS("a\r\r\n.\r\n"), false, 7, OCTETS("a\r\r\n") },
	{ "LF CR is not a line end", OCTETS("a\n\r.\r\n.\r\n"), false, 9, OCTETS("a\n\r.\r\n") },

	{ "strict: LF dot LF", OCTETS("a\n.\nb\r\n.\r\n"), false, 10, OCTETS("a\n.\nb\r\n") },
	{ "strict: LF dot CR LF", OCTETS("a\n.\r\nb\r\n.\r\n"), false, 11, OCTETS("a\n.\r\nb\r\n") },
	{ "strict: CR LF dot LF", OCTETS("a\r\n.\nb\r\n.\r\n"), false, 11, OCTETS("a\r\n\nb\r\n") },
	{ "strict: CR dot CR", OCTETS("a\r.\rb\r\n.\r\n"), false, 10, OCTETS("a\r.\rb\r\n") },
	{ "strict: LF at the start", OCTETS("\n.\n\r\n.\r\n"), false, 8, OCTETS("\n.\n\r\n") },
	{ "strict: LF alone is not a line end", OCTETS("a\n.\n"), false, -1, OCTETS("a\n.\n") },

	{ "LF: an empty body", OCTETS(".\n"), true, 2, OCTETS("") },
	{ "LF: one line", OCTETS("a\n.\n"), true, 4, OCTETS("a\n") },
	{ "LF: a stuffed dot", OCTETS("..a\n.\n"), true, 6, OCTETS(".a\n") },
	{ "LF: CR LF dot CR LF ends too", OCTETS("a\r\n.\r\n"), true, 6, OCTETS("a\r\n") },
	{ "LF: LF dot CR LF ends too", OCTETS("a\n.\r\n"), true, 5, OCTETS("a\n") },
	{ "LF: CR LF dot LF ends too", OCTETS("a\r\n.\n"), true, 5, OCTETS("a\r\n") },
	{ "LF: CR dot LF is not the end", OCTETS("a\r.\n.\n"), true, 6, OCTETS("a\r.\n") },
};

struct result {
	char body[64];
	size_t length;
	int64_t taken;
};

static void keep(struct result *result, const struct dot_span *span)
{
	memcpy(result->body + result->length, span->data, span->length);
	result->length += span->length;
}

/* Feeds a copy that ends at the chunk's end, so that a sanitizer detects reads past it. */
static void feed(struct dot *dot, const char *data, size_t length, struct result *result)
{
	char *const copy = malloc(length);
	struct dot_span span;

	memcpy(copy, data, length);
	for (size_t at = 0; at < length && !dot->done;) {
		const size_t taken = dot_next(dot, copy + at, length - at, &span);

		keep(result, &span);
		at += taken;
		result->taken += (int64_t)taken;
	}
	free(copy);
}

/* Feeds the input in chunks: each set bit of cuts ends one. */
static struct result decode(const char *input, size_t length, bool bare_lf, unsigned cuts)
{
	struct result result = { .length = 0 };
	struct dot dot;
	size_t start = 0;

	dot_init(&dot, bare_lf);
	for (size_t i = 1; i <= length; i++) {
		if (i < length && (cuts >> i & 1) == 0)
			continue;
		feed(&dot, input + start, i - start, &result);
		start = i;
	}
	if (!dot.done)
		result.taken = -1;
	return result;
}

static bool is_same(const struct result *a, const struct result *b)
{
	return a->taken == b->taken && a->length == b->length &&
	       memcmp(a->body, b->body, a->length) == 0;
}

int main(void)
{
	for (size_t i = 0; i < ROWS(bodies); i++) {
		const struct result whole =
			decode(bodies[i].input, bodies[i].length, bodies[i].bare_lf, 0);
		bool same = true;

		check_octets(bodies[i].name, whole.body, whole.length, bodies[i].body,
			     bodies[i].body_length);
		check_number(bodies[i].name, whole.taken, bodies[i].taken);
		for (unsigned cuts = 0; cuts >> bodies[i].length == 0; cuts += 2) {
			const struct result cut =
				decode(bodies[i].input, bodies[i].length, bodies[i].bare_lf, cuts);

			same = same && is_same(&whole, &cut);
		}
		check_report("any chunks give the same output", same);
	}
	return check_end();
}
