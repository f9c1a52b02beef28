/* LIST and UIDL in any order: the result is one listing sorted by number. */
#include "pop3/listing-lines.h"

#include "check.h"

#define MOST_LINES 6

/* The result has "number octets uid;" for each message, with "-" for an unknown value. */
static const struct {
	const char *name;
	const char *list[MOST_LINES], *uidl[MOST_LINES];
	const char *listing;
} mailboxes[] = {
	{ "an empty mailbox", { NULL }, { NULL }, "" },
	{ "one message", { "1 10" }, { "1 a" }, "1 10 a;" },
	{ "both in order", { "1 10", "2 20" }, { "1 a", "2 b" }, "1 10 a;2 20 b;" },
	{ "gaps", { "2 20", "7 70" }, { "2 b", "7 g" }, "2 20 b;7 70 g;" },
	{ "LIST backwards", { "3 30", "2 20", "1 10" }, { "1 a", "2 b", "3 c" },
	  "1 10 a;2 20 b;3 30 c;" },
	{ "UIDL backwards", { "1 10", "2 20", "3 30" }, { "3 c", "2 b", "1 a" },
	  "1 10 a;2 20 b;3 30 c;" },
	{ "UIDL shuffled", { "1 10", "2 20", "3 30" }, { "2 b", "3 c", "1 a" },
	  "1 10 a;2 20 b;3 30 c;" },
	{ "LIST alone", { "1 10", "2 20" }, { NULL }, "1 10 -;2 20 -;" },
	{ "UIDL alone", { NULL }, { "2 b", "1 a" }, "1 - a;2 - b;" },
	{ "UIDL knows more", { "2 20" }, { "1 a", "2 b", "3 c" }, "1 - a;2 20 b;3 - c;" },
	{ "LIST knows more", { "1 10", "2 20", "3 30" }, { "2 b" }, "1 10 -;2 20 b;3 30 -;" },
	{ "the same number twice", { "1 10", "1 11", "2 20" }, { "1 a", "2 b" },
	  "1 11 a;2 20 b;" },
	{ "numbers of 32 bits", { "4294967295 1" }, { "4294967295 a" }, "4294967295 1 a;" },
	{ "sizes of 64 bits", { "1 18446744073709551614" }, { "1 a" },
	  "1 18446744073709551614 a;" },
	{ "sizes that are not numbers", { "1", "2 x", "3 -1", "4 18446744073709551616" }, { NULL },
	  "1 - -;2 - -;3 - -;4 - -;" },
	{ "words after the size", { "1 10 octets" }, { NULL }, "1 10 -;" },
	{ "several blanks", { "1  \t10" }, { "1 \t a" }, "1 10 a;" },
	{ "blanks in a UID and after it", { NULL }, { "1 a b  " }, "1 - a b;" },
	{ "8-bit UIDs", { NULL }, { "1 \xff\xfe" }, "1 - \xff\xfe;" },
	{ "an empty UID", { "1 10" }, { "1" }, "1 10 -;" },
	{ "a UID of blanks", { "1 10" }, { "1   " }, "1 10 -;" },
};

static const char *const no_lines[] = {
	"", " 1 10", "0 10", "x 10", "-1 10", "4294967296 10", "1x 10", "1.5 10", "+OK",
	"18446744073709551617 10",
};

static void add_lines(struct pop3_listing *listing, const char *const *lines,
		      int (*add)(struct pop3_listing *, struct listing_cursor *, const char *,
				 size_t, struct pop3_error *))
{
	struct listing_cursor cursor = { 0 };
	struct pop3_error err;

	for (size_t i = 0; i < MOST_LINES && lines[i] != NULL; i++)
		if (add(listing, &cursor, lines[i], strlen(lines[i]), &err) < 0)
			check_report(lines[i], false);
	listing_finish(listing);
}

static void check_mailbox(size_t i)
{
	struct pop3_listing listing = { .count = 0 };
	char shown[256] = "", octets[24];

	add_lines(&listing, mailboxes[i].list, listing_add_octets);
	add_lines(&listing, mailboxes[i].uidl, listing_add_uid);
	for (size_t j = 0; j < listing.count; j++) {
		const struct pop3_entry *const entry = &listing.entries[j];
		const char *const uid = pop3_listing_uid(&listing, j);
		const size_t used = strlen(shown);

		snprintf(octets, sizeof octets, "%" PRIu64, entry->octets);
		snprintf(shown + used, sizeof shown - used, "%" PRIu32 " %s %s;", entry->number,
			 entry->octets == POP3_OCTETS_UNKNOWN ? "-" : octets,
			 uid != NULL ? uid : "-");
		check_number("find by number",
			     pop3_listing_find(&listing, entry->number), (int64_t)j);
	}
	check_text(mailboxes[i].name, shown, mailboxes[i].listing);
	check_number("a missing number is not found", pop3_listing_find(&listing, 99), -1);
	pop3_listing_release(&listing);
}

static void read_line(const char *text, size_t length)
{
	struct pop3_listing listing = { .count = 0 };
	struct listing_cursor cursor = { 0 };
	struct pop3_error err;

	listing_add_octets(&listing, &cursor, text, length, &err);
	listing_add_uid(&listing, &cursor, text, length, &err);
	pop3_listing_release(&listing);
}

static void check_no_line(const char *line)
{
	struct pop3_listing listing = { .count = 0 };
	struct listing_cursor cursor = { 0 };
	struct pop3_error err = { .code = POP3_E_NONE };

	check_number(line, listing_add_octets(&listing, &cursor, line, strlen(line), &err), -1);
	check_number("an invalid line of UIDL",
		     listing_add_uid(&listing, &cursor, line, strlen(line), &err), -1);
	check_number("an invalid line is a protocol error", err.code, POP3_E_PROTOCOL);
	pop3_listing_release(&listing);
}

/* 200,000 lines in descending order would show quadratic time. */
static void check_many(void)
{
	struct pop3_listing listing = { .count = 0 };
	struct listing_cursor cursor = { 0 };
	struct pop3_error err;
	char line[32];

	for (unsigned n = 200000; n > 0; n--) {
		const int length = snprintf(line, sizeof line, "%u uid-%u", n, n);

		listing_add_uid(&listing, &cursor, line, (size_t)length, &err);
	}
	listing_finish(&listing);
	check_number("many messages", (int64_t)listing.count, 200000);
	check_text("many messages are sorted", pop3_listing_uid(&listing, 199999), "uid-200000");
	pop3_listing_release(&listing);
}

int main(void)
{
	struct pop3_listing listing = { .count = 0 };
	struct listing_cursor cursor = { 0 };
	struct pop3_error err;

	for (size_t i = 0; i < ROWS(mailboxes); i++)
		check_mailbox(i);
	for (size_t i = 0; i < ROWS(no_lines); i++)
		check_no_line(no_lines[i]);
	check_prefixes("12 34 56", 8, read_line);
	check_number("NUL in a UID", listing_add_uid(&listing, &cursor, OCTETS("1 a\0b"), &err), 0);
	check_report("a UID with a NUL is not used", pop3_listing_uid(&listing, 0) == NULL);
	pop3_listing_release(&listing);
	check_many();
	return check_end();
}
