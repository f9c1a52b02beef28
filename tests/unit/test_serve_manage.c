/* Requests and answers of the management protocols, without a socket. */
#include <unistd.h>

#include "check.h"
#include "serve/manage/manage.h"

enum which { PEEP, SPSCMP, MONITOR };

static const struct manage_protocol *const protocols[] = {
	[PEEP] = &manage_peep, [SPSCMP] = &manage_spscmp, [MONITOR] = &manage_monitor,
};

static int move(void *of, const char *address, uint16_t port, struct pop3_error *err)
{
	(void)of;
	(void)address;
	return port == 9 ? pop3_fail(err, POP3_E_CONNECT, "taken") : 0;
}

static const char *address(void *of)
{
	(void)of;
	return "127.0.0.1";
}

static const struct service_sockets sockets = { .move = move, .address = address };

/* Run in this order on one service with the root /tmp and without users. */
static const struct {
	enum which which;
	const char *line;
	size_t length;
	const char *answer;
	enum manage_next next;
} exchanges[] = {
	{ PEEP, OCTETS("u?"), "-0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("x?"), "-0\r\n", MANAGE_UNKNOWN },
	{ PEEP, OCTETS("Host: here"), "-0\r\n", MANAGE_UNKNOWN },
	{ PEEP, OCTETS(""), "-0\r\n", MANAGE_UNKNOWN },
	{ PEEP, OCTETS("cc?"), "-0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("a root secre"), "-2\r\n", MANAGE_REFUSED },
	{ PEEP, OCTETS("a root secret2"), "-2\r\n", MANAGE_REFUSED },
	{ PEEP, OCTETS("a root secret"), "+\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("x?"), "-0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("cap?"), "+10\r\na\r\nc=1-100000\r\nt=0-86400\r\n"
				"ms=0-18446744073709551615\r\npc=\r\npc?\r\ncs?\r\nk-\r\n"
				"us?\r\nl?\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("ms?"), "+0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("ms= 1000"), "+\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("ms?"), "+1000\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("ms= -1"), "-10\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("ms= x"), "-1\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("pc= top off"), "+\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("pc= UIDL off"), "+\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("pc?"), "+2\r\nUIDL\r\nTOP\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("pc= TOP on"), "+\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("pc= QUIT off"), "-1\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("pc= TOP maybe"), "-1\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("pc= TOP"), "-1\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("cs?"), "+0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("us?"), "+0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("l?"), "+0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("k- ann"), "-4\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("c= 15"), "+\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("c?"), "+15\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("c= 100001"), "-5\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("c= x"), "-1\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("c= -1"), "-5\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("c= 0"), "-5\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("c= 99999999999999999999999999"), "-5\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("c= -99999999999999999999999999"), "-5\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("t= -1"), "-7\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("t= 18446744073709551616"), "-7\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("t= -"), "-1\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("t= 1.5"), "-1\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS(" u?"), "-0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("a root secret"), "-0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("a root wrong"), "-0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("t= 0"), "+\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("t? surplus"), "+0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("t="), "-1\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("u?"), "+0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("u- ann"), "-4\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("u-\0ann"), "-1\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("u+ a/b pw"), "-1\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("u+ ann pw"), "", MANAGE_HASHES },
	{ PEEP, OCTETS("u?"), "+0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("cu?"), "+0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("rb?"), "+100\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("hc?"), "+2\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("m?"), "+/tmp\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("m= tmp"), "-6\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("m=/tmp"), "-0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS(""), "-0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS(" "), "-0\r\n", MANAGE_GOES_ON },
	{ PEEP, OCTETS("q"), "+\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret METRICS"), "OK\r\n1\r\n2\r\n100\r\n.\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret metrics"), "OK\r\n1\r\n2\r\n100\r\n.\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret MAXUSERS 0"), "ERR\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret MAXUSERS 1"), "OK\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret ADDUSER a/b pw"), "ERR\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret ADDUSER ann pw"), "", MANAGE_HASHES },
	{ SPSCMP, OCTETS("secret ADDUSER ann"), "ERR\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret UPDATEPASS ann pw"), "ERR\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret LISTUSERS"), "OK\r\n.\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret LISTUSERS x"), "ERR\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret LOGS"), "OK\r\n.\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret"), "ERR\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("secret\0 LOGS"), "ERR\r\n", MANAGE_ENDS },
	{ SPSCMP, OCTETS("Secret LOGS"), "ERR\r\n", MANAGE_REFUSED_ENDS },
	{ SPSCMP, OCTETS(""), "ERR\r\n", MANAGE_ENDS },
	{ MONITOR, OCTETS("METR"), "+OK 1;100;0;0\r\n", MANAGE_GOES_ON },
	{ MONITOR, OCTETS("INFO"), "+OK host;/tmp;127.0.0.1\r\n", MANAGE_GOES_ON },
	{ MONITOR, OCTETS("TRAN 1"), "+OK\r\n", MANAGE_GOES_ON },
	{ MONITOR, OCTETS("TRAN"), "-ERR Bad argument\r\n", MANAGE_GOES_ON },
	{ MONITOR, OCTETS("METR 1"), "-ERR Bad argument\r\n", MANAGE_GOES_ON },
	{ MONITOR, OCTETS("TRAN\0001"), "-ERR Unknown command\r\n", MANAGE_UNKNOWN },
	{ MONITOR, OCTETS("PORT 110"), "+OK\r\n", MANAGE_GOES_ON },
	{ MONITOR, OCTETS("PORT 9"), "-ERR Cannot listen there\r\n", MANAGE_GOES_ON },
	{ MONITOR, OCTETS("DIRR /tmp"), "-ERR Not a usable path\r\n", MANAGE_GOES_ON },
	{ MONITOR, OCTETS("DIRR /tmp/"), "+OK\r\n", MANAGE_GOES_ON },
	{ MONITOR, OCTETS("FOOO"), "-ERR Unknown command\r\n", MANAGE_UNKNOWN },
	{ MONITOR, OCTETS("MET"), "-ERR Unknown command\r\n", MANAGE_UNKNOWN },
	{ MONITOR, OCTETS(""), "-ERR Unknown command\r\n", MANAGE_UNKNOWN },
	{ MONITOR, OCTETS("LOGG"), "+OK Log follows\r\n.\r\n", MANAGE_GOES_ON },
	{ MONITOR, OCTETS("QUIT"), "+OK Goodbye\r\n", MANAGE_ENDS },
};

static void check_exchange(struct manage_dialogue *dialogue, size_t row)
{
	const size_t length = exchanges[row].length;
	char *const line = calloc(1, length + 1);
	struct buffer out = { 0 };
	enum manage_next next;

	memcpy(line, exchanges[row].line, length);
	next = protocols[exchanges[row].which]->answer(dialogue, line, length, &out);
	check_octets(exchanges[row].line, buffer_text(&out), out.length, exchanges[row].answer,
		     strlen(exchanges[row].answer));
	check_number("what the connection does next", next, exchanges[row].next);
	buffer_release(&out);
	free(line);
}

static const struct {
	const char *line;
	size_t length;
	bool http;
} lines[] = {
	{ OCTETS("POST / HTTP/1.1"), true },
	{ OCTETS("GET /TRAN%201 HTTP/1.0"), true },
	{ OCTETS("PRI * HTTP/2.0"), true },
	{ OCTETS("METR"), false },
	{ OCTETS("DIRR /srv/HTTP/"), false },
	{ OCTETS("a HTTP/ secret"), false },
	{ OCTETS("a HTTP"), false },
	{ OCTETS(""), false },
};

static void check_line(size_t row)
{
	check_number(lines[row].line, manage_is_http(lines[row].line, lines[row].length),
		     lines[row].http);
}

#define AUTH "secret\0\0"

static const struct {
	const char *name;
	const char *request;
	size_t length;
	const char *answer; /* "" = no answer */
	size_t answer_length;
} datagrams[] = {
	{ "connections ever", OCTETS("\xcf\xfe\0\x12\x34" AUTH "\0"),
	  OCTETS("\xcf\xfe\0\x12\x34\0\0\0\0\0\0\0\0\2") },
	{ "connections now", OCTETS("\xcf\xfe\0\x12\x34" AUTH "\1"),
	  OCTETS("\xcf\xfe\0\x12\x34\0\0\0\0\0\0\0\0\1") },
	{ "transformation is on", OCTETS("\xcf\xfe\0\x12\x34" AUTH "\3"),
	  OCTETS("\xcf\xfe\0\x12\x34\0\0\0\0\0\0\0\0\0") },
	{ "turn it off", OCTETS("\xcf\xfe\0\x12\x34" AUTH "\5"),
	  OCTETS("\xcf\xfe\0\x12\x34\0\0\0\0\0\0\0\0\0") },
	{ "it is off", OCTETS("\xcf\xfe\0\xff\xfe" AUTH "\3"),
	  OCTETS("\xcf\xfe\0\xff\xfe\0\1\0\0\0\0\0\0\0") },
	{ "wrong secret", OCTETS("\xcf\xfe\0\x12\x34" "secret\0x" "\0"),
	  OCTETS("\xcf\xfe\0\x12\x34\1\0\0\0\0\0\0\0\0") },
	{ "wrong version", OCTETS("\xcf\xfe\1\x12\x34" "secret\0x" "\0"),
	  OCTETS("\xcf\xfe\0\x12\x34\2\0\0\0\0\0\0\0\0") },
	{ "wrong command", OCTETS("\xcf\xfe\0\x12\x34" AUTH "\6"),
	  OCTETS("\xcf\xfe\0\x12\x34\3\0\0\0\0\0\0\0\0") },
	{ "too long", OCTETS("\xcf\xfe\0\x12\x34" AUTH "\0\0"),
	  OCTETS("\xcf\xfe\0\x12\x34\4\0\0\0\0\0\0\0\0") },
	{ "too short", OCTETS("\xcf\xfe\0\x12\x34" AUTH), OCTETS("") },
	{ "wrong signature", OCTETS("\xcf\xff\0\x12\x34" AUTH "\0"), OCTETS("") },
	{ "nothing", OCTETS(""), OCTETS("") },
};

static void check_datagram(struct service *service, size_t row)
{
	unsigned char answer[MANAGE_DATAGRAM];
	unsigned char *const request = malloc(datagrams[row].length);
	size_t length;

	memcpy(request, datagrams[row].request, datagrams[row].length);
	length = manage_smtpstatus_answer(service, request, datagrams[row].length, answer);
	check_octets(datagrams[row].name, (const char *)answer, length, datagrams[row].answer,
		     datagrams[row].answer_length);
	free(request);
}

int main(void)
{
	char text[] = "secret", root[] = "/tmp";
	const struct pop3_secret secret = { .text = text, .length = sizeof text - 1 };
	struct service service = {
		.counters = { .connections = 2, .connections_now = 1, .messages = 1,
			      .octets = 100 },
		.max_connections = 10, .max_users = 10, .host = "host", .root = strdup(root),
		.secrets = { &secret, &secret, &secret }, .can_transform = true, .sockets = &sockets,
	};
	struct manage_dialogue dialogue = { .service = &service };
	char path[] = "/tmp/test_serve_manage.XXXXXX";
	struct pop3_error err;
	const int fd = mkstemp(path);

	if (fd < 0 || users_open(&service.users, path, &err) < 0)
		return 1;
	LIST_INIT(&service.online);
	for (size_t row = 0; row < ROWS(exchanges); row++)
		check_exchange(&dialogue, row);
	for (size_t row = 0; row < ROWS(lines); row++)
		check_line(row);
	for (size_t row = 0; row < ROWS(datagrams); row++)
		check_datagram(&service, row);
	buffer_release(&dialogue.arguments);
	service_release(&service);
	close(fd);
	unlink(path);
	return check_end();
}
