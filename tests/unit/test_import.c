/* Lists of UIDs: each format, and the number of a damaged line in the error. */
#include "cmd/seen/import.h"

#include "check.h"

enum format { OWN, MPOP, GETMAIL, FETCHMAIL, FDM, RECORDS };

static const struct import_format *format_of(enum format format)
{
	return format == RECORDS ? &import_records : &import_formats[format];
}

#define NO_EXPORT "not a line of 'seen export' (use --from for lists of other programs)"
#define NO_MPOP "expected ' NUMBER-OF-UIDS HOST USER'"
#define NO_GETMAIL "expected a UID, a NUL and a time"
#define NO_FETCHMAIL "expected 'USER@HOST UID'"
#define NO_FDM "expected 'LENGTH UID'"

/* An entry is shown as "[user|host|uid|time]" without missing parts, followed by the failure. */
static const struct {
	enum format format;
	const char *name;
	const char *list;
	size_t length;
	const char *expected;
} lists[] = {
	{ OWN, "nothing", OCTETS(""), "" },
	{ OWN, "UIDs", OCTETS("a\nb\n"), "[a][b]" },
	{ OWN, "no line end at the end", OCTETS("a\nb"), "[a][b]" },
	{ OWN, "empty lines", OCTETS("\na\n\nb\n\n"), "[a][b]" },
	{ OWN, "escapes", OCTETS("a\\x20b\\\\\\t\\xFF\n"), "[a b\\\t\xff]" },
	{ OWN, "a UID that looks like a comment", OCTETS("#a\n"), "[#a]" },
	{ OWN, "a NUL in a UID", OCTETS("a\nb\\x00c\n"), "[a]line 2: the UID contains a NUL" },
	{ OWN, "CR LF", OCTETS("a\r\n"), "line 1: " NO_EXPORT },
	{ OWN, "a list of mpop", OCTETS("# This\n 1 host ann\na\n"), "line 1: " NO_EXPORT },
	{ OWN, "a list of getmail", OCTETS("a\0001\n"), "line 1: " NO_EXPORT },
	{ OWN, "a list of fetchmail", OCTETS("ann@host a\n"), "line 1: " NO_EXPORT },
	{ OWN, "a list of fdm", OCTETS("1 a\n"), "line 1: " NO_EXPORT },
	{ OWN, "records", OCTETS("a\n7\tb\n"), "[a]line 2: " NO_EXPORT },

	{ MPOP, "nothing", OCTETS(""), "" },
	{ MPOP, "comments alone", OCTETS("# This\n#\n"), "" },
	{ MPOP, "a list", OCTETS("# This\n#\n 2 host ann\na\nb\n"), "[ann|host|a][ann|host|b]" },
	{ MPOP, "lists", OCTETS(" 1 host ann\na\n 1 other bob\nb\n"), "[ann|host|a][bob|other|b]" },
	{ MPOP, "a user with blanks", OCTETS(" 1 host ann b\na\n"), "[ann b|host|a]" },
	{ MPOP, "UIDs that look like other kinds of line",
	  OCTETS("# This\n 3 host ann\n#a\n 1 host bob\na b\n"),
	  "[ann|host|#a][ann|host| 1 host bob][ann|host|a b]" },
	{ MPOP, "no escapes", OCTETS(" 1 host ann\na\\x20b\n"), "[ann|host|a\\x20b]" },
	{ MPOP, "a UID without a list", OCTETS("# This\na\n"), "line 2: " NO_MPOP },
	{ MPOP, "a UID too many", OCTETS(" 1 host ann\na\nb\n"), "[ann|host|a]line 3: " NO_MPOP },
	{ MPOP, "a comment after a list", OCTETS(" 1 host ann\na\n# b\n"),
	  "[ann|host|a]line 3: " NO_MPOP },
	{ MPOP, "a UID too few", OCTETS(" 2 host ann\na\n"),
	  "[ann|host|a]line 2: the list ends before its last UID" },
	{ MPOP, "an empty UID", OCTETS(" 2 host ann\n\nb\n"), "line 2: the UID is missing" },
	{ MPOP, "no UIDs", OCTETS(" 0 host ann\n"), "line 1: " NO_MPOP },
	{ MPOP, "no number", OCTETS(" x host ann\n"), "line 1: " NO_MPOP },
	{ MPOP, "a number too large", OCTETS(" 4294967296 host ann\n"), "line 1: " NO_MPOP },
	{ MPOP, "no host", OCTETS(" 1  ann\na\n"), "line 1: " NO_MPOP },
	{ MPOP, "no user", OCTETS(" 1 host\na\n"), "line 1: " NO_MPOP },
	{ MPOP, "a blank for a user", OCTETS(" 1 host \na\n"), "line 1: " NO_MPOP },
	{ MPOP, "a blank alone", OCTETS(" \n"), "line 1: " NO_MPOP },

	{ GETMAIL, "nothing", OCTETS(""), "" },
	{ GETMAIL, "UIDs", OCTETS("a\0001795221632\nb\0000\n"), "[a|1795221632][b]" },
	{ GETMAIL, "a UID with blanks", OCTETS(" a b\0005\n"), "[ a b|5]" },
	{ GETMAIL, "no NUL", OCTETS("a\0001\nb\n"), "[a|1]line 2: " NO_GETMAIL },
	{ GETMAIL, "no time", OCTETS("a\0\n"), "line 1: " NO_GETMAIL },
	{ GETMAIL, "a time before 1970", OCTETS("a\0-1\n"), "line 1: " NO_GETMAIL },
	{ GETMAIL, "the last time", OCTETS("a\000253402300799\n"), "[a|253402300799]" },
	{ GETMAIL, "a time too late", OCTETS("a\000253402300800\n"), "line 1: " NO_GETMAIL },
	{ GETMAIL, "two NULs", OCTETS("a\0b\0001\n"), "line 1: " NO_GETMAIL },
	{ GETMAIL, "no UID", OCTETS("\0001\n"), "line 1: the UID is missing" },

	{ FETCHMAIL, "nothing", OCTETS(""), "" },
	{ FETCHMAIL, "UIDs", OCTETS("ann@host a\nbob@other b\n"), "[ann|host|a][bob|other|b]" },
	{ FETCHMAIL, "a user with @", OCTETS("ann@x.org@host a\n"), "[ann@x.org|host|a]" },
	{ FETCHMAIL, "a user with blanks", OCTETS("an n@host a\n"), "[an n|host|a]" },
	{ FETCHMAIL, "a UID with @", OCTETS("ann@host <a@b>\n"), "[ann|host|<a@b>]" },
	{ FETCHMAIL, "a UID with blanks", OCTETS("ann@host a b@c\n"), "[ann|host|a b@c]" },
	{ FETCHMAIL, "no UID", OCTETS("ann@host\n"), "line 1: the UID is missing" },
	{ FETCHMAIL, "an empty UID", OCTETS("ann@host \n"), "line 1: the UID is missing" },
	{ FETCHMAIL, "no @", OCTETS("ann@host a\nann host a\n"),
	  "[ann|host|a]line 2: " NO_FETCHMAIL },
	{ FETCHMAIL, "no host", OCTETS("ann@ a\n"), "line 1: " NO_FETCHMAIL },
	{ FETCHMAIL, "no user", OCTETS("@host a\n"), "line 1: " NO_FETCHMAIL },

	{ FDM, "nothing", OCTETS(""), "" },
	{ FDM, "UIDs", OCTETS("1 a\n3 b c\n"), "[a][b c]" },
	{ FDM, "a UID that begins with a blank", OCTETS("2  a\n"), "[ a]" },
	{ FDM, "a UID too long", OCTETS("1 a\n1 bc\n"),
	  "[a]line 2: the UID does not have the length given before it" },
	{ FDM, "a UID too short", OCTETS("3 ab\n"), "line 1: the UID does not have the length given before it" },
	{ FDM, "no UID", OCTETS("0 \n"), "line 1: the UID is missing" },
	{ FDM, "no length", OCTETS("a\n"), "line 1: " NO_FDM },
	{ FDM, "a length alone", OCTETS("3\n"), "line 1: the UID does not have the length given before it" },
	{ FDM, "a negative length", OCTETS("-1 a\n"), "line 1: " NO_FDM },

	{ RECORDS, "one field", OCTETS("a\n 7 \r\nuid:a\n"), "[a][7][uid:a]" },
	{ RECORDS, "records of list", OCTETS("7\ta b\t1200\n8\tc\n"), "[a b][c]" },
	{ RECORDS, "aligned columns", OCTETS("  7   abc   1200  \n"), "[abc]" },
	{ RECORDS, "header lines", OCTETS("number\tuid\toctets\nuid\tfetched\toctets\n"), "" },
	{ RECORDS, "blank lines", OCTETS("\n  \n\r\n"), "" },
	{ RECORDS, "records of seen list", OCTETS("7\t2026-11-21T00:49:56Z\t-\n"), "[7]" },
	{ RECORDS, "its aligned columns", OCTETS("7  2026-11-21T00:49:56Z  12\n"), "[7]" },
	{ RECORDS, "nearly a time", OCTETS("7\t2026-11-21T00:49:56\t-\n"),
	  "[2026-11-21T00:49:56]" },
	{ RECORDS, "escapes", OCTETS("a\\tb\n7\tc\\x20d\n"), "[a\tb][c d]" },
	{ RECORDS, "an empty UID", OCTETS("a\n7\t\t12\n"), "[a]line 2: the UID is missing" },
	{ RECORDS, "a NUL", OCTETS("a\0b\n"), "line 1: the UID contains a NUL" },
};

struct shower {
	struct import_sink sink;
	struct buffer shown;
};

static void show(struct buffer *shown, struct import_text part)
{
	if (part.text == NULL)
		return;
	buffer_append(shown, part.text, part.length);
	buffer_append_text(shown, "|");
}

static int show_entry(struct import_sink *sink, const struct import_entry *entry,
		      struct pop3_error *err)
{
	struct buffer *const shown = &((struct shower *)sink)->shown;

	(void)err;
	buffer_append_text(shown, "[");
	show(shown, entry->user);
	show(shown, entry->host);
	buffer_append_text(shown, entry->uid);
	if (entry->fetched != 0)
		buffer_append_format(shown, "|%" PRId64, entry->fetched);
	buffer_append_text(shown, "]");
	return 0;
}

static void check_list(const char *name, const struct import_format *format,
		       const struct import_list *list, const char *expected)
{
	struct shower shower = { .sink.take = show_entry };
	struct pop3_error err = { .code = POP3_E_NONE };

	if (import_read(format, list, &shower.sink, &err) < 0)
		buffer_append_text(&shower.shown, err.text);
	check_text(name, buffer_text(&shower.shown), expected);
	if (err.code != POP3_E_NONE)
		check_number("a damaged list is a usage error", err.code, POP3_E_USAGE);
	buffer_release(&shower.shown);
}

static void test_lists(void)
{
	char name[128];

	for (size_t i = 0; i < ROWS(lists); i++) {
		const struct import_format *const format = format_of(lists[i].format);
		const struct import_list list = { { lists[i].list, lists[i].length }, '\n' };

		snprintf(name, sizeof name, "%s: %s", format->name, lists[i].name);
		check_list(name, format, &list, lists[i].expected);
	}
}

static void test_nul(void)
{
	const struct import_list list = { { OCTETS("a\0b\\nc\0") }, '\0' };

	check_list("lines that end in NUL", &import_formats[OWN], &list, "[a][b\nc]");
	check_list("records that end in NUL", &import_records, &list, "[a][b\nc]");
}

/* The words for --from are the names of the formats, in their order. */
static void test_names(void)
{
	struct buffer names = { 0 };

	for (size_t i = 1; import_formats[i].name != NULL; i++)
		buffer_append_format(&names, "%s%s", i > 1 ? "|" : "", import_formats[i].name);
	check_text("the programs", buffer_text(&names), IMPORT_PROGRAMS);
	buffer_release(&names);
}

static void test_operands(void)
{
	struct shower shower = { .sink.take = show_entry };
	struct pop3_error err = { .code = POP3_E_NONE };

	import_operand("a b\\x20\tc", &shower.sink, &err);
	check_text("an operand", buffer_text(&shower.shown), "[a b \tc]");
	check_number("an empty operand", import_operand("", &shower.sink, &err), -1);
	check_text("the error for an empty operand", err.text, "the UID is missing");
	buffer_release(&shower.shown);
}

static void test_limit(void)
{
	struct shower shower = { .sink.take = show_entry };
	struct pop3_error err = { .code = POP3_E_NONE };
	char *const uid = malloc(IMPORT_UID_MAX + 2);

	memset(uid, 'a', IMPORT_UID_MAX + 1);
	uid[IMPORT_UID_MAX + 1] = '\0';
	check_number("a UID too long", import_operand(uid, &shower.sink, &err), -1);
	check_text("the error for a UID too long", err.text, "the UID is too long");
	uid[IMPORT_UID_MAX] = '\0';
	check_number("the longest UID", import_operand(uid, &shower.sink, &err), 0);
	check_number("the longest UID is not truncated",
		     (int64_t)shower.shown.length, IMPORT_UID_MAX + 2);
	buffer_release(&shower.shown);
	free(uid);
}

/* An exported list can be read again, whatever octets it contains. */
static void test_round_trip(void)
{
	struct shower shower = { .sink.take = show_entry };
	struct pop3_error err = { .code = POP3_E_NONE };
	struct buffer line = { 0 };
	char uid[256];

	for (int octet = 1; octet < 256; octet++)
		uid[octet - 1] = (char)octet;
	uid[255] = '\0';
	import_escape(&line, uid);
	check_report("an exported UID is one field", strpbrk(line.data, " \t\r\n") == NULL);
	import_read(&import_formats[OWN],
		    &(const struct import_list){ { line.data, line.length }, '\n' }, &shower.sink,
		    &err);
	check_octets("an exported UID is read again",
		     shower.shown.data + 1, shower.shown.length - 2, uid, 255);
	buffer_release(&line);
	buffer_release(&shower.shown);
}

static const struct import_format *prefixes_of;

static void read_prefix(const char *text, size_t length)
{
	struct shower shower = { .sink.take = show_entry };
	struct pop3_error err;

	import_read(prefixes_of, &(const struct import_list){ { text, length }, '\n' },
		    &shower.sink, &err);
	buffer_release(&shower.shown);
}

int main(void)
{
	test_lists();
	test_nul();
	test_names();
	test_operands();
	test_limit();
	test_round_trip();
	for (size_t i = 0; i < ROWS(lists); i++) {
		prefixes_of = format_of(lists[i].format);
		check_prefixes(lists[i].list, lists[i].length, read_prefix);
	}
	return check_end();
}
