/* SRV and MX records: the C library sends the query, this file parses the answer. */
#include "cmd/setup/dns.h"

#include <sys/types.h>

#include <netinet/in.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounded-call.h"
#include "base/deadline.h"

#define ANSWER_OCTETS 65535 /* largest DNS message (RFC 1035 section 4.2.2) */
#define HEADER_OCTETS 12

/* --- parsing --- */

/* An answer and the parser's position in it; at is NULL once it proved malformed. */
struct reading {
	const unsigned char *start, *at, *end;
};

static unsigned read_number(struct reading *in)
{
	unsigned number;

	if (in->at == NULL || in->end - in->at < 2) {
		in->at = NULL;
		return 0;
	}
	number = (unsigned)in->at[0] << 8 | in->at[1];
	in->at += 2;
	return number;
}

static void skip(struct reading *in, size_t length)
{
	if (in->at != NULL)
		in->at = (size_t)(in->end - in->at) >= length ? in->at + length : NULL;
}

static void read_name(struct reading *in, char name[NS_MAXDNAME])
{
	const int length =
		in->at != NULL ? dn_expand(in->start, in->end, in->at, name, NS_MAXDNAME) : -1;

	if (length >= 0)
		skip(in, (size_t)length);
	else
		in->at = NULL;
}

/* Only names that can be a host's are passed on. */
static bool is_host_name(const char *name)
{
	return strlen(name) < DNS_NAME_OCTETS && name[0] != '-' &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789.-")] == '\0';
}

/* The most preferred first: by priority, then by weight. */
static void insert(struct dns_record *records, size_t *count, const struct dns_record *new)
{
	size_t i = *count;

	if (i == DNS_RECORDS_MAX)
		return;
	for (; i > 0 && (records[i - 1].priority > new->priority ||
			 (records[i - 1].priority == new->priority &&
			  records[i - 1].weight < new->weight)); i--)
		records[i] = records[i - 1];
	records[i] = *new;
	(*count)++;
}

size_t dns_parse(const unsigned char *answer, size_t length, enum dns_type type,
		 struct dns_record records[DNS_RECORDS_MAX])
{
	struct reading in = { answer, answer, answer + length };
	char name[NS_MAXDNAME];
	unsigned questions, answers;
	size_t count = 0;

	skip(&in, 4);
	questions = read_number(&in);
	answers = read_number(&in);
	skip(&in, HEADER_OCTETS - 8);
	for (; in.at != NULL && questions > 0; questions--) {
		read_name(&in, name);
		skip(&in, 4);
	}
	for (; in.at != NULL && answers > 0; answers--) {
		struct dns_record record = { 0 };
		struct reading data;
		unsigned found;

		read_name(&in, name);
		found = read_number(&in);
		skip(&in, 6); /* class and time to live */
		length = read_number(&in);
		data = in;
		skip(&in, length);
		if (in.at == NULL || found != type)
			continue;
		record.priority = (uint16_t)read_number(&data);
		if (type == DNS_SRV) {
			record.weight = (uint16_t)read_number(&data);
			record.port = (uint16_t)read_number(&data);
		}
		read_name(&data, name);
		if (data.at != in.at || !is_host_name(name))
			continue;
		memcpy(record.target, name, strlen(name) + 1);
		insert(records, &count, &record);
	}
	return count;
}

/* --- querying --- */

struct question {
	struct bounded_call call; /* first: the thread receives a pointer to it */
	enum dns_type type;
	int length; /* of the answer; -1 = none, see reason */
	int reason;
	unsigned char answer[ANSWER_OCTETS];
	char name[];
};

static void ask_resolver(struct bounded_call *call)
{
	struct question *const q = (struct question *)call;

	q->length = res_query(q->name, ns_c_in, (int)q->type, q->answer, sizeof q->answer);
	q->reason = h_errno;
}

static void release_question(struct bounded_call *call)
{
	free(call);
}

int dns_ask(const char *name, enum dns_type type, const struct pop3_timeouts *timeouts,
	    struct dns_record records[DNS_RECORDS_MAX], size_t *count, struct pop3_error *err)
{
	const int64_t deadline = deadline_after(timeouts, timeouts->connect_ms);
	struct question *const q = calloc(1, sizeof *q + strlen(name) + 1);
	int result;

	*count = 0;
	if (q == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	q->call = (struct bounded_call){ .work = ask_resolver, .release = release_question };
	q->type = type;
	memcpy(q->name, name, strlen(name) + 1);
	result = bounded_call_run(&q->call, timeouts, deadline, err);
	if (result < 0) {
		pop3_context(err, "looking up '%s'", name);
	} else if (q->length >= 0) {
		const size_t length = (size_t)q->length; /* of the whole answer, even if cut off */

		*count = dns_parse(q->answer, length < sizeof q->answer ? length : sizeof q->answer,
				   type, records);
	} else if (q->reason != HOST_NOT_FOUND && q->reason != NO_DATA) {
		result = pop3_fail(err, POP3_E_TIMEOUT, "no name server answered a query for '%s'",
				   name);
	}
	bounded_call_leave(&q->call); /* frees q */
	/* cppcheck-suppress memleak */
	return result;
}
