/*
 * The server's side of the management protocols: every request gets a well-formed answer, and
 * nothing changes without the secret. A line begins with its protocol's letter; "@" in it stands
 * for the directory of the mailboxes.
 */
#include "scratch.h"
#include "serve/manage/manage.h"

static char secret_text[] = "secret";
static const struct pop3_secret secret = { secret_text, 6, sizeof secret_text };

static int move(void *of, const char *address, uint16_t port, struct pop3_error *err)
{
	(void)of, (void)address;
	return port == 9 ? pop3_fail(err, POP3_E_CONNECT, "taken") : 0;
}

static const char *address(void *of)
{
	(void)of;
	return "127.0.0.1";
}

static const struct manage_protocol *protocol_of(unsigned letter)
{
	return letter == 'P' ? &manage_peep : letter == 'S' ? &manage_spscmp : &manage_monitor;
}

/* False for paths outside the directory, which the server could otherwise remove. */
static bool expand(const struct input *line, struct buffer *out)
{
	size_t word = 0;

	for (size_t i = 0; i < line->length; i++) {
		const char octet = line->data[i];

		if (octet == '/' &&
		    strncmp(buffer_text(out) + word, scratch(), strlen(scratch())) != 0)
			return false;
		if (octet == '@')
			buffer_append_text(out, scratch());
		else
			buffer_append_octet(out, octet);
		if (octet == ' ' || octet == '=')
			word = out->length;
	}
	return memmem(buffer_text(out), out->length, "..", 2) == NULL;
}

static void check_answer(const struct buffer *answer)
{
	const char *const text = buffer_text(answer);

	must(answer->length >= 2 && memcmp(text + answer->length - 2, "\r\n", 2) == 0,
	     "an answer ends with CRLF");
	must(strchr("+-OE", text[0]) != NULL, "an answer has a status");
	for (size_t i = 0; i < answer->length; i++)
		must((unsigned char)text[i] >= ' ' || text[i] == '\r' || text[i] == '\n',
		     "an answer consists of lines");
}

/* Continues a request whose password has been hashed, which is immediate here. */
static void give_password(struct manage_dialogue *dialogue,
			  const struct manage_protocol *protocol, struct buffer *answer)
{
	const struct new_password *const password = &dialogue->password;
	struct service *const service = dialogue->service;
	struct pop3_error err;
	const int result = password->is_new
				   ? service_add_user(service, password->name, "=pw", &err)
				   : users_set_hash(&service->users, password->name, "=pw", &err);

	must(answer->length == 0, "no answer is sent before the password is hashed");
	protocol->hashed(result == 0 ? NULL : &err, answer);
}

static void ask(struct service *service, struct input line, bool *logged_in)
{
	const struct manage_protocol *const protocol = protocol_of(input_octet(&line));
	struct manage_dialogue dialogue = { .service = service, .logged_in = *logged_in };
	const size_t users = service->users.count;
	struct buffer request = { 0 }, answer = { 0 };

	if (expand(&line, &request) && request.length <= protocol->line_max) {
		const struct input whole = { buffer_text(&request), request.length };
		const bool knows = memmem(whole.data, whole.length, "secret", 6) != NULL;
		char *const copy = input_copy(&whole);

		if (protocol->answer(&dialogue, copy, request.length, &answer) == MANAGE_HASHES)
			give_password(&dialogue, protocol, &answer);
		check_answer(&answer);
		if (!protocol->wants_secret)
			dialogue.logged_in = *logged_in;
		must(dialogue.logged_in == *logged_in || knows, "logging in requires the secret");
		must(service->users.count == users || knows || *logged_in,
		     "changing a user requires the secret");
		*logged_in = dialogue.logged_in;
		free(copy);
	}
	buffer_release(&dialogue.arguments);
	buffer_release(&request);
	buffer_release(&answer);
}

static void send_datagram(struct service *service, const struct input *line)
{
	char *const request = input_copy(line);
	unsigned char answer[MANAGE_DATAGRAM];
	const size_t length = manage_smtpstatus_answer(service, (unsigned char *)request,
						       line->length, answer);

	must(length == 0 || length == MANAGE_DATAGRAM, "an answer is a complete datagram or none");
	must(length == 0 || (line->length >= 5 && memcmp(answer + 3, request + 3, 2) == 0),
	     "an answer has the ID of its request");
	free(request);
}

static void open_service(struct service *service, struct buffer *root, struct buffer *users)
{
	static const struct service_sockets sockets = { .move = move, .address = address };
	struct serve_settings settings = {
		.max_connections = 8, .max_users = 3, .secrets = { &secret, &secret, &secret },
		.root = scratch_name(root, "root"), .users = scratch_name(users, "users"),
	};
	struct pop3_error err;

	scratch_write("users", OCTETS("ann:=pw\n"));
	must(service_open(service, &settings, &err) == 0, "the service can be opened");
	service->sockets = &sockets;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input rest = input_of(data, size);
	struct buffer root = { 0 }, users = { 0 };
	struct service service;
	bool logged_in = false;

	open_service(&service, &root, &users);
	while (rest.length > 0) {
		const struct input line = input_until(&rest, '\n');

		if (line.length > 0 && line.data[0] == 'D')
			send_datagram(&service, &(struct input){ line.data + 1, line.length - 1 });
		else
			ask(&service, line, &logged_in);
	}
	service_release(&service);
	buffer_release(&root);
	buffer_release(&users);
	return 0;
}
