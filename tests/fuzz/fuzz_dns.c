/* Answers of name servers: the records are sorted, and a target is a host name or empty. */
#include "cmd/setup/dns.h"

#include "fuzz.h"

static void check(const uint8_t *data, size_t size, enum dns_type type)
{
	struct dns_record records[DNS_RECORDS_MAX];
	const size_t count = dns_parse(data, size, type, records);

	must(count <= DNS_RECORDS_MAX, "no more records than fit");
	for (size_t i = 0; i < count; i++) {
		must(memchr(records[i].target, '\0', sizeof records[i].target) != NULL,
		     "a target ends with NUL");
		must(strpbrk(records[i].target, " /@:[]\n") == NULL, "a target is a host name");
		must(i == 0 || records[i - 1].priority <= records[i].priority,
		     "records are sorted by priority");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(data, size, DNS_SRV);
	check(data, size, DNS_MX);
	return 0;
}
