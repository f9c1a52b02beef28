/*
 * The whole server except its sockets, against any client: each line gets one well-formed answer,
 * in any chunks; messages are sent as stored; QUIT removes marked messages, and nothing else is
 * ever removed; and no user name leads out of the directory of mailboxes.
 */
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "cheap-crypt.h"
#include "scratch.h"
#include "serve/server.h"
#include "serve/session/client.h"
#include "stuffing.h"

#define MESSAGES 3
#define TURNS 20000 /* more than any session takes */

static const struct {
	const char *file, *stored, *sent;
} messages[MESSAGES] = {
	{ "1.a.h", "Subject: one\n\nfirst\n.dot\n", "Subject: one\r\n\r\nfirst\r\n.dot\r\n" },
	{ "2.b.h", "Subject: two\r\n\r\n..\r\n.\r\n", "Subject: two\r\n\r\n..\r\n.\r\n" },
	{ "3.c.h", "no end", "no end\r\n" },
};

static struct server server;

/* --- the mailboxes: ann's, whose password is known, and bob's --- */

/* Whether ann has the message, in new or cur. */
static bool has_message(size_t i)
{
	struct buffer fresh = { 0 }, seen = { 0 };
	bool there;

	scratch_name(&fresh, "root/ann/new/");
	scratch_name(&seen, "root/ann/cur/");
	buffer_append_text(&fresh, messages[i].file);
	buffer_append_format(&seen, "%s:2,", messages[i].file);
	there = access(fresh.data, F_OK) == 0 || access(seen.data, F_OK) == 0;
	buffer_release(&fresh);
	buffer_release(&seen);
	return there;
}

static void fill_mailbox(void)
{
	struct buffer path = { 0 };

	scratch_empty(scratch_name(&path, "root/ann"));
	scratch_directory("root/ann");
	scratch_directory("root/ann/new");
	scratch_directory("root/ann/cur");
	scratch_directory("root/ann/tmp");
	for (size_t i = 0; i < MESSAGES; i++) {
		struct buffer name = { 0 };

		buffer_append_format(&name, "root/ann/new/%s", messages[i].file);
		scratch_write(name.data, messages[i].stored, strlen(messages[i].stored));
		buffer_release(&name);
	}
	buffer_release(&path);
}

static size_t count_entries(const char *name)
{
	struct buffer path = { 0 };
	DIR *const directory = opendir(scratch_name(&path, name));
	const struct dirent *entry;
	size_t count = 0;

	while (directory != NULL && (entry = readdir(directory)) != NULL)
		count += entry->d_name[0] != '.';
	closedir(directory);
	buffer_release(&path);
	return count;
}

static void set_up(void)
{
	static const char users[] = "ann:=secret\nbob:=nobody guesses this\n";
	static struct serve_settings settings = { .max_connections = 8, .max_users = 8 };
	static struct buffer root, users_file;
	struct pop3_error err;

	scratch_directory("root");
	scratch_directory("root/bob");
	scratch_directory("root/bob/new");
	scratch_write("root/bob/new/1.b.h", OCTETS("bob's secret\n"));
	scratch_write("users", users, strlen(users));
	settings.root = scratch_name(&root, "root");
	settings.users = scratch_name(&users_file, "users");
	server.settings = &settings;
	server.log.fd = -1;
	server.base = event_base_new();
	server.workers = workers_start(server.base, &err);
	server.decoy_hash = strdup("=");
	LIST_INIT(&server.clients);
	TAILQ_INIT(&server.waiting);
	LIST_INIT(&server.sessions);
	must(server.workers != NULL && service_open(&server.service, &settings, &err) == 0,
	     "the server can be set up");
}

/* --- one session --- */

static void push(int fd, struct input *rest, size_t step)
{
	const struct input chunk = input_take(rest, step);
	const ssize_t put = send(fd, chunk.data, chunk.length, MSG_NOSIGNAL);
	const size_t left = put < 0 ? chunk.length : chunk.length - (size_t)put;

	rest->data -= left;
	rest->length += left;
	if (rest->length == 0)
		shutdown(fd, SHUT_WR);
}

static void pull(int fd, struct buffer *out)
{
	char octets[4096];
	ssize_t got;

	while ((got = read(fd, octets, sizeof octets)) > 0)
		buffer_append(out, octets, (size_t)got);
}

/* Runs what threads and timers have pending, without the delay of refusals. */
static void turn(void)
{
	struct client *const client = LIST_FIRST(&server.clients);

	event_base_loop(server.base, client != NULL && client_is_in_thread(client) ? EVLOOP_ONCE
										   : EVLOOP_NONBLOCK);
	if (client != NULL && client == LIST_FIRST(&server.clients) &&
	    client->phase == CLIENT_REFUSING)
		event_active(client->timer, EV_TIMEOUT, 1);
}

static void converse(struct input script, size_t step, struct buffer *out)
{
	const struct sockaddr_in here = { .sin_family = AF_INET,
					  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	size_t turns = 0;
	int ends[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0,
	     "sockets can be created");
	client_open(&server, ends[0], (const struct sockaddr *)&here, false);
	while (!LIST_EMPTY(&server.clients)) {
		push(ends[1], &script, step);
		turn();
		pull(ends[1], out);
		must(turns++ < TURNS, "a session ends");
	}
	pull(ends[1], out);
	close(ends[1]);
}

/* --- the answers --- */

struct answers {
	struct input left;
	bool marked[MESSAGES];
	bool in_auth; /* the next line is a response, not a command */
	bool has_quit;
};

static struct input next_line(struct answers *a)
{
	const struct input line = input_until(&a->left, '\n');

	must(line.length > 0 && line.data[line.length] == '\n' &&
		     line.data[line.length - 1] == '\r',
	     "the lines of an answer end with CRLF");
	return line;
}

static bool starts(const char *line, const char *verb)
{
	return strncasecmp(line, verb, strlen(verb)) == 0 &&
	       (line[strlen(verb)] == ' ' || line[strlen(verb)] == '\0');
}

/* The message that the command names, if it exists. */
static size_t index_of(const char *line)
{
	const size_t number = strtoul(line + strcspn(line, " "), NULL, 10);

	must(number >= 1 && number <= MESSAGES, "a command for a missing message is refused");
	return number - 1;
}

static void check_message(struct answers *a, const char *line)
{
	const size_t i = index_of(line);
	struct buffer body = { 0 };
	const ptrdiff_t taken = stuffing_undo(a->left.data, a->left.length, false, &body);

	must(taken > 0, "a message has an end");
	must(!a->marked[i], "a marked message is not sent");
	must(strncmp(messages[i].sent, buffer_text(&body), body.length) == 0,
	     "a message is sent as stored");
	must(starts(line, "TOP") || body.length == strlen(messages[i].sent),
	     "RETR sends the complete message");
	input_take(&a->left, (size_t)taken);
	buffer_release(&body);
}

static void check_list(struct answers *a)
{
	struct input line;

	do
		line = next_line(a);
	while (line.length != 2 || line.data[0] != '.');
}

static void note_success(struct answers *a, const char *line)
{
	const char *const rest = line + strcspn(line, " ");
	const bool is_alone = rest[strspn(rest, " ")] == '\0';

	if (starts(line, "RETR") || starts(line, "TOP"))
		check_message(a, line);
	else if (starts(line, "CAPA") ||
		 (is_alone && (starts(line, "LIST") || starts(line, "UIDL"))))
		check_list(a);
	else if (starts(line, "DELE"))
		a->marked[index_of(line)] = true;
	else if (starts(line, "RSET"))
		memset(a->marked, 0, sizeof a->marked);
	else if (starts(line, "QUIT"))
		a->has_quit = true;
}

/* Checks one line of the client and its answer. */
static void check_answer(struct answers *a, const char *line)
{
	const bool is_response = a->in_auth;
	const struct input status = next_line(a);
	const bool ok = status.length > 3 && memcmp(status.data, "+OK", 3) == 0;

	a->in_auth = status.length == 3 && memcmp(status.data, "+ ", 2) == 0;
	must(ok || a->in_auth || memcmp(status.data, "-ERR ", 5) == 0, "an answer has a status");
	must(!a->in_auth || (!is_response && starts(line, "AUTH")), "only AUTH continues");
	if (ok && !is_response)
		note_success(a, line);
}

static void check(struct input script, const struct buffer *out)
{
	struct answers answers = { .left = { out->data, out->length } };
	const struct input greeting = next_line(&answers);

	must(memcmp(greeting.data, "+OK ", 4) == 0, "a client is greeted");
	while (answers.left.length > 0) {
		struct input line = input_until(&script, '\n');
		char *text;

		must(!answers.has_quit, "nothing follows the answer to QUIT");
		must(line.data < script.data, "every answer belongs to a line");
		if (line.length > 0 && line.data[line.length - 1] == '\r')
			line.length--;
		text = input_copy(&line);
		check_answer(&answers, text);
		free(text);
	}
	for (size_t i = 0; i < MESSAGES; i++)
		must(has_message(i) == !(answers.has_quit && answers.marked[i]),
		     "QUIT removes exactly the marked messages");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 2, 7, 50 };
	struct input script = input_of(data, size);
	const size_t step = steps[input_octet(&script) % 4];
	struct buffer whole = { 0 }, cut = { 0 };

	if (server.base == NULL)
		set_up();
	fill_mailbox();
	converse(script, SIZE_MAX, &whole);
	check(script, &whole);
	fill_mailbox();
	converse(script, step, &cut);
	must(buffer_equals(&cut, buffer_text(&whole), whole.length), "chunks do not matter");
	must(count_entries("") == 2 && count_entries("root") == 2 &&
		     count_entries("root/bob/new") == 1,
	     "no file is created outside the directory of mailboxes");
	buffer_release(&whole);
	buffer_release(&cut);
	return 0;
}
