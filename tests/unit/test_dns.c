/* Answers of name servers: which records are accepted, and in which order. */
#include "cmd/setup/dns.h"

#include "check.h"

/* A header with the number of answers and a question for x.test, whose name is at offset 12. */
#define HEAD(answers) "\1\2\x81\x80\0\1\0" answers "\0\0\0\0\1x\4test\0\0\x21\0\1"
#define SRV(length, data) "\xc0\x0c\0\x21\0\1\0\0\0\x3c\0" length data
#define MX(length, data) "\xc0\x0c\0\x0f\0\1\0\0\0\x3c\0" length data

static const struct {
	const char *what;
	const char *answer;
	size_t length;
	enum dns_type type;
	const char *records; /* "priority weight port target;" for each */
} rows[] = {
	{ "one record", OCTETS(HEAD("\1") SRV("\x0a", "\0\1\0\2\3\xe3\1a\xc0\x0c")), DNS_SRV,
	  "1 2 995 a.x.test;" },
	{ "order by priority, then weight",
	  OCTETS(HEAD("\3") SRV("\x0a", "\0\2\0\2\3\xe3\1a\xc0\x0c") SRV("\x0a", "\0\1\0\2\3\xe3\1b\xc0\x0c")
		 SRV("\x0a", "\0\1\0\5\3\xe3\1c\xc0\x0c")), DNS_SRV,
	  "1 5 995 c.x.test;1 2 995 b.x.test;2 2 995 a.x.test;" },
	{ "not provided", OCTETS(HEAD("\1") SRV("\7", "\0\0\0\0\0\0\0")), DNS_SRV, "0 0 0 ;" },
	{ "a mail exchanger", OCTETS(HEAD("\1") MX("\6", "\0\x0a\1m\xc0\x0c")), DNS_MX,
	  "10 0 0 m.x.test;" },
	{ "a record of another type",
	  OCTETS(HEAD("\1") MX("\6", "\0\x0a\1m\xc0\x0c")), DNS_SRV, "" },
	{ "a record after one of another type",
	  OCTETS(HEAD("\2") MX("\6", "\0\x0a\1m\xc0\x0c") SRV("\x0a", "\0\1\0\2\3\xe3\1a\xc0\x0c")),
	  DNS_SRV, "1 2 995 a.x.test;" },
	{ "no answers", OCTETS(HEAD("\0")), DNS_SRV, "" },
	{ "an empty answer", OCTETS(""), DNS_SRV, "" },
	{ "fewer records than the header says",
	  OCTETS(HEAD("\2") SRV("\x0a", "\0\1\0\2\3\xe3\1a\xc0\x0c")), DNS_SRV,
	  "1 2 995 a.x.test;" },
	{ "a truncated record",
	  OCTETS(HEAD("\1") SRV("\x0a", "\0\1\0\2\3\xe3\1a\xc0")), DNS_SRV, "" },
	{ "a record longer than its name",
	  OCTETS(HEAD("\1") SRV("\x0b", "\0\1\0\2\3\xe3\1a\xc0\x0c!")), DNS_SRV, "" },
	{ "a name longer than its record",
	  OCTETS(HEAD("\1") SRV("\7", "\0\1\0\2\3\xe3\1a\xc0\x0c")),
	  DNS_SRV, "" },
	{ "a name that points at itself", OCTETS(HEAD("\1") SRV("\x08", "\0\1\0\2\3\xe3\xc0\x2e")), DNS_SRV, "" },
	{ "a name that is not a host name",
	  OCTETS(HEAD("\1") SRV("\x0c", "\0\1\0\2\3\xe3\3a;b\xc0\x0c")), DNS_SRV, "" },
	{ "a name that looks like an option", OCTETS(HEAD("\1") SRV("\x0b", "\0\1\0\2\3\xe3\2-a\xc0\x0c")),
	  DNS_SRV, "" },
};

static void check_row(size_t i)
{
	struct dns_record records[DNS_RECORDS_MAX];
	const size_t count = dns_parse((const unsigned char *)rows[i].answer, rows[i].length, rows[i].type, records);
	char text[1024] = "";

	for (size_t r = 0; r < count; r++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%u %u %u %s;",
			 records[r].priority, records[r].weight, records[r].port, records[r].target);
	check_text(rows[i].what, text, rows[i].records);
}

/* With more records than fit, the first ones are kept, and nothing is written after the array. */
static void check_many(void)
{
	static const unsigned char head[] = HEAD("\x20"), srv[] = SRV("\x0a", "\0\1\0\2\3\xe3\1a\xc0\x0c");
	struct dns_record records[DNS_RECORDS_MAX];
	unsigned char answer[sizeof head + 32 * sizeof srv];
	size_t length = sizeof head - 1;

	memcpy(answer, head, length);
	for (size_t i = 0; i < 32; i++, length += sizeof srv - 1)
		memcpy(answer + length, srv, sizeof srv - 1);
	check_number("many records", dns_parse(answer, length, DNS_SRV, records), DNS_RECORDS_MAX);
}

int main(void)
{
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(i);
	check_many();
	return check_end();
}
