/* A client's life: greeted, served a command at a time, let go. */
#include "serve/session/client.h"

#include <event2/buffer.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/resolve.h"
#include "serve/session/client-stream.h"
#include "serve/session/pop3-command.h"

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
	/* Without memory: an answer with a hole in it must not go out. */
	if (evbuffer_add(output_of(client), data, length) < 0)
		client->broken = true;
}

void client_reply(struct client *client, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = evbuffer_add_vprintf(output_of(client), format, args);
	va_end(args);
	if (length < 0)
		client->broken = true;
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

static void give_place_back(struct client *client)
{
	if (client->has_place) {
		client->server->service.counters.connections_now--;
		peers_leave(client->peer);
	}
	if (client->refused)
		client->server->refused_now--;
	client->has_place = client->refused = false;
}

static void leave_mailbox(struct client *client)
{
	if (client->state == CLIENT_TRANSACTION)
		service_log_out(&client->server->service, &client->online);
	client->state = CLIENT_AUTHORIZATION;
	maildrop_close(client->drop);
	client->drop = NULL;
}

static void client_free(struct client *client)
{
	struct server *const server = client->server;

	LIST_REMOVE(client, entry);
	outgoing_release(&client->outgoing);
	leave_mailbox(client);
	client_detach(client);
	give_place_back(client);
	if (client->timer != NULL)
		event_free(client->timer);
	free(client->name);
	free(client);
	server_maybe_stop(server);
}

void client_drop(struct client *client, const char *reason)
{
	if (!client->lingering && !client->broken)
		client_log(client, "cut", "reason", reason);
	client->broken = true;
	/* A job that is under way comes back to it. */
	if (client->in_thread)
		client_detach(client);
	else
		client_free(client);
}

/* The other side closes first: what it sent in vain must not reset the answer it has not read. */
static void linger(struct client *client)
{
	client_shut(client);
	if (client->input_ended) {
		client_free(client);
		return;
	}
	client->lingering = true;
	leave_mailbox(client);
	give_place_back(client);
	evbuffer_drain(bufferevent_get_input(client->stream), SIZE_MAX);
	client_limit_input(client);
	client_set_timer(client, CLIENT_LINGER_MS);
}

static void take_line(struct client *client, char *line, size_t length)
{
	void (*const taker)(struct client *, const char *) = client->next_line;

	client->next_line = NULL;
	if (taker == NULL)
		commands_take_line(client, line, length);
	else if (strlen(line) != length)
		client_reply(client, "-ERR bad response");
	else
		taker(client, line);
}

static bool find_line(struct client *client)
{
	char line[CLIENT_LINE_MAX + 2];
	size_t length;

	switch (line_take(&client->lines, bufferevent_get_input(client->stream), line, &length)) {
	case LINE_NONE:
		return false;
	case LINE_WHOLE:
		take_line(client, line, length);
		explicit_bzero(line, length);
		break;
	case LINE_TOO_LONG:
		client->next_line = NULL;
		client_reply(client, "-ERR line too long");
		break;
	case LINE_ENDLESS:
		client_log(client, "cut", "reason", "endless line");
		client->broken = true;
		break;
	}
	return true;
}

static bool take_turn(struct client *client)
{
	if (client->waiting || client->leaving || client->lingering || client->starting_tls ||
	    client->handshaking || client_room(client) < CLIENT_TURN_ROOM)
		return false;
	if (client->turn == NULL)
		return !client->server->stopping && find_line(client);
	switch (client->turn(client)) {
	case TURN_MORE:
		break;
	case TURN_DONE:
		client->turn = NULL;
		break;
	case TURN_WAITS:
		client->waiting = true;
		break;
	case TURN_FAILED:
		client_log(client, "cut", "reason", "message cannot be sent whole");
		client->broken = true;
		break;
	}
	return true;
}

/* All is answered and the answers are out. */
static void settle(struct client *client)
{
	if (client->leaving || client->server->stopping) {
		linger(client);
	} else if (client->starting_tls) {
		client->starting_tls = false;
		if (client_switch_to_tls(client) < 0)
			client_free(client);
		else
			client_set_timer(client, CLIENT_HANDSHAKE_MS);
	} else if (client->input_ended) {
		client_drop(client, "disconnected");
	}
}

void client_advance(struct client *client)
{
	bool worked = false;

	while (!client->broken && take_turn(client))
		worked = true;
	if (client->broken) {
		client_free(client);
		return;
	}
	client_limit_input(client);
	if (client->waiting || client->handshaking || client->lingering)
		return;
	if (worked)
		client_set_timer(client, 0);
	if (client->turn == NULL && evbuffer_get_length(output_of(client)) == 0)
		settle(client);
}

void client_connected(struct client *client)
{
	client->tls = client->handshaking;
	client->handshaking = false;
	client_set_timer(client, 0);
	if (client->greeted)
		return;
	client->greeted = true;
	client->leaving = client->refused;
	if (client->refused)
		client_reply(client, "-ERR [SYS/TEMP] too many connections");
	else
		client_reply(client, "+OK %s POP3 server ready", client->server->service.host);
}

void client_input_ended(struct client *client)
{
	client->input_ended = true;
	if (client->lingering || client->handshaking)
		client_free(client);
	else
		client_advance(client);
}

void client_stop(struct client *client)
{
	if (client->handshaking)
		client_drop(client, "stopping");
	else if (!client->in_thread)
		client_advance(client);
}

static void time_is_up(evutil_socket_t fd, short what, void *argument)
{
	struct client *const client = argument;

	(void)fd;
	(void)what;
	if (client->lingering) {
		client_free(client);
	} else if (client->late_refusal != NULL) {
		client_reply(client, "%s", client->late_refusal);
		client->late_refusal = NULL;
		client->waiting = false;
		client_advance(client);
	} else if (client->handshaking) {
		client_drop(client, "no TLS in time");
	} else if (client->waiting || client->turn != NULL ||
		   evbuffer_get_length(output_of(client)) > 0) {
		client_set_timer(client, 0); /* not idle: a reader has a limit of its own */
	} else {
		client_drop(client, "idle");
	}
}

static void hang_up(struct online *online)
{
	struct client *const client =
		(struct client *)(void *)((char *)online - offsetof(struct client, online));

	client->state = CLIENT_AUTHORIZATION; /* it is off the list already */
	client_drop(client, "user removed");
}

/* A place, when there is one left for this address; else perhaps one to be refused in. */
static bool find_place(struct client *client, const struct sockaddr *address)
{
	struct server *const server = client->server;
	const uint64_t places = server->service.max_connections;
	const uint64_t share = server->settings->max_per_address > 0 ?
				       server->settings->max_per_address : places - places / 8;

	if (server->service.counters.connections_now < places)
		client->peer = peers_enter(&server->peers, address);
	client->has_place = client->peer != NULL && client->peer->connections <= share;
	if (client->has_place) {
		server->service.counters.connections++;
		server->service.counters.connections_now++;
		return true;
	}
	if (client->peer != NULL)
		peers_leave(client->peer);
	client->refused = server->refused_now < CLIENT_REFUSED_MAX;
	if (client->refused)
		server->refused_now++;
	return client->refused;
}

void client_open(struct server *server, int fd, const struct sockaddr *address, bool tls)
{
	struct client *const client = calloc(1, sizeof *client);

	if (client == NULL) {
		close(fd);
		return;
	}
	*client = (struct client){
		.server = server, .state = CLIENT_AUTHORIZATION, .outgoing = { .fd = -1 },
		.lines = { .limit = CLIENT_LINE_MAX }, .online = { .end = hang_up },
		.local = address_is_loopback(address),
	};
	peer_print(address, client->address);
	LIST_INSERT_HEAD(&server->clients, client, entry);
	client->timer = evtimer_new(server->base, time_is_up, client);
	if (client->timer == NULL || !find_place(client, address)) {
		close(fd);
		client_free(client);
	} else if ((tls ? client_attach_tls : client_attach)(client, fd) < 0) {
		client_free(client);
	} else if (tls) {
		client_set_timer(client, CLIENT_HANDSHAKE_MS);
	} else {
		client_connected(client);
	}
}
