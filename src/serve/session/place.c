/* Limits on POP3 connections: in total, per address, and which one to drop for a new one. */
#include "base/clock.h"
#include "serve/session/client.h"

static bool is_counted(enum client_place place)
{
	return place == PLACE_WAITING || place == PLACE_HELD;
}

/* The timer is for the first waiting client, whose time ends first. */
static void set_login_timer(struct server *server)
{
	const struct client *const first = TAILQ_FIRST(&server->waiting);
	struct timeval interval;
	int64_t left;

	if (first == NULL || server->login_timer == NULL)
		return;
	left = first->since + (int64_t)server->settings->login_timeout * 1000 - clock_ms();
	if (left < 0)
		left = 0;
	interval = (struct timeval){ .tv_sec = left / 1000, .tv_usec = left % 1000 * 1000 };
	event_add(server->login_timer, &interval);
}

void client_take_place(struct client *client, enum client_place place)
{
	struct server *const server = client->server;
	struct service_counters *const counters = &server->service.counters;
	const enum client_place before = client->place;

	client->place = place;
	if (client->peer != NULL) {
		client->peer->connections += is_counted(place);
		client->peer->connections -= is_counted(before);
		client->peer->waiting += place == PLACE_WAITING;
		client->peer->waiting -= before == PLACE_WAITING;
	}
	if (before == PLACE_WAITING)
		TAILQ_REMOVE(&server->waiting, client, waiting);
	if (place == PLACE_WAITING) {
		TAILQ_INSERT_TAIL(&server->waiting, client, waiting);
		if (TAILQ_FIRST(&server->waiting) == client)
			set_login_timer(server);
	}
	counters->connections += is_counted(place) && !is_counted(before);
	counters->connections_now += is_counted(place);
	counters->connections_now -= is_counted(before);
	server->refused_now += place == PLACE_REFUSED;
	server->refused_now -= before == PLACE_REFUSED;
}

void client_login_timer_fired(evutil_socket_t fd, short what, void *argument)
{
	struct server *const server = argument;
	const int64_t limit = (int64_t)server->settings->login_timeout * 1000;
	struct client *first;

	(void)fd;
	(void)what;
	while ((first = TAILQ_FIRST(&server->waiting)) != NULL &&
	       clock_ms() >= first->since + limit)
		client_drop(first, "no login in time");
	set_login_timer(server);
}

/*
 * If all places are taken, drops the longest waiting client of the address with the most clients
 * not logged in. False if no address has more of those than the newcomer's.
 */
static bool ensure_place(struct server *server, const struct peer *newcomer)
{
	const uint64_t places = server->service.max_connections;
	const uint64_t share = server->settings->max_per_address > 0 ?
				       server->settings->max_per_address : places - places / 8;
	struct client *client, *victim = NULL;
	size_t most = newcomer->waiting;

	if (newcomer->connections >= share)
		return false;
	if (server->service.counters.connections_now < places)
		return true;
	TAILQ_FOREACH(client, &server->waiting, waiting) {
		if (client->peer->waiting <= most)
			continue;
		most = client->peer->waiting;
		victim = client;
	}
	if (victim == NULL)
		return false;
	server_log_refused(server, victim->peer, victim->address, "pop3", "its place is needed");
	client_drop(victim, NULL);
	return true;
}

bool client_find_place(struct client *client, const struct sockaddr *address)
{
	struct server *const server = client->server;
	struct peer *const peer = peers_enter(&server->peers, address);

	if (peer != NULL && ensure_place(server, peer)) {
		client->peer = peer;
		client_take_place(client, PLACE_WAITING);
		return true;
	}
	if (peer != NULL) {
		server_log_refused(server, peer, client->address, "pop3", "too many connections");
		peers_leave(peer);
	}
	if (server->refused_now >= CLIENT_REFUSED_MAX)
		return false;
	client_take_place(client, PLACE_REFUSED);
	return true;
}
