/* The difference between two clocks, reported only if a date proves it. */
#include "cmd/check/clock.h"

#include "check.h"

#define NOW 1800000000 /* 2027-01-15 08:00:00 UTC */

static const struct {
	const char *greeting;
	int64_t ahead;
} greetings[] = {
	{ "ready <1896.1800003600@pop.example.org>", 3600 },
	{ "<1896.1799996400@pop.example.org> ready", -3600 },
	{ "<1.1800000119@a>", 0 },	 { "<1.1800000120@a>", 120 },
	{ "<1.1799999881@a>", 0 },	 { "<1.1799999880@a>", -120 },
	{ "<1.1800604800@a>", 604800 },	 { "<1.1800604801@a>", 0 },
	{ "<1.697170952@a>", 0 },	 { "<1.18000036000@a>", 0 },
	{ "<1.1800003600.7@a>", 0 },	 { "<x.1800003600@a>", 0 },
	{ "<.1800003600@a>", 0 },	 { "<1800003600@a>", 0 },
	{ "<1a2.5f.6b49d200.abc@a>", 0 }, { "1.1800003600@a", 0 },
	{ "<", 0 },			 { "<1.", 0 },
	{ "ready", 0 },			 { "", 0 },
};

static const struct {
	const char *block;
	int64_t ahead;
} headers[] = {
	{ "Received: from a by b; Fri, 15 Jan 2027 09:00:00 +0000\r\n\r\n", 3600 },
	{ "Received: from a (x; y)\r\n by b; Fri, 15 Jan 2027 10:00:00\r\n +0100\r\n\r\n", 3600 },
	{ "Received: from a by b; Fri, 15 Jan 2027 08:01:59 +0000\r\n\r\n", 0 },
	{ "Received: from a by b; Fri, 15 Jan 2027 07:00:00 +0000\r\n\r\n", 0 },
	{ "Received: by b; Fri, 15 Jan 2027 07:00:00 +0000\r\n"
	  "Received: by a; Fri, 15 Jan 2027 09:00:00 +0000\r\n\r\n", 0 },
	{ "Received: from a by b; yesterday\r\n\r\n", 0 },
	{ "Received: from a by b\r\n\r\n", 0 },
	{ "Date: Fri, 15 Jan 2027 09:00:00 +0000\r\n\r\n", 0 },
	{ "", 0 },
};

static void read_greeting(const char *text, size_t length)
{
	char *const copy = malloc(length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	clock_ahead_by_greeting(copy, NOW);
	free(copy);
}

static void read_header(const char *text, size_t length)
{
	clock_ahead_by_header(text, length, NOW);
}

int main(void)
{
	for (size_t i = 0; i < ROWS(greetings); i++) {
		check_number(greetings[i].greeting,
			     clock_ahead_by_greeting(greetings[i].greeting, NOW),
			     greetings[i].ahead);
		check_prefixes(greetings[i].greeting, strlen(greetings[i].greeting),
			       read_greeting);
	}
	for (size_t i = 0; i < ROWS(headers); i++) {
		const size_t length = strlen(headers[i].block);

		check_number("header", clock_ahead_by_header(headers[i].block, length, NOW),
			     headers[i].ahead);
		check_prefixes(headers[i].block, length, read_header);
	}
	return check_end();
}
