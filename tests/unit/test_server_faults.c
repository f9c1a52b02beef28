/*
 * The whole server while any call may fail: it starts, serves a session of each protocol and ends,
 * or it says why not. What it says is whole or cut, and no message goes but the one that was
 * marked.
 */
#include <arpa/inet.h>
#include <fnmatch.h>
#include <signal.h>
#include <sys/socket.h>

#include "../fuzz/cheap-crypt.h"
#include "../fuzz/scratch.h"
#include "faults-libevent.h"
#include "serve/serve.h"
#include "trials.h"

#define PATIENCE_SECONDS 20 /* of a client: it hears the end of every session long before */
#define MESSAGE "Subject: one\r\n\r\nfirst\r\n..dot\r\n.\r\n"

static const struct session {
	const char *protocol, *says;
	const char *answers; /* a pattern (fnmatch(3)) a line, as far as they come */
} sessions[] = {
	{ "pop3", "CAPA\r\nUSER ann\r\nPASS a\r\nSTAT\r\nLIST\r\nUIDL\r\nRETR 1\r\nTOP 2 0\r\n"
		  "DELE 2\r\nQUIT\r\n", NULL },
	{ "pop3", "AUTH PLAIN\r\nAGFubgBh\r\nRSET\r\nQUIT\r\n", NULL },
	{ "pop3", "USER ann\r\nSTLS\r\n", NULL },
	{ "peep", "a root secret\r\nu+ cid c\r\nu- cid\r\nu?\r\nq\r\n",
	  "+\n@(+|-3|-9)\n@(+|-4|-9)\n+[23]\nann\nbob\n@(+|cid)\n+\n" },
	{ "spscmp", "secret UPDATENAME bob rob\r\n", "@(OK|ERR)\n" },
	{ "spscmp", "secret LISTUSERS\r\n", "OK\nann\n@(?ob|cid)\n@(?ob|.)\n.\n" },
	{ "monitor", "METR\r\nINFO\r\nNOOP\r\nQUIT\r\n",
	  "+OK *ready\n+OK *;*;*;*\n+OK *;*/root;127.0.0.1\n+OK\n+OK Goodbye\n" },
	{ "monitor", "LOGG\r\n", "+OK *ready\n+OK Log follows\n@(ann *|.)\n@(ann *|.)\n.\n" },
};

static char secret_text[] = "secret";
static const struct pop3_secret secret = { .text = secret_text, .length = 6 };
static struct buffer root, users, certificate;
static struct serve_settings settings = {
	.listen = { (const char *const[]){ "127.0.0.1:0" }, 1 },
	.listen_tls = { (const char *const[]){ "127.0.0.1:0" }, 1 },
	.peep = "127.0.0.1:0", .spscmp = "127.0.0.1:0", .monitor = "127.0.0.1:0",
	.smtpstatus = "127.0.0.1:0", .max_connections = 9, .max_users = 9, .timeout = 60, .login_timeout = 60,
	.secrets = { &secret, &secret, &secret }, .no_sandbox = true,
};

/* --- the clients: one after the other, in a thread whose calls are not counted --- */

static struct {
	pthread_t thread;
	bool started, out_of_patience;
	in_port_t pop3, peep, spscmp, monitor;
	char heard[ROWS(sessions)][4096];
} clients;

static in_port_t *port_of(const char *protocol)
{
	return strcmp(protocol, "pop3") == 0	 ? &clients.pop3
	       : strcmp(protocol, "peep") == 0	 ? &clients.peep
	       : strcmp(protocol, "spscmp") == 0 ? &clients.spscmp
	       : strcmp(protocol, "monitor") == 0 ? &clients.monitor
						  : NULL;
}

static void hold_session(const struct session *session, char *heard, size_t size)
{
	const struct timeval patience = { .tv_sec = PATIENCE_SECONDS };
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(*port_of(session->protocol)),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = __real_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t length = 0;
	ssize_t got = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		send(fd, session->says, strlen(session->says), MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	while (got > 0 && length < size - 1) {
		got = recv(fd, heard + length, size - 1 - length, 0);
		length += got > 0 ? (size_t)got : 0;
	}
	heard[length] = '\0';
	clients.out_of_patience |= got < 0 && errno == EAGAIN;
	__real_close(fd);
}

static void *hold_sessions(void *unused)
{
	for (size_t i = 0; i < ROWS(sessions); i++)
		hold_session(&sessions[i], clients.heard[i], sizeof clients.heard[i]);
	kill(getpid(), SIGTERM);
	return unused;
}

static int listening(struct serve_observer *observer, const char *protocol, const char *address,
		     uint16_t port, struct pop3_error *err)
{
	in_port_t *const place = port_of(protocol);

	(void)observer, (void)address, (void)err;
	if (place != NULL)
		*place = port;
	return 0;
}

static int ready(struct serve_observer *observer, struct pop3_error *err)
{
	(void)observer, (void)err;
	clients.started = true;
	return __real_pthread_create(&clients.thread, NULL, hold_sessions, NULL);
}

/* --- what is tried, and what has to hold then --- */

static void prepare(void)
{
	static const char all[] = "ann:=a\nbob:=b\n";

	scratch_empty(scratch_name(&root, "root"));
	scratch_folder("root");
	scratch_folder("root/ann");
	scratch_folder("root/ann/new");
	scratch_folder("root/ann/cur");
	scratch_write("root/ann/new/1,W=29", OCTETS("Subject: one\n\nfirst\n.dot\n"));
	scratch_write("root/ann/new/2,W=24", OCTETS("Subject: two\n\nsecond\n"));
	scratch_write("root/ann/cur/3,W=25:2,S", OCTETS("Subject: three\n\nthird\n"));
	scratch_write("users", all, strlen(all));
	settings.root = root.data;
	settings.users = scratch_name(&users, "users");
	memset(&clients, 0, sizeof clients);
}

static int serve(struct pop3_error *err)
{
	struct serve_observer observer = { .listening = listening, .ready = ready };
	const int result = serve_run(&settings, &observer, err);

	if (clients.started)
		pthread_join(clients.thread, NULL);
	return result;
}

static bool is_there(const char *a, const char *b)
{
	struct buffer path = { 0 };
	bool there = access(scratch_name(&path, a), F_OK) == 0;

	there = there || access(scratch_name(&path, b), F_OK) == 0;
	buffer_release(&path);
	return there;
}

/* Whole, cut anywhere, or refused; never something else in its place. */
static bool message_is_right(const char *heard)
{
	const char *const status = strstr(heard, " octets\r\n+OK\r\n") != NULL ? NULL :
				   strstr(heard, " octets\r\nSubject");
	const char *const begun = status != NULL ? status + strlen(" octets\r\n") : NULL;

	return begun == NULL ||
	       strncmp(begun, MESSAGE, strnlen(begun, strlen(MESSAGE))) == 0;
}

static bool answers_are(const char *heard, const char *patterns)
{
	while (*heard != '\0') {
		char line[256], pattern[256];
		const size_t length = strcspn(heard, "\r");
		const size_t pattern_length = strcspn(patterns, "\n");

		snprintf(line, sizeof line, "%.*s", (int)length, heard);
		snprintf(pattern, sizeof pattern, "%.*s", (int)pattern_length, patterns);
		if (strncmp(heard + length, "\r\n", 2) != 0 ||
		    fnmatch(pattern, line, FNM_EXTMATCH) != 0)
			return false;
		heard += length + 2;
		patterns += pattern_length + (patterns[pattern_length] != '\0');
	}
	return true;
}

static bool all_answers_are_right(void)
{
	for (size_t i = 0; i < ROWS(sessions); i++) {
		const char *const heard = clients.heard[i];

		if (sessions[i].answers == NULL || answers_are(heard, sessions[i].answers))
			continue;
		check_print(sessions[i].protocol, heard, strlen(heard));
		return false;
	}
	return true;
}

/* The password is right: a client that hears otherwise asks its user for another. */
static bool blames_the_client(const char *heard)
{
	return strstr(heard, "[AUTH]") != NULL ||
	       (strstr(heard, "USER first") != NULL && strstr(heard, "no memory") == NULL);
}

static bool was_served(bool done)
{
	const char *const heard = clients.heard[0];
	const bool goes = strstr(heard, "+OK marked") != NULL &&
			  strstr(heard, "+OK goodbye") != NULL;

	return !clients.out_of_patience && done >= clients.started && message_is_right(heard) &&
	       all_answers_are_right() && !blames_the_client(heard) &&
	       !blames_the_client(clients.heard[1]) &&
	       is_there("root/ann/new/1,W=29", "root/ann/cur/1,W=29:2,") &&
	       is_there("root/ann/cur/3,W=25:2,S", "root/ann/cur/3,W=25:2,S") &&
	       (!goes || !is_there("root/ann/new/2,W=24", "root/ann/cur/2,W=24:2,"));
}

static const struct trial plain = { "a server", prepare, serve, was_served };
static const struct trial transforming = {
	"a server with a transformation", prepare, serve, was_served,
};

static void make_certificate(void)
{
	struct buffer command = { 0 };

	settings.cert = scratch_name(&certificate, "pem");
	buffer_append_format(&command, "openssl req -x509 -newkey ec -pkeyopt "
			     "ec_paramgen_curve:P-256 -nodes -subj /CN=here -keyout '%s' -out - "
			     "2>'%s.log' >'%s.cert' && cat '%s.cert' >>'%s'", settings.cert,
			     settings.cert, settings.cert, settings.cert, settings.cert);
	must(system(command.data) == 0, "there is a certificate");
	buffer_release(&command);
}

int main(void)
{
	signal(SIGTERM, SIG_IGN); /* but for the server while it runs */
	faults_of_libevent();
	make_certificate();
	trial_sweep(&plain);
	settings.transform = "cat";
	trial_sweep(&transforming);
	buffer_release(&certificate);
	buffer_release(&users);
	buffer_release(&root);
	return check_end();
}
