/* Listening sockets: one row per protocol, one struct per socket. */
#include "serve/listener.h"

#include <assert.h>
#include <errno.h>
#include <event2/listener.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/number.h"
#include "net/resolve.h"
#include "serve/address.h"
#include "serve/manage/manage.h"
#include "serve/session/client.h"

#define BACKLOG 4096
#define ADOPTED_FIRST 3
#define ADOPTED_MAX 64
#define ACCEPT_PAUSE_SECONDS 1 /* when out of descriptors or memory */

enum protocol { POP3, POP3S, PEEP, SPSCMP, MONITOR, SMTPSTATUS, PROTOCOLS };

struct listener {
	struct server *server;
	enum protocol protocol;
	int fd;
	char address[PEER_TEXT_MAX];
	uint16_t port;
	struct evconnlistener *stream; /* TCP; NULL until started */
	struct datagrams *datagrams;   /* SMTPStatus; NULL until started */
	struct event *pause;
	TAILQ_ENTRY(listener) entry;
};

static const struct {
	const char *name;
	int kind;
	const struct manage_protocol *manage;
} protocols[] = {
	[POP3] = { "pop3", SOCK_STREAM, NULL },
	[POP3S] = { "pop3s", SOCK_STREAM, NULL },
	[PEEP] = { "peep", SOCK_STREAM, &manage_peep },
	[SPSCMP] = { "spscmp", SOCK_STREAM, &manage_spscmp },
	[MONITOR] = { "monitor", SOCK_STREAM, &manage_monitor },
	[SMTPSTATUS] = { "smtpstatus", SOCK_DGRAM, NULL },
};

static_assert(sizeof protocols / sizeof protocols[0] == PROTOCOLS, "one row per protocol");

static bool is_management(enum protocol protocol)
{
	return protocol != POP3 && protocol != POP3S;
}

static int add_listener(struct server *server, enum protocol protocol, int fd,
			struct pop3_error *err)
{
	struct listener *const listener = calloc(1, sizeof *listener);
	struct sockaddr_storage own = { 0 };
	struct sockaddr *const address = (struct sockaddr *)&own;
	socklen_t length = sizeof own;
	int result = 0;

	if (listener == NULL || getsockname(fd, address, &length) < 0 ||
	    (own.ss_family != AF_INET && own.ss_family != AF_INET6))
		result = pop3_fail(err, POP3_E_CONFIG, "not an Internet socket");
	else if (server->settings->any_password && !address_is_loopback(address))
		result = pop3_fail(err, POP3_E_USAGE,
				   "--try is for this machine alone: use 127.0.0.1");
	else if (is_management(protocol) && !server->settings->allow_remote_management &&
		 !address_is_loopback(address))
		result = pop3_fail(err, POP3_E_USAGE,
				   "--%s accepts only loopback addresses without "
				   "--allow-remote-management", protocols[protocol].name);
	if (result < 0) {
		free(listener);
		close(fd);
		return -1;
	}
	*listener = (struct listener){
		.server = server, .protocol = protocol, .fd = fd, .port = address_port(address),
	};
	peer_print(address, listener->address);
	TAILQ_INSERT_TAIL(&server->listeners, listener, entry);
	return 0;
}

/* --- sockets passed by systemd (sd_listen_fds(3)) --- */

/* FileDescriptorName= is a protocol name; without one, port 995 is pop3s, the others pop3. */
static enum protocol protocol_of(int fd, const char *name, size_t length)
{
	struct sockaddr_storage own = { 0 };
	socklen_t size = sizeof own;

	for (enum protocol i = 0; i < PROTOCOLS; i++)
		if (strlen(protocols[i].name) == length &&
		    memcmp(protocols[i].name, name, length) == 0)
			return i;
	if (getsockname(fd, (struct sockaddr *)&own, &size) == 0 &&
	    address_port((const struct sockaddr *)&own) == 995)
		return POP3S;
	return POP3;
}

static uint64_t environment_number(const char *name)
{
	const char *const text = getenv(name);
	uint64_t number = 0;

	if (text != NULL)
		number_parse(text, strlen(text), INT32_MAX, &number);
	return number;
}

static int adopt_sockets(struct server *server, struct pop3_error *err)
{
	const char *names = getenv("LISTEN_FDNAMES");
	const uint64_t count = environment_number("LISTEN_FDS");

	if (environment_number("LISTEN_PID") != (uint64_t)getpid())
		return 0;
	if (count > ADOPTED_MAX)
		return pop3_fail(err, POP3_E_CONFIG, "more than %d sockets were passed",
				 ADOPTED_MAX);
	for (int fd = ADOPTED_FIRST; fd < ADOPTED_FIRST + (int)count; fd++) {
		const char *const name = names != NULL ? names : "";
		const size_t length = strcspn(name, ":");

		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		(void)fcntl(fd, F_SETFL, O_NONBLOCK);
		if (add_listener(server, protocol_of(fd, name, length), fd, err) < 0)
			return -1;
		names = name[length] == ':' ? name + length + 1 : NULL;
	}
	return 0;
}

/* --- sockets opened here --- */

static int open_socket(const struct addrinfo *at, enum protocol protocol)
{
	const int on = 1;
	const int fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (protocols[protocol].kind == SOCK_STREAM)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (at->ai_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
	if (bind(fd, at->ai_addr, at->ai_addrlen) == 0 &&
	    (protocols[protocol].kind == SOCK_DGRAM || listen(fd, BACKLOG) == 0))
		return fd;
	close(fd);
	return -1;
}

static int open_address(struct server *server, enum protocol protocol, const char *text,
			struct pop3_error *err)
{
	struct address address;
	struct addrinfo *found;
	int result = 0;

	if (address_parse(text, &address, err) < 0)
		return -1;
	found = address_resolve(&address, protocols[protocol].kind, err);
	if (found == NULL)
		return -1;
	for (const struct addrinfo *at = found; at != NULL && result == 0; at = at->ai_next) {
		const int fd = open_socket(at, protocol);

		/* Without IPv6, listen on the other addresses. */
		if (fd < 0 && errno == EAFNOSUPPORT && found->ai_next != NULL)
			continue;
		if (fd < 0)
			result = pop3_fail_errno(err, POP3_E_CONNECT, "cannot listen on '%s'",
						 text);
		else
			result = add_listener(server, protocol, fd, err);
	}
	freeaddrinfo(found);
	return result;
}

int listeners_open(struct server *server, struct pop3_error *err)
{
	const struct serve_settings *const settings = server->settings;
	const struct {
		enum protocol protocol;
		struct serve_addresses addresses;
	} rows[] = {
		{ POP3, settings->listen },
		{ POP3S, settings->listen_tls },
		{ PEEP, { &settings->peep, settings->peep != NULL } },
		{ SPSCMP, { &settings->spscmp, settings->spscmp != NULL } },
		{ MONITOR, { &settings->monitor, settings->monitor != NULL } },
		{ SMTPSTATUS, { &settings->smtpstatus, settings->smtpstatus != NULL } },
	};

	if (adopt_sockets(server, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		for (size_t j = 0; j < rows[i].addresses.count; j++)
			if (open_address(server, rows[i].protocol, rows[i].addresses.items[j],
					 err) < 0)
				return -1;
	if (TAILQ_EMPTY(&server->listeners))
		return pop3_fail(err, POP3_E_USAGE, "missing option: --listen or --listen-tls");
	return 0;
}

static void accept_client(struct evconnlistener *stream, evutil_socket_t fd,
			  struct sockaddr *address, int length, void *argument)
{
	struct listener *const listener = argument;
	const struct manage_protocol *const manage = protocols[listener->protocol].manage;

	(void)stream;
	(void)length;
	if (manage != NULL)
		manage_open(listener->server, manage, fd, address);
	else
		client_open(listener->server, fd, address, listener->protocol == POP3S);
}

static void pause_accepting(struct listener *listener)
{
	const struct timeval pause = { .tv_sec = ACCEPT_PAUSE_SECONDS };

	if (event_add(listener->pause, &pause) == 0)
		evconnlistener_disable(listener->stream);
}

static void accept_again(evutil_socket_t fd, short what, void *argument)
{
	struct listener *const listener = argument;

	(void)fd;
	(void)what;
	if (evconnlistener_enable(listener->stream) < 0)
		pause_accepting(listener);
}

/* Usually out of descriptors: an immediate retry would only burn CPU time. */
static void accept_failed(struct evconnlistener *stream, void *argument)
{
	struct listener *const listener = argument;

	(void)stream;
	log_event(&listener->server->log, "error",
		  LOG_FIELDS({ "accept", strerror(EVUTIL_SOCKET_ERROR()) }));
	pause_accepting(listener);
}

static int start_listener(struct listener *listener, struct pop3_error *err)
{
	struct event_base *const base = listener->server->base;

	listener->pause = evtimer_new(base, accept_again, listener);
	if (listener->protocol == SMTPSTATUS) {
		listener->datagrams = datagrams_open(listener->server, listener->fd);
		if (listener->datagrams != NULL)
			return 0;
	} else {
		listener->stream = evconnlistener_new(base, accept_client, listener,
						      LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_DISABLED, 0,
						      listener->fd);
		if (listener->stream != NULL && listener->pause != NULL &&
		    evconnlistener_enable(listener->stream) == 0) {
			evconnlistener_set_error_cb(listener->stream, accept_failed);
			return 0;
		}
	}
	return pop3_fail(err, POP3_E_MEMORY, "out of memory");
}

static void close_listener(struct listener *listener)
{
	TAILQ_REMOVE(&listener->server->listeners, listener, entry);
	if (listener->stream != NULL)
		evconnlistener_free(listener->stream);
	datagrams_close(listener->datagrams);
	if (listener->pause != NULL)
		event_free(listener->pause);
	close(listener->fd);
	free(listener);
}

void listeners_close(struct server *server)
{
	struct listener *listener, *next;

	for (listener = TAILQ_FIRST(&server->listeners); listener != NULL; listener = next) {
		next = TAILQ_NEXT(listener, entry);
		close_listener(listener);
	}
}

unsigned listeners_powers(const struct server *server)
{
	const struct listener *listener;
	unsigned powers = 0;

	TAILQ_FOREACH(listener, &server->listeners, entry)
		if (protocols[listener->protocol].manage != NULL)
			powers |= protocols[listener->protocol].manage->may;
	return powers;
}

int listeners_start(struct server *server, struct pop3_error *err)
{
	struct serve_observer *const observer = server->observer;
	struct listener *listener;

	TAILQ_FOREACH(listener, &server->listeners, entry)
		if (start_listener(listener, err) < 0 ||
		    observer->listening(observer, protocols[listener->protocol].name,
					listener->address, listener->port, err) < 0)
			return -1;
	return 0;
}

bool listeners_manage_port(const struct server *server, uint16_t port)
{
	const struct listener *listener;

	TAILQ_FOREACH(listener, &server->listeners, entry)
		if (is_management(listener->protocol) && listener->port == port)
			return true;
	return false;
}

static struct listener *first_pop3(const struct server *server)
{
	struct listener *listener, *tls = NULL;

	TAILQ_FOREACH(listener, &server->listeners, entry) {
		if (listener->protocol == POP3)
			return listener;
		if (listener->protocol == POP3S && tls == NULL)
			tls = listener;
	}
	return tls;
}

static const char *pop3_address(void *server)
{
	const struct listener *const listener = first_pop3(server);

	return listener != NULL ? listener->address : "";
}

/* Opens the new socket before closing the old one, so that a failure changes nothing. */
static int move_pop3(void *of, const char *address, uint16_t port, struct pop3_error *err)
{
	struct server *const server = of;
	struct listener *const old = first_pop3(server);
	struct listener *fresh;
	char text[ADDRESS_HOST_MAX + 10];

	if (old == NULL)
		return pop3_fail(err, POP3_E_REFUSED, "missing option: --listen or --listen-tls");
	if (address == NULL)
		address = old->address;
	if (port == 0)
		port = old->port;
	if (strcmp(address, old->address) == 0 && port == old->port)
		return 0;
	/* No host names: a lookup would block all clients. */
	if (!address_is_literal(address))
		return pop3_fail(err, POP3_E_USAGE, "not an address");
	snprintf(text, sizeof text, "[%s]:%u", address, (unsigned)port);
	if (open_address(server, old->protocol, text, err) < 0)
		return -1;
	/* It is the last one. */
	TAILQ_FOREACH(fresh, &server->listeners, entry)
		if (TAILQ_NEXT(fresh, entry) == NULL)
			break;
	if (start_listener(fresh, err) < 0) {
		close_listener(fresh);
		return -1;
	}
	TAILQ_REMOVE(&server->listeners, fresh, entry);
	TAILQ_INSERT_BEFORE(old, fresh, entry);
	close_listener(old);
	log_event(&server->log, "listening", LOG_FIELDS({ "address", text }));
	return 0;
}

const struct service_sockets listener_sockets = { .move = move_pop3, .address = pop3_address };
