/*
 * Runs the whole server with each system or library call failing once. It must start, serve a
 * session of each protocol and stop, or report an error. Its answers must be complete or cut off,
 * and it must remove no message but the marked one.
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

#define LIMIT_SECONDS 20 /* a client's time limit; all sessions end long before */
#define MESSAGE "Subject: one\r\n\r\nfirst\r\n..dot\r\n.\r\n"

static const struct session {
	const char *protocol, *sent;
	const char *answers; /* one fnmatch(3) pattern per line; the answers may end early */
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

/* --- the clients: one after the other, in a thread whose calls do not fail --- */

static struct {
	pthread_t thread;
	bool started, timed_out;
	in_port_t pop3, peep, spscmp, monitor;
	char received[ROWS(sessions)][4096];
} clients;

static in_port_t *port_of(const char *protocol)
{
	return strcmp(protocol, "pop3") == 0	 ? &clients.pop3
	       : strcmp(protocol, "peep") == 0	 ? &clients.peep
	       : strcmp(protocol, "spscmp") == 0 ? &clients.spscmp
	       : strcmp(protocol, "monitor") == 0 ? &clients.monitor
						  : NULL;
}

static void hold_session(const struct session *session, char *received, size_t size)
{
	const struct timeval limit = { .tv_sec = LIMIT_SECONDS };
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(*port_of(session->protocol)),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int fd = __real_socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t length = 0;
	ssize_t got = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		send(fd, session->sent, strlen(session->sent), MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	while (got > 0 && length < size - 1) {
		got = recv(fd, received + length, size - 1 - length, 0);
		length += got > 0 ? (size_t)got : 0;
	}
	received[length] = '\0';
	clients.timed_out |= got < 0 && errno == EAGAIN;
	__real_close(fd);
}

static void *hold_sessions(void *unused)
{
	for (size_t i = 0; i < ROWS(sessions); i++)
		hold_session(&sessions[i], clients.received[i], sizeof clients.received[i]);
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

/* --- the trials and their conditions --- */

static void prepare(void)
{
	static const char all[] = "ann:=a\nbob:=b\n";

	scratch_empty(scratch_name(&root, "root"));
	scratch_directory("root");
	scratch_directory("root/ann");
	scratch_directory("root/ann/new");
	scratch_directory("root/ann/cur");
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

/* The message must be complete, cut off anywhere, or refused, but never a different one. */
static bool message_is_right(const char *received)
{
	const char *const status = strstr(received, " octets\r\n+OK\r\n") != NULL ? NULL :
				   strstr(received, " octets\r\nSubject");
	const char *const begun = status != NULL ? status + strlen(" octets\r\n") : NULL;

	return begun == NULL ||
	       strncmp(begun, MESSAGE, strnlen(begun, strlen(MESSAGE))) == 0;
}

static bool answers_are(const char *received, const char *patterns)
{
	while (*received != '\0') {
		char line[256], pattern[256];
		const size_t length = strcspn(received, "\r");
		const size_t pattern_length = strcspn(patterns, "\n");

		snprintf(line, sizeof line, "%.*s", (int)length, received);
		snprintf(pattern, sizeof pattern, "%.*s", (int)pattern_length, patterns);
		if (strncmp(received + length, "\r\n", 2) != 0 ||
		    fnmatch(pattern, line, FNM_EXTMATCH) != 0)
			return false;
		received += length + 2;
		patterns += pattern_length + (patterns[pattern_length] != '\0');
	}
	return true;
}

static bool all_answers_are_right(void)
{
	for (size_t i = 0; i < ROWS(sessions); i++) {
		const char *const received = clients.received[i];

		if (sessions[i].answers == NULL || answers_are(received, sessions[i].answers))
			continue;
		check_print(sessions[i].protocol, received, strlen(received));
		return false;
	}
	return true;
}

/* The password is right: an answer that it is wrong would make a client prompt for another one. */
static bool blames_password(const char *received)
{
	return strstr(received, "[AUTH]") != NULL ||
	       (strstr(received, "USER first") != NULL && strstr(received, "no memory") == NULL);
}

static bool was_served(bool done)
{
	const char *const received = clients.received[0];
	const bool removed = strstr(received, "+OK marked") != NULL &&
			     strstr(received, "+OK goodbye") != NULL;

	return !clients.timed_out && done >= clients.started && message_is_right(received) &&
	       all_answers_are_right() && !blames_password(received) &&
	       !blames_password(clients.received[1]) &&
	       is_there("root/ann/new/1,W=29", "root/ann/cur/1,W=29:2,") &&
	       is_there("root/ann/cur/3,W=25:2,S", "root/ann/cur/3,W=25:2,S") &&
	       (!removed || !is_there("root/ann/new/2,W=24", "root/ann/cur/2,W=24:2,"));
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

/* --- emulators --- */

static void handle_signal(int number)
{
	(void)number;
}

static void *send_signal(void *unused)
{
	kill(getpid(), SIGUSR1);
	return unused;
}

/* qemu 7.2 gives a thread for i386 that handles a signal the storage of the thread begun last. */
static bool threads_keep_their_storage(void)
{
	static _Thread_local volatile bool is_mine;
	pthread_t thread;

	is_mine = true;
	signal(SIGUSR1, handle_signal);
	must(__real_pthread_create(&thread, NULL, send_signal, NULL) == 0, "there is a thread");
	pthread_join(thread, NULL);
	return is_mine;
}

static void run_trials(void)
{
	signal(SIGTERM, SIG_IGN); /* except by the server while it runs */
	faults_of_libevent();
	make_certificate();
	trial_sweep(&plain);
	settings.transform = "cat";
	trial_sweep(&transforming);
}

int main(void)
{
	if (threads_keep_their_storage())
		run_trials();
	else
		check_skip("a server", "this emulator confuses the storage of threads");
	buffer_release(&certificate);
	buffer_release(&users);
	buffer_release(&root);
	return check_end();
}
