/* A POP3 connection from the greeting to its end: phases, commands, timers. */
#include "serve/session/client.h"

#include <assert.h>
#include <event2/buffer.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/resolve.h"
#include "serve/session/client-stream.h"
#include "serve/session/request.h"

/* --- phases --- */

#define PHASE(name) (1U << CLIENT_##name)

static const struct phase_rules {
	unsigned next;	     /* phases that may follow, besides CLIENT_BROKEN */
	bool takes_lines;    /* commands or SASL responses */
	bool ends_when_sent; /* no command is running: once the output is empty, all_sent */
	bool in_thread;	     /* a job refers to the client: do not free it */
	int64_t limit_ms;    /* until timer_fired, 0 = the idle time-out */
} phases[] = {
	[CLIENT_CONNECTING] = {
		.next = PHASE(AUTHORIZATION) | PHASE(CLOSING),
		.limit_ms = CLIENT_HANDSHAKE_MS,
	},
	[CLIENT_AUTHORIZATION] = {
		.next = PHASE(SASL) | PHASE(CHECKING) | PHASE(REFUSING) | PHASE(STLS) |
			PHASE(CLOSING) | PHASE(LINGERING),
		.takes_lines = true, .ends_when_sent = true,
	},
	[CLIENT_SASL] = {
		.next = PHASE(AUTHORIZATION) | PHASE(LINGERING),
		.takes_lines = true, .ends_when_sent = true,
	},
	[CLIENT_CHECKING] = {
		.next = PHASE(AUTHORIZATION) | PHASE(REFUSING) | PHASE(TRANSACTION),
		.in_thread = true,
	},
	[CLIENT_REFUSING] = { .next = PHASE(AUTHORIZATION) | PHASE(CLOSING) },
	[CLIENT_STLS] = {
		.next = PHASE(CONNECTING) | PHASE(LINGERING), .ends_when_sent = true,
	},
	[CLIENT_TRANSACTION] = {
		.next = PHASE(SENDING) | PHASE(UPDATE) | PHASE(LINGERING),
		.takes_lines = true, .ends_when_sent = true,
	},
	[CLIENT_SENDING] = { .next = PHASE(TRANSACTION) | PHASE(FILTERING) },
	[CLIENT_FILTERING] = { .next = PHASE(SENDING) },
	[CLIENT_UPDATE] = { .next = PHASE(CLOSING), .in_thread = true },
	[CLIENT_CLOSING] = { .next = PHASE(LINGERING), .ends_when_sent = true },
	[CLIENT_LINGERING] = { .limit_ms = CLIENT_LINGER_MS },
	[CLIENT_BROKEN] = { 0 },
};

static_assert(sizeof phases / sizeof phases[0] == CLIENT_PHASES, "rules for each phase");

void client_enter(struct client *client, enum client_phase phase)
{
	if (client->phase == CLIENT_BROKEN)
		return;
	assert(phase == CLIENT_BROKEN || (phases[client->phase].next & (1U << phase)) != 0);
	client->phase = phase;
	client_set_timer(client, phases[phase].limit_ms);
}

bool client_is_in_thread(const struct client *client)
{
	return phases[client->phase].in_thread;
}

void client_set_timer(struct client *client, int64_t milliseconds)
{
	const int64_t wait = milliseconds > 0 ? milliseconds :
						(int64_t)client->server->service.timeout * 1000;
	const struct timeval interval = {
		.tv_sec = wait / 1000, .tv_usec = wait % 1000 * 1000,
	};

	if (wait > 0)
		event_add(client->timer, &interval);
	else
		event_del(client->timer);
}

/* --- answers --- */

static struct evbuffer *output_of(const struct client *client)
{
	return bufferevent_get_output(client->stream);
}

size_t client_room(const struct client *client)
{
	const size_t waiting = evbuffer_get_length(output_of(client));

	return waiting < CLIENT_OUTPUT_MAX ? CLIENT_OUTPUT_MAX - waiting : 0;
}

void client_put(struct client *client, const void *data, size_t length)
{
	client->server->service.counters.octets += length;
	/* When out of memory: an answer with a gap must not be sent. */
	if (evbuffer_add(output_of(client), data, length) < 0)
		client_enter(client, CLIENT_BROKEN);
}

void client_reply(struct client *client, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = evbuffer_add_vprintf(output_of(client), format, args);
	va_end(args);
	if (length < 0)
		client_enter(client, CLIENT_BROKEN);
	else
		client->server->service.counters.octets += (uint64_t)length;
	client_put(client, "\r\n", 2);
}

void client_log(const struct client *client, const char *event, const char *name,
		const char *text)
{
	log_event(&client->server->log, event,
		  LOG_FIELDS({ "from", client->address }, { name, text }));
}

/* --- closing --- */

static void release_maildrop(struct client *client)
{
	service_log_out(&client->server->service, &client->online);
	maildrop_close(client->drop);
	client->drop = NULL;
}

static void client_free(struct client *client)
{
	struct server *const server = client->server;

	LIST_REMOVE(client, entry);
	outgoing_release(&client->outgoing);
	release_maildrop(client);
	client_detach(client);
	client_take_place(client, PLACE_NONE);
	if (client->peer != NULL)
		peers_leave(client->peer);
	if (client->timer != NULL)
		event_free(client->timer);
	free(client->name);
	free(client);
	server_maybe_stop(server);
}

void client_cut(struct client *client, const char *reason)
{
	if (reason != NULL && client->phase != CLIENT_LINGERING && client->phase != CLIENT_BROKEN)
		client_log(client, "cut", "reason", reason);
	client_enter(client, CLIENT_BROKEN);
}

void client_drop(struct client *client, const char *reason)
{
	/* A running job still refers to the client, and frees it when it is done. */
	if (client_is_in_thread(client) && !login_drop(client)) {
		if (reason != NULL)
			client_log(client, "cut", "reason", reason);
		client_detach(client);
		client_take_place(client, PLACE_NONE);
		return;
	}
	client_cut(client, reason);
	client_free(client);
}

/*
 * Lets the client close first. Closing with unread input would reset the connection, and the client
 * could lose the last answer.
 */
static void linger(struct client *client)
{
	client_shut(client);
	if (client->input_ended) {
		client_free(client);
		return;
	}
	client_enter(client, CLIENT_LINGERING);
	release_maildrop(client);
	client_take_place(client, PLACE_NONE);
	evbuffer_drain(bufferevent_get_input(client->stream), SIZE_MAX);
	client_limit_input(client);
}

void client_stop(struct client *client)
{
	if (client->phase == CLIENT_CONNECTING || client->phase == CLIENT_CHECKING)
		client_drop(client, "stopping");
	else if (!client_is_in_thread(client))
		client_advance(client);
}

/* --- commands --- */

static bool take_line(struct client *client)
{
	char line[CLIENT_LINE_MAX + 2];
	size_t length;

	switch (line_take(&client->lines, bufferevent_get_input(client->stream), line, &length)) {
	case LINE_NONE:
		return false;
	case LINE_WHOLE:
		if (client->phase == CLIENT_SASL)
			request_take_response(client, line, length);
		else
			request_take_line(client, line, length);
		explicit_bzero(line, length);
		break;
	case LINE_TOO_LONG:
		if (client->phase == CLIENT_SASL)
			client_enter(client, CLIENT_AUTHORIZATION);
		client_reply(client, "-ERR line too long");
		break;
	case LINE_ENDLESS:
		client_cut(client, "endless line");
		break;
	}
	return true;
}

static void send_piece(struct client *client)
{
	switch (client->turn(client)) {
	case TURN_MORE:
		break;
	case TURN_DONE:
		client_enter(client, CLIENT_TRANSACTION);
		break;
	case TURN_WAITS:
		client_enter(client, CLIENT_FILTERING);
		break;
	case TURN_FAILED:
		client_cut(client, "message cannot be sent whole");
		break;
	}
}

static void all_sent(struct client *client)
{
	if (client->phase == CLIENT_CLOSING || client->server->stopping) {
		linger(client);
	} else if (client->phase == CLIENT_STLS) {
		if (client_switch_to_tls(client) < 0)
			client_free(client);
		else
			client_enter(client, CLIENT_CONNECTING);
	} else if (client->input_ended) {
		client_drop(client, "disconnected");
	}
}

void client_advance(struct client *client)
{
	size_t steps;

	for (steps = 0; steps < CLIENT_TURN_STEPS; steps++) {
		const bool sending = client->phase == CLIENT_SENDING;

		if (!sending && (!phases[client->phase].takes_lines || client->server->stopping))
			break;
		if (client_room(client) < CLIENT_TURN_ROOM)
			break;
		if (sending)
			send_piece(client);
		else if (!take_line(client))
			break;
	}
	if (client->phase == CLIENT_BROKEN) {
		client_free(client);
		return;
	}
	client_limit_input(client);
	if (steps > 0 && phases[client->phase].ends_when_sent)
		client_set_timer(client, phases[client->phase].limit_ms);
	/* Continue after the other clients have had their turn. */
	if (steps == CLIENT_TURN_STEPS)
		bufferevent_trigger(client->stream, EV_READ,
				    BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
	else if (phases[client->phase].ends_when_sent &&
		 evbuffer_get_length(output_of(client)) == 0)
		all_sent(client);
}

/* --- events --- */

void client_connected(struct client *client)
{
	const bool refused = client->place == PLACE_REFUSED;

	client_enter(client, refused ? CLIENT_CLOSING : CLIENT_AUTHORIZATION);
	if (client->greeted)
		return;
	client->greeted = true;
	if (refused)
		client_reply(client, "-ERR [SYS/TEMP] too many connections");
	else
		client_reply(client, "+OK %s POP3 server ready", client->server->service.host);
}

void client_input_ended(struct client *client)
{
	client->input_ended = true;
	/* There is no telling whether it is gone or waits for the answer: let others go first. */
	login_defer(client);
	if (client->phase == CLIENT_LINGERING || client->phase == CLIENT_CONNECTING)
		client_free(client);
	else
		client_advance(client);
}

static void timer_fired(evutil_socket_t fd, short what, void *argument)
{
	struct client *const client = argument;
	const bool closes = client->failed_logins >= CLIENT_BAD_LOGINS_MAX;

	(void)fd;
	(void)what;
	if (client->phase == CLIENT_LINGERING || client->phase == CLIENT_BROKEN) {
		client_free(client);
	} else if (client->phase == CLIENT_CONNECTING) {
		client_drop(client, "no TLS in time");
	} else if (client->phase == CLIENT_REFUSING) {
		client_reply(client, "-ERR [AUTH] wrong user name or password");
		client_enter(client, closes ? CLIENT_CLOSING : CLIENT_AUTHORIZATION);
		client_advance(client);
	} else if (phases[client->phase].ends_when_sent &&
		   evbuffer_get_length(output_of(client)) == 0) {
		client_drop(client, "idle");
	} else {
		/* A command is running, or an answer is being sent, which has its own time-out. */
		client_set_timer(client, 0);
	}
}

static void end_session(struct online *online)
{
	client_drop((struct client *)(void *)((char *)online - offsetof(struct client, online)),
		    "ended by a manager");
}

/* --- accepting --- */

void client_open(struct server *server, int fd, const struct sockaddr *address, bool tls)
{
	struct client *const client = calloc(1, sizeof *client);

	if (client == NULL) {
		close(fd);
		return;
	}
	*client = (struct client){
		.server = server, .phase = CLIENT_CONNECTING, .outgoing = { .fd = -1 },
		.lines = { .limit = CLIENT_LINE_MAX }, .online = { .end = end_session },
		.local = address_is_loopback(address), .since = clock_ms(),
	};
	peer_print(address, client->address);
	client->online.address = client->address;
	LIST_INSERT_HEAD(&server->clients, client, entry);
	client->timer = evtimer_new(server->base, timer_fired, client);
	if (client->timer == NULL || !client_find_place(client, address)) {
		close(fd);
		client_free(client);
	} else if (client_attach(client, fd, tls) < 0) {
		client_free(client);
	} else if (tls) {
		client_set_timer(client, CLIENT_HANDSHAKE_MS);
	} else {
		client_connected(client);
	}
}
