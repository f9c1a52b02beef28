#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include <event2/event.h>
#include <stdbool.h>
#include <sys/queue.h>

#include "serve/log.h"
#include "serve/service.h"
#include "serve/peer.h"
#include "serve/serve.h"
#include "serve/worker.h"

struct certificates;
struct client;
struct listener;
struct manage_session;

/* The running process: what its parts in the event loop share. */
struct server {
	const struct serve_settings *settings;
	struct serve_observer *observer;
	struct service service;
	struct event_base *base;
	struct workers *workers;
	struct certificates *certificates; /* NULL = no TLS */
	struct event_log log;
	struct peers peers;
	LIST_HEAD(client_list, client) clients;
	TAILQ_HEAD(waiting_list, client) waiting; /* to log in: who has waited longest is first */
	struct event *login_timer;		  /* when the first one's time to log in is over */
	LIST_HEAD(session_list, manage_session) sessions;
	TAILQ_HEAD(listener_list, listener) listeners;
	size_t refused_now;  /* clients that are being told that there is no place */
	size_t sessions_now; /* of management */
	char *decoy_hash;    /* where there is no user whose hash can stand in for nobody's */
	bool stopping;
	struct event *deadline;	 /* of what still runs while stopping */
	int64_t stop_until;	 /* the same as a moment of clock_ms */
};

/* At most a line a minute and address. */
void server_log_refused(const struct server *server, struct peer *peer, const char *address,
			const char *protocol, const char *reason);

/* Ends the loop when all is done that SIGTERM lets go on. */
void server_maybe_stop(struct server *server);

#endif
