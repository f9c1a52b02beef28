/* Answers of name servers: every record is in order, and its target a host's name or nothing. */
#include "cmd/setup/dns.h"

#include "fuzz.h"

static void check(const uint8_t *data, size_t size, enum dns_type type)
{
	struct dns_record records[DNS_RECORDS_MAX];
	const size_t count = dns_parse(data, size, type, records);

	must(count <= DNS_RECORDS_MAX, "there is room for all");
	for (size_t i = 0; i < count; i++) {
		must(memchr(records[i].target, '\0', sizeof records[i].target) != NULL, "a target ends");
		must(strpbrk(records[i].target, " /@:[]\n") == NULL, "a target is a host's name");
		must(i == 0 || records[i - 1].priority <= records[i].priority, "they are in order");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check(data, size, DNS_SRV);
	check(data, size, DNS_MX);
	return 0;
}
