/* SMTPStatus: a request is one datagram of 14 octets, and so is the answer. */
#include <openssl/crypto.h>
#include <string.h>

#include "serve/manage/manage.h"

#define VERSION_AT 2
#define RID_AT 3
#define AUTH_AT 5
#define AUTH_OCTETS 8
#define COMMAND_AT 13
#define RESULT_AT 6
#define RESULT_OCTETS 8
#define HEAD_OCTETS AUTH_AT /* signature, version and RID: the same in both directions */

enum command {
	COMMAND_CONNECTIONS,
	COMMAND_CONNECTIONS_NOW,
	COMMAND_OCTETS,
	COMMAND_TRANSFORMING,
	COMMAND_TRANSFORM_ON,
	COMMAND_TRANSFORM_OFF,
};

static const unsigned char signature[] = { 0xcf, 0xfe };

static void put_count(unsigned char *result, uint64_t count)
{
	for (size_t i = RESULT_OCTETS; i > 0; i--, count >>= 8)
		result[i - 1] = (unsigned char)count;
}

static enum smtpstatus_status run_command(struct service *service, unsigned char command,
					  unsigned char *result)
{
	struct pop3_error err;

	switch ((enum command)command) {
	case COMMAND_CONNECTIONS:
		put_count(result, service->counters.connections);
		return STATUS_DONE;
	case COMMAND_CONNECTIONS_NOW:
		put_count(result, service->counters.connections_now);
		return STATUS_DONE;
	case COMMAND_OCTETS:
		put_count(result, service->counters.octets);
		return STATUS_DONE;
	case COMMAND_TRANSFORMING:
		result[0] = service->transforming ? 0 : 1;
		return STATUS_DONE;
	case COMMAND_TRANSFORM_ON:
	case COMMAND_TRANSFORM_OFF:
		if (service_set_transforming(service, command == COMMAND_TRANSFORM_ON, &err) < 0)
			return STATUS_FAULT;
		return STATUS_DONE;
	}
	return STATUS_COMMAND;
}

static bool secret_matches(const struct service *service, const unsigned char *auth)
{
	unsigned char wanted[AUTH_OCTETS] = { 0 };
	const struct pop3_secret *const secret = service->secrets[SERVE_SMTPSTATUS];

	if (secret == NULL || secret->length == 0 || secret->length > sizeof wanted)
		return false;
	memcpy(wanted, secret->text, secret->length);
	return CRYPTO_memcmp(wanted, auth, sizeof wanted) == 0;
}

/* Shorter requests get no answer: with forged senders, longer answers would amplify traffic. */
size_t manage_smtpstatus_answer(struct service *service, const unsigned char *request,
				size_t length, unsigned char answer[MANAGE_DATAGRAM])
{
	enum smtpstatus_status status;

	if (length < MANAGE_DATAGRAM || memcmp(request, signature, sizeof signature) != 0)
		return 0;
	memset(answer, 0, MANAGE_DATAGRAM);
	memcpy(answer, request, HEAD_OCTETS);
	answer[VERSION_AT] = 0;
	if (length != MANAGE_DATAGRAM)
		status = STATUS_SIZE;
	else if (request[VERSION_AT] != 0)
		status = STATUS_VERSION;
	else if (!secret_matches(service, request + AUTH_AT))
		status = STATUS_AUTHENTICATION;
	else
		status = run_command(service, request[COMMAND_AT], answer + RESULT_AT);
	answer[MANAGE_STATUS_AT] = (unsigned char)status;
	return MANAGE_DATAGRAM;
}
