/* The server process: startup in order, signals, shutdown. */
#include "serve/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/sandbox.h"
#include "serve/listener.h"
#include "serve/manage/manage.h"
#include "serve/privileges.h"
#include "serve/session/client.h"
#include "serve/server-tls.h"

#define STOP_SECONDS 30		 /* for commands still running at SIGTERM */
#define REAP_SECONDS 1		 /* for killed programs to exit */
#define LAST_WAIT_MS 1000	 /* minimum wait for running jobs at exit */
#define DESCRIPTORS_OWN 64	 /* not for clients */
#define DESCRIPTORS_PER_CLIENT 4 /* socket, maildrop, message, program */

static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

#define SIGNALS (sizeof signals / sizeof signals[0])

void server_log_refused(const struct server *server, struct peer *peer, const char *address,
			const char *protocol, const char *reason)
{
	const unsigned count = peer_refused(peer);
	char text[16];

	if (count == 0)
		return;
	snprintf(text, sizeof text, "%u", count);
	log_event(&server->log, "refused",
		  LOG_FIELDS({ "from", address }, { "protocol", protocol },
			     { "connections", text }, { "reason", reason }));
}

void server_maybe_stop(struct server *server)
{
	if (server->stopping && LIST_EMPTY(&server->clients) && LIST_EMPTY(&server->sessions))
		event_base_loopbreak(server->base);
}

static void out_of_time(evutil_socket_t fd, short what, void *argument)
{
	(void)fd;
	(void)what;
	event_base_loopbreak(argument);
}

static void stop(struct server *server)
{
	const struct timeval limit = { .tv_sec = STOP_SECONDS };
	struct client *client, *next;

	if (server->stopping) {
		server->stop_until = clock_ms();
		event_base_loopbreak(server->base);
		return;
	}
	log_event(&server->log, "stopping", NULL);
	server->stopping = true;
	listeners_close(server);
	manage_close_all(server);
	for (client = LIST_FIRST(&server->clients); client != NULL; client = next) {
		next = LIST_NEXT(client, entry);
		client_stop(client);
	}
	server->stop_until = clock_ms() + STOP_SECONDS * INT64_C(1000);
	server->deadline = evtimer_new(server->base, out_of_time, server->base);
	if (server->deadline != NULL)
		event_add(server->deadline, &limit);
	server_maybe_stop(server);
}

static int load_certificates(struct server *server, struct pop3_error *err)
{
	const struct serve_settings *const settings = server->settings;
	struct certificates *fresh;

	if (settings->cert == NULL)
		return 0;
	fresh = certificates_load(settings->cert, settings->key, err);
	if (fresh == NULL)
		return -1;
	certificates_free(server->certificates);
	server->certificates = fresh;
	return 0;
}

static void take_signal(evutil_socket_t number, short what, void *argument)
{
	struct server *const server = argument;
	struct pop3_error err;

	(void)what;
	if (number != SIGHUP) {
		stop(server);
		return;
	}
	/* On failure, the old certificates or users stay in use. */
	log_event(&server->log, "reloading", NULL);
	if (load_certificates(server, &err) < 0)
		log_event(&server->log, "error", LOG_FIELDS({ "certificates", err.text }));
	if (users_reload(&server->service.users, &err) < 0)
		log_event(&server->log, "error", LOG_FIELDS({ "users", err.text }));
}

/* The transform command inherits the sandbox, so /dev/null and temporary files are allowed. */
static void confine(const struct server *server)
{
	const struct serve_settings *const settings = server->settings;
	const unsigned powers = listeners_powers(server);
	struct sandbox sandbox = {
		.may_write = settings->no_sandbox || (powers & MANAGE_ROOT) != 0,
		.may_exec = settings->no_sandbox || settings->transform != NULL,
	};

	sandbox_allow(&sandbox, server->service.root);
	if ((powers & MANAGE_USERS) != 0)
		sandbox_allow_directory_of(&sandbox, settings->users);
	if (settings->state != NULL)
		sandbox_allow_directory_of(&sandbox, settings->state);
	if (settings->transform != NULL) {
		sandbox_allow(&sandbox, "/dev/null");
		sandbox_allow(&sandbox, file_temporary_directory());
	}
	sandbox_enter(&sandbox);
	sandbox_release(&sandbox);
}

static int open_all(struct server *server, struct pop3_error *err)
{
	const struct serve_settings *const settings = server->settings;
	uint64_t descriptors;

	/* What it was started with is not for transform commands. */
	file_close_on_exec(STDERR_FILENO + 1);
	if (serve_check(settings, err) < 0)
		return -1;
	server->base = event_base_new();
	if (server->base != NULL)
		server->login_timer = evtimer_new(server->base, client_login_timer_fired, server);
	if (server->login_timer == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (load_certificates(server, err) < 0 || listeners_open(server, err) < 0)
		return -1;
	if (settings->user != NULL && privileges_drop(settings->user, err) < 0)
		return -1;
	if (service_open(&server->service, settings, err) < 0)
		return -1;
	server->service.sockets = &listener_sockets;
	server->service.sockets_of = server;
	/* Before starting the threads, which inherit the sandbox. */
	confine(server);
	server->decoy_hash = password_hash("nobody's password", err);
	server->workers = workers_start(server->base, err);
	server->service.workers = server->workers;
	if (server->decoy_hash == NULL || server->workers == NULL)
		return -1;
	descriptors = privileges_raise_descriptors();
	if (descriptors < DESCRIPTORS_OWN +
				  (uint64_t)settings->max_connections * DESCRIPTORS_PER_CLIENT)
		log_event(&server->log, "warning",
			  LOG_FIELDS({ "descriptors", "--max-connections may need more" }));
	if (geteuid() == 0)
		log_event(&server->log, "warning", LOG_FIELDS({ "user", "serving as root" }));
	return 0;
}

/* Waits for killed programs to exit: no other events are left in the loop. */
static void reap_programs(struct event_base *base)
{
	const struct timeval limit = { .tv_sec = REAP_SECONDS };
	struct event *const timer = evtimer_new(base, out_of_time, base);

	if (timer != NULL && event_add(timer, &limit) == 0)
		while (event_base_get_num_events(base, EVENT_BASE_COUNT_ADDED) > 1 &&
		       event_base_loop(base, EVLOOP_ONCE) == 0 && !event_base_got_break(base))
			continue;
	if (timer != NULL)
		event_free(timer);
}

static void close_all(struct server *server)
{
	const int64_t left = server->stop_until - clock_ms();
	struct client *client, *next;

	listeners_close(server);
	manage_close_all(server);
	/* Jobs end before clients, which they refer to. One that hangs must not delay the exit. */
	if (!workers_stop(server->workers, left > LAST_WAIT_MS ? left : LAST_WAIT_MS)) {
		log_event(&server->log, "error",
			  LOG_FIELDS({ "reason", "a job did not finish in time" }));
		_exit(EXIT_SUCCESS);
	}
	for (client = LIST_FIRST(&server->clients); client != NULL; client = next) {
		next = LIST_NEXT(client, entry);
		client_drop(client, "stopped");
	}
	if (server->deadline != NULL)
		event_free(server->deadline);
	if (server->login_timer != NULL)
		event_free(server->login_timer);
	if (server->base != NULL)
		reap_programs(server->base);
	service_release(&server->service);
	peers_release(&server->peers);
	free(server->decoy_hash);
	certificates_free(server->certificates);
	if (server->base != NULL)
		event_base_free(server->base);
}

static int loop(struct server *server, struct pop3_error *err)
{
	const int ready_fd = (int)server->settings->ready_fd;
	struct event *events[SIGNALS];
	int result = 0;

	for (size_t i = 0; i < SIGNALS; i++) {
		events[i] = evsignal_new(server->base, signals[i], take_signal, server);
		if (events[i] == NULL || event_add(events[i], NULL) < 0)
			result = pop3_fail(err, POP3_E_MEMORY, "out of memory");
	}
	if (result == 0)
		result = listeners_start(server, err);
	if (result == 0)
		result = server->observer->ready(server->observer, err);
	if (result == 0 && ready_fd > 0) {
		if (file_write_all(ready_fd, "\n", 1) < 0)
			result = pop3_fail_errno(err, POP3_E_IO, "--ready-fd %d", ready_fd);
		close(ready_fd);
	}
	if (result == 0)
		event_base_dispatch(server->base);
	for (size_t i = 0; i < SIGNALS; i++)
		if (events[i] != NULL)
			event_free(events[i]);
	return result;
}

int serve_run(const struct serve_settings *settings, struct serve_observer *observer,
	      struct pop3_error *err)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct server server = {
		.settings = settings, .observer = observer,
		.log = { .fd = STDERR_FILENO, .json = settings->log_json },
	};
	struct sigaction before;
	int result;

	LIST_INIT(&server.clients);
	TAILQ_INIT(&server.waiting);
	LIST_INIT(&server.sessions);
	TAILQ_INIT(&server.listeners);
	sigaction(SIGPIPE, &ignore, &before);
	result = open_all(&server, err);
	if (result == 0)
		result = loop(&server, err);
	if (server.stopping)
		log_event(&server.log, "stopped", NULL);
	close_all(&server);
	sigaction(SIGPIPE, &before, NULL);
	return result;
}
