/*
 * The UDP socket of SMTPStatus. An answer is also a valid request, and sender addresses can be
 * forged, so two servers could answer each other for ever. Refusals are therefore limited per
 * second, delayed for a wrong secret, and never sent to privileged or management ports.
 */
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "serve/address.h"
#include "serve/listener.h"
#include "serve/manage/manage.h"

#define PRIVILEGED_PORTS 1024

/* A delayed answer. */
struct late_answer {
	struct sockaddr_storage to;
	socklen_t length;
	unsigned char octets[MANAGE_DATAGRAM];
	int64_t due; /* clock_ms */
};

struct datagrams {
	struct server *server;
	int fd;
	struct event *readable, *timer;
	unsigned refusals; /* since refusals_since */
	int64_t refusals_since;
	struct late_answer late[DATAGRAM_REFUSALS_MAX]; /* ring buffer */
	size_t first, count;
};

static void send_answer(const struct datagrams *datagrams, const struct late_answer *answer)
{
	(void)sendto(datagrams->fd, answer->octets, sizeof answer->octets, MSG_DONTWAIT,
		     (const struct sockaddr *)&answer->to, answer->length);
}

static void set_timer(struct datagrams *datagrams)
{
	const int64_t left = datagrams->late[datagrams->first].due - clock_ms();
	const int64_t wait = left > 0 ? left : 0;
	const struct timeval interval = {
		.tv_sec = wait / 1000, .tv_usec = wait % 1000 * 1000,
	};

	if (datagrams->count > 0)
		event_add(datagrams->timer, &interval);
}

static void send_late(evutil_socket_t fd, short what, void *argument)
{
	struct datagrams *const datagrams = argument;

	(void)fd;
	(void)what;
	while (datagrams->count > 0 && datagrams->late[datagrams->first].due <= clock_ms()) {
		send_answer(datagrams, &datagrams->late[datagrams->first]);
		datagrams->first = (datagrams->first + 1) % DATAGRAM_REFUSALS_MAX;
		datagrams->count--;
	}
	set_timer(datagrams);
}

/* Allows DATAGRAM_REFUSALS_MAX per second for all addresses together. */
static bool may_refuse(struct datagrams *datagrams, const struct sockaddr *from)
{
	const uint16_t port = address_port(from);
	const int64_t now = clock_ms();

	if (port < PRIVILEGED_PORTS || listeners_manage_port(datagrams->server, port))
		return false;
	if (now - datagrams->refusals_since >= 1000) {
		datagrams->refusals_since = now;
		datagrams->refusals = 0;
	}
	return datagrams->refusals++ < DATAGRAM_REFUSALS_MAX;
}

static void refuse_secret(struct datagrams *datagrams, struct peer *peer,
			  struct late_answer *answer)
{
	const struct sockaddr *const from = (const struct sockaddr *)&answer->to;
	const size_t last = (datagrams->first + datagrams->count) % DATAGRAM_REFUSALS_MAX;
	char text[PEER_TEXT_MAX];

	peer_guessed(peer);
	if (!may_refuse(datagrams, from))
		return;
	peer_print(from, text);
	log_event(&datagrams->server->log, "secret-refused",
		  LOG_FIELDS({ "from", text }, { "protocol", "smtpstatus" }));
	if (datagrams->count == DATAGRAM_REFUSALS_MAX)
		return;
	answer->due = clock_ms() + MANAGE_REFUSED_MS;
	datagrams->late[last] = *answer;
	if (datagrams->count++ == 0)
		set_timer(datagrams);
}

static void log_command(const struct datagrams *datagrams, const struct late_answer *answer,
			unsigned command)
{
	const bool done = answer->octets[MANAGE_STATUS_AT] == STATUS_DONE;
	char text[PEER_TEXT_MAX], verb[8];

	peer_print((const struct sockaddr *)&answer->to, text);
	snprintf(verb, sizeof verb, "%02X", command);
	log_event(&datagrams->server->log, "manage",
		  LOG_FIELDS({ "protocol", "smtpstatus" }, { "from", text }, { "verb", verb },
			     { "result", done ? "done" : "refused" }));
}

/* After too many wrong secrets, requests from that address are ignored for a while. */
static void take_request(struct datagrams *datagrams, struct peer *peer,
			 const unsigned char *request, size_t length, struct late_answer *answer)
{
	enum smtpstatus_status status;

	if (peer_guess_wait(peer) > 0 ||
	    manage_smtpstatus_answer(&datagrams->server->service, request, length,
				     answer->octets) == 0)
		return;
	status = answer->octets[MANAGE_STATUS_AT];
	if (status == STATUS_AUTHENTICATION)
		refuse_secret(datagrams, peer, answer);
	else if (status == STATUS_DONE || status == STATUS_FAULT ||
		 may_refuse(datagrams, (const struct sockaddr *)&answer->to))
		send_answer(datagrams, answer);
	if (status == STATUS_DONE || status == STATUS_FAULT)
		log_command(datagrams, answer, request[MANAGE_DATAGRAM - 1]);
}

static void take_datagram(evutil_socket_t fd, short what, void *argument)
{
	struct datagrams *const datagrams = argument;
	struct late_answer answer = { .length = sizeof answer.to };
	unsigned char request[MANAGE_DATAGRAM + 1];
	const ssize_t got = recvfrom(fd, request, sizeof request, MSG_DONTWAIT,
				     (struct sockaddr *)&answer.to, &answer.length);
	struct peer *peer;

	(void)what;
	if (got < MANAGE_DATAGRAM)
		return;
	peer = peers_enter(&datagrams->server->peers, (const struct sockaddr *)&answer.to);
	if (peer == NULL)
		return;
	take_request(datagrams, peer, request, (size_t)got, &answer);
	peers_leave(peer);
}

struct datagrams *datagrams_open(struct server *server, int fd)
{
	struct datagrams *const datagrams = calloc(1, sizeof *datagrams);

	if (datagrams == NULL)
		return NULL;
	datagrams->server = server;
	datagrams->fd = fd;
	datagrams->timer = evtimer_new(server->base, send_late, datagrams);
	datagrams->readable = event_new(server->base, fd, EV_READ | EV_PERSIST, take_datagram,
					datagrams);
	if (datagrams->timer != NULL && datagrams->readable != NULL &&
	    event_add(datagrams->readable, NULL) == 0)
		return datagrams;
	datagrams_close(datagrams);
	return NULL;
}

void datagrams_close(struct datagrams *datagrams)
{
	if (datagrams == NULL)
		return;
	if (datagrams->readable != NULL)
		event_free(datagrams->readable);
	if (datagrams->timer != NULL)
		event_free(datagrams->timer);
	free(datagrams);
}
