/*
 * A POP3 server that uses almost no CPU time: canned MESSAGES OCTETS. All its messages are the same
 * octets, generated once; it prints its port and serves one connection after the other, forever.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define LINE 78 /* octets per line of text */
#define BLOCK (840 * LINE)
#define PARTS 1024 /* of answers, collected before a write; Linux's IOV_MAX */
#define INPUT 65536
#define FIRST_UID 1000000000 /* so that UIDs sort as strings, too */
#define ARGUMENTS 4096 /* octets of answers that depend on the arguments */

static const char header[] = "From: ann@example.org\r\nTo: bob@example.org\r\n"
			     "Date: Mon, 2 Jan 2023 03:04:05 +0000\r\nSubject: canned\r\n\r\n";
static const char end_of_body[] = ".\r\n";

static struct {
	unsigned messages;
	size_t lines; /* per message */
	char block[BLOCK];
	char *list, *uidl;
	char status[64]; /* line for RETR */
} maildrop;

/* --- collecting answers --- */

struct answers {
	int fd;
	struct iovec parts[PARTS];
	int count;
	char made[ARGUMENTS];
	size_t made_length;
	bool quit;
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void write_out(struct answers *a)
{
	struct iovec *part = a->parts;
	int left = a->count;

	while (left > 0 && !a->quit) {
		ssize_t put = writev(a->fd, part, left);

		a->quit = put < 0;
		for (; left > 0 && put >= (ssize_t)part->iov_len; part++, left--)
			put -= (ssize_t)part->iov_len;
		if (left > 0 && put > 0) {
			part->iov_base = (char *)part->iov_base + put;
			part->iov_len -= (size_t)put;
		}
	}
	a->count = 0;
	a->made_length = 0;
}

static void say(struct answers *a, const char *octets, size_t length)
{
	if (a->count == PARTS)
		write_out(a);
	a->parts[a->count++] = (struct iovec){ (char *)octets, length };
}

static void say_text(struct answers *a, const char *text)
{
	say(a, text, strlen(text));
}

static void say_numbers(struct answers *a, unsigned first, const char *prefix, size_t second)
{
	char *text;

	if (a->made_length + 64 > sizeof a->made)
		write_out(a);
	text = a->made + a->made_length;
	a->made_length += (size_t)snprintf(text, 64, "+OK %u %s%zu\r\n", first, prefix, second) + 1;
	say_text(a, text);
}

/* --- verbs --- */

static size_t octets_of_message(void)
{
	return sizeof header - 1 + maildrop.lines * LINE;
}

static void answer_capa(struct answers *a, const char *argument)
{
	(void)argument;
	say_text(a, "+OK\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nUSER\r\n.\r\n");
}

static void answer_ok(struct answers *a, const char *argument)
{
	(void)argument;
	say_text(a, "+OK\r\n");
}

static void answer_stat(struct answers *a, const char *argument)
{
	(void)argument;
	say_numbers(a, maildrop.messages, "", maildrop.messages * octets_of_message());
}

static void answer_list(struct answers *a, const char *argument)
{
	if (*argument != '\0')
		say_numbers(a, (unsigned)strtol(argument, NULL, 10), "", octets_of_message());
	else
		say_text(a, maildrop.list);
}

static void answer_uidl(struct answers *a, const char *argument)
{
	const unsigned number = (unsigned)strtol(argument, NULL, 10);

	if (*argument != '\0')
		say_numbers(a, number, "uid-", FIRST_UID + number);
	else
		say_text(a, maildrop.uidl);
}

static void answer_retr(struct answers *a, const char *argument)
{
	size_t left = maildrop.lines * LINE;

	(void)argument;
	say_text(a, maildrop.status);
	say(a, header, sizeof header - 1);
	for (; left > BLOCK; left -= BLOCK)
		say(a, maildrop.block, BLOCK);
	say(a, maildrop.block, left);
	say_text(a, end_of_body);
}

static void answer_top(struct answers *a, const char *argument)
{
	(void)argument;
	say_text(a, "+OK\r\n");
	say(a, header, sizeof header - 1);
	say_text(a, end_of_body);
}

static void answer_quit(struct answers *a, const char *argument)
{
	answer_ok(a, argument);
	write_out(a);
	a->quit = true;
}

static const struct {
	const char *name;
	void (*answer)(struct answers *, const char *argument);
} verbs[] = {
	{ "RETR", answer_retr }, { "TOP", answer_top },	  { "LIST", answer_list },
	{ "UIDL", answer_uidl }, { "STAT", answer_stat }, { "CAPA", answer_capa },
	{ "USER", answer_ok },	 { "PASS", answer_ok },
	{ "DELE", answer_ok },	 { "NOOP", answer_ok },	  { "RSET", answer_ok },
	{ "QUIT", answer_quit },
};

static void obey(struct answers *a, char *line)
{
	char *const argument = line + strcspn(line, " \r");

	if (*argument == ' ')
		*argument = '\0';
	else
		argument[0] = argument[1] = '\0';
	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
		if (strcasecmp(line, verbs[i].name) == 0) {
			verbs[i].answer(a, argument + 1);
			return;
		}
	say_text(a, "-ERR\r\n");
}

/* --- connections --- */

static void serve(int fd)
{
	static char input[INPUT];
	static struct answers answers;
	size_t held = 0;
	ssize_t got;

	answers = (struct answers){ .fd = fd };
	say_text(&answers, "+OK ready\r\n");
	write_out(&answers);
	while (!answers.quit && (got = read(fd, input + held, sizeof input - held)) > 0) {
		char *line = input, *lf;

		held += (size_t)got;
		while (!answers.quit && (lf = memchr(line, '\n', held)) != NULL) {
			held -= (size_t)(lf + 1 - line);
			*lf = '\0';
			obey(&answers, line);
			line = lf + 1;
		}
		memmove(input, line, held);
		write_out(&answers);
	}
	close(fd);
}

static char *make_list(const char *prefix, size_t first, size_t step)
{
	const size_t room = (size_t)maildrop.messages * 32 + 16;
	char *const text = malloc(room);
	size_t length;

	if (text == NULL)
		fail("malloc");
	length = (size_t)snprintf(text, room, "+OK\r\n");
	for (unsigned i = 1; i <= maildrop.messages; i++)
		length += (size_t)snprintf(text + length, room - length, "%u %s%zu\r\n", i,
					   prefix, first + i * step);
	snprintf(text + length, room - length, ".\r\n");
	return text;
}

static void make_maildrop(unsigned messages, size_t octets)
{
	maildrop.messages = messages;
	maildrop.lines = octets > sizeof header ? (octets - sizeof header) / LINE + 1 : 1;
	memset(maildrop.block, 'x', sizeof maildrop.block);
	for (size_t end = LINE; end <= sizeof maildrop.block; end += LINE)
		memcpy(maildrop.block + end - 2, "\r\n", 2);
	snprintf(maildrop.status, sizeof maildrop.status, "+OK %zu octets\r\n",
		 octets_of_message());
	maildrop.list = make_list("", octets_of_message(), 0);
	maildrop.uidl = make_list("uid-", FIRST_UID, 1);
}

int main(int count, char **arguments)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (count != 3)
		return fputs("usage: canned MESSAGES OCTETS\n", stderr), 2;
	signal(SIGPIPE, SIG_IGN);
	make_maildrop((unsigned)strtol(arguments[1], NULL, 10), strtoul(arguments[2], NULL, 10));
	if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 16) < 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) < 0)
		fail("listen");
	printf("%u\n", ntohs(address.sin_port));
	fflush(stdout);
	for (;;) {
		const int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		serve(fd);
	}
}
