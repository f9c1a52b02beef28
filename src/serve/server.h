#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include <event2/event.h>
#include <stdbool.h>

#include "base/queue.h"
#include "serve/log.h"
#include "serve/service.h"
#include "serve/peer.h"
#include "serve/serve.h"
#include "serve/worker.h"

struct certificates;
struct client;
struct listener;
struct manage_session;

/* The running server: state shared by everything in the event loop. */
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
	TAILQ_HEAD(waiting_list, client) waiting; /* not logged in yet, the oldest first */
	struct event *login_timer;		  /* for the login time-out of the oldest */
	LIST_HEAD(session_list, manage_session) sessions;
	TAILQ_HEAD(listener_list, listener) listeners;
	size_t refused_now;  /* connections that get "too many connections" */
	size_t sessions_now; /* management connections */
	char *decoy_hash;    /* for unknown names, if no user has a hash to use instead */
	bool stopping;
	struct event *deadline;	 /* for running commands while stopping */
	int64_t stop_until;	 /* the same in clock_ms */
};

/* Logs at most one line per minute and address. */
void server_log_refused(const struct server *server, struct peer *peer, const char *address,
			const char *protocol, const char *reason);

/* While stopping, ends the loop once the last connection is closed. */
void server_maybe_stop(struct server *server);

#endif
