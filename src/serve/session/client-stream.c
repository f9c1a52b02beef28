/* A client's byte stream: libevent's bufferevents, over a socket or over TLS. */
#include "serve/session/client-stream.h"

#include <event2/buffer.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/server-tls.h"

static void input_ready(struct bufferevent *stream, void *argument)
{
	struct client *const client = argument;

	if (client->phase == CLIENT_LINGERING)
		evbuffer_drain(bufferevent_get_input(stream), SIZE_MAX);
	else
		client_advance(client);
}

static void output_written(struct bufferevent *stream, void *argument)
{
	(void)stream;
	client_advance(argument);
}

static void stream_event(struct bufferevent *stream, short what, void *argument)
{
	struct client *const client = argument;

	tls_forget_errors();
	if ((what & BEV_EVENT_CONNECTED) != 0) {
		client->tls = true;
		client_connected(client);
	} else if ((what & BEV_EVENT_EOF) != 0 && (what & BEV_EVENT_READING) != 0) {
		/* Over TLS, libevent also disables writing, but the client still gets answers. */
		bufferevent_enable(stream, EV_WRITE);
		client_input_ended(client);
	} else if ((what & BEV_EVENT_TIMEOUT) != 0) {
		client_drop(client, "not reading");
	} else {
		client_drop(client, client->phase == CLIENT_CONNECTING ? "no TLS" :
									   "connection lost");
	}
}

int client_attach(struct client *client, int fd, bool tls)
{
	struct server *const server = client->server;
	const struct timeval limit = { .tv_sec = (time_t)server->service.timeout };
	const int on = 1;

	/* Answers are written whole, so Nagle's algorithm would only delay them. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (tls)
		client->stream = tls_accept(server->base, server->certificates, fd);
	else
		client->stream = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (client->stream == NULL) {
		close(fd);
		return -1;
	}
	bufferevent_setcb(client->stream, input_ready, output_written, stream_event, client);
	bufferevent_set_max_single_write(client->stream, CLIENT_OUTPUT_MAX);
	bufferevent_set_timeouts(client->stream, NULL, limit.tv_sec > 0 ? &limit : NULL);
	return bufferevent_enable(client->stream, EV_READ | EV_WRITE);
}

int client_switch_to_tls(struct client *client)
{
	const int fd = bufferevent_getfd(client->stream);

	bufferevent_setfd(client->stream, -1);
	bufferevent_free(client->stream);
	client->stream = NULL;
	return client_attach(client, fd, true);
}

/*
 * Not done by a read watermark: with one, libevent leaves the rest of a TLS record in OpenSSL and
 * then waits for more octets on the socket. Without one, it reads whole records.
 */
void client_limit_input(struct client *client)
{
	if (client->phase == CLIENT_STLS ||
	    evbuffer_get_length(bufferevent_get_input(client->stream)) >= CLIENT_INPUT_MAX)
		bufferevent_disable(client->stream, EV_READ);
	else if (!client->input_ended)
		bufferevent_enable(client->stream, EV_READ);
}

void client_shut(struct client *client)
{
	if (client->tls)
		tls_close_notify(client->stream);
	(void)shutdown(bufferevent_getfd(client->stream), SHUT_WR);
}

void client_detach(struct client *client)
{
	if (client->stream != NULL)
		bufferevent_free(client->stream);
	client->stream = NULL;
}
