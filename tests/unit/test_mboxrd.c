/* The mboxrd format: From_ lines, quoting, line ends, in chunks of any size. */
#include "mail/mboxrd.h"

#include "check.h"

#define NOW 1795221632 /* Sat Nov 21 00:40:32 2026 */
#define FROM_NOW "From MAILER-DAEMON Sat Nov 21 00:40:32 2026"
#define DATED "Return-Path: <ann@x.org>\r\nDate: Tue, 17 Nov 2026 10:00:00 +0100\r\n"

static const struct {
	const char *name;
	const char *message;
	size_t length;
	bool crlf;
	const char *mbox;
} messages[] = {
	{ "nothing", OCTETS(""), false, FROM_NOW "\n\n" },
	{ "sender and date", OCTETS(DATED "\r\na\r\n"), false,
	  "From ann@x.org Tue Nov 17 09:00:00 2026\nReturn-Path: <ann@x.org>\n"
	  "Date: Tue, 17 Nov 2026 10:00:00 +0100\n\na\n\n" },
	{ "the first second", OCTETS("Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n\r\n"), false,
	  "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n"
	  "Date: Thu, 1 Jan 1970 00:00:00 +0000\n\n\n" },
	{ "a leap day of a century", OCTETS("Date: 29 Feb 2000 23:59:59 +0000\r\n\r\n"), false,
	  "From MAILER-DAEMON Tue Feb 29 23:59:59 2000\n"
	  "Date: 29 Feb 2000 23:59:59 +0000\n\n\n" },
	{ "before 1970", OCTETS("Date: 1 Jan 1900 00:00:00 +0000\r\n\r\n"), false,
	  "From MAILER-DAEMON Mon Jan  1 00:00:00 1900\n"
	  "Date: 1 Jan 1900 00:00:00 +0000\n\n\n" },
	{ "the last second of four digits", OCTETS("Date: 31 Dec 9999 23:59:59 +0000\r\n\r\n"),
	  false, "From MAILER-DAEMON Fri Dec 31 23:59:59 9999\n"
	  "Date: 31 Dec 9999 23:59:59 +0000\n\n\n" },
	{ "a whole header block without a date", OCTETS("To: a\r\n\r\na\r\n"), false,
	  FROM_NOW "\nTo: a\n\na\n\n" },
	{ "a header without end", OCTETS("To: a\r\n"), false,
	  FROM_NOW "\nTo: a\n\n" },
	{ "no last line end", OCTETS("\r\na"), false, FROM_NOW "\n\na\n\n" },
	{ "quotes", OCTETS("\r\nFrom a\r\n>From b\r\n>>From\r\n From c\r\nFro\r\n"), false,
	  FROM_NOW "\n\n>From a\n>>From b\n>>From\n From c\nFro\n\n" },
	{ "a CR that does not end a line", OCTETS("\r\na\rb\r\r\nFrom \r"), false,
	  FROM_NOW "\n\na\rb\r\n>From \r\n\n" },
	{ "CRLF kept", OCTETS("To: a\r\n\r\nFrom a\r\nb"), true,
	  FROM_NOW "\r\nTo: a\r\n\r\n>From a\r\nb\r\n\r\n" },
};

static void convert(size_t row, size_t step, struct buffer *out)
{
	struct mboxrd mbox = { .crlf = false };

	mboxrd_begin(&mbox, messages[row].crlf, NOW, out);
	for (size_t at = 0; at < messages[row].length; at += step) {
		const size_t left = messages[row].length - at;

		mboxrd_feed(&mbox, messages[row].message + at, left < step ? left : step);
	}
	mboxrd_end(&mbox);
	mboxrd_release(&mbox);
}

int main(void)
{
	for (size_t row = 0; row < ROWS(messages); row++) {
		for (size_t step = 1; step <= messages[row].length + 1; step++) {
			struct buffer mbox = { 0 };

			convert(row, step, &mbox);
			check_text(messages[row].name, buffer_text(&mbox), messages[row].mbox);
			buffer_release(&mbox);
		}
	}
	return check_end();
}
