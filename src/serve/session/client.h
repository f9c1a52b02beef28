#ifndef SERVE_SESSION_CLIENT_H
#define SERVE_SESSION_CLIENT_H

#include <event2/bufferevent.h>
#include <stdbool.h>
#include <sys/queue.h>

#include "serve/limits.h"
#include "serve/line-reader.h"
#include "serve/maildrop/maildrop.h"
#include "serve/server.h"
#include "serve/session/message.h"

/* One POP3 connection. A command is taken only when the one before it is answered in full. */
enum client_phase {
	CLIENT_CONNECTING,    /* until the greeting, or in the handshake after STLS */
	CLIENT_AUTHORIZATION,
	CLIENT_SASL,	      /* the next line is the response to AUTH */
	CLIENT_CHECKING,      /* a job checks the password and opens the maildrop */
	CLIENT_REFUSING,      /* the answer to a wrong password waits */
	CLIENT_STLS,	      /* the handshake begins when the answer is out */
	CLIENT_TRANSACTION,
	CLIENT_SENDING,	      /* an answer goes out piece by piece */
	CLIENT_FILTERING,     /* the same, waiting for the external program */
	CLIENT_UPDATE,	      /* a job removes the marked messages */
	CLIENT_CLOSING,	      /* the last answer goes out */
	CLIENT_LINGERING,     /* the other side may close first */
	CLIENT_BROKEN,	      /* freed as soon as it returns to the loop */
	CLIENT_PHASES
};

enum client_turn {
	TURN_MORE,   /* call again when there is room */
	TURN_DONE,
	TURN_WAITS,  /* for the external program */
	TURN_FAILED, /* the connection has to go: nothing may look like a whole answer */
};

/* Among --max-connections. */
enum client_place {
	PLACE_NONE,
	PLACE_WAITING, /* to log in */
	PLACE_HELD,    /* logged in */
	PLACE_REFUSED, /* for an answer that there is none */
};

struct client {
	struct server *server;
	struct bufferevent *stream; /* NULL once the connection is lost while a job runs */
	struct event *timer;
	struct peer *peer; /* NULL = refused */
	char address[PEER_TEXT_MAX];
	enum client_phase phase; /* client_enter alone changes it */
	enum client_place place; /* client_take_place alone changes it */
	int64_t since;		 /* clock_ms: when it connected */
	bool local, tls;
	bool greeted;
	bool input_ended; /* the other side will send no more */
	struct line_reader lines;
	char *name; /* of USER */
	unsigned failed_logins;
	struct login *login;   /* CLIENT_CHECKING */
	struct online online;  /* once logged in */
	struct maildrop *drop; /* the same */
	enum client_turn (*turn)(struct client *); /* CLIENT_SENDING: puts the next piece */
	size_t next;				   /* message of a listing */
	unsigned retrieved;
	struct outgoing outgoing;
	LIST_ENTRY(client) entry;
	TAILQ_ENTRY(client) waiting; /* PLACE_WAITING */
};

/* Owns the socket from here on. */
void client_open(struct server *server, int fd, const struct sockaddr *address, bool tls);

/* Does what can be done now; the client may be freed then. */
void client_advance(struct client *client);
void client_enter(struct client *client, enum client_phase phase);
void client_take_place(struct client *client, enum client_place place);

/* A place, when there is one for this address; else perhaps one to be refused in. */
bool client_find_place(struct client *client, const struct sockaddr *address);

/* For libevent: the time to log in is over for who has waited longest. */
void client_login_timer_fired(evutil_socket_t fd, short what, void *server);

/* SIGTERM: at once when idle, else when the running command is answered. */
void client_stop(struct client *client);

/*
 * Hangs up, and removes nothing from the maildrop: cut from inside a command, else drop. Without
 * a reason nothing is logged.
 */
void client_cut(struct client *client, const char *reason);
void client_drop(struct client *client, const char *reason);
bool client_is_in_thread(const struct client *client);

/* One line of an answer; CRLF is added. */
void client_reply(struct client *client, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void client_put(struct client *client, const void *data, size_t length);
size_t client_room(const struct client *client); /* octets that may be put now */

/* When the timer fires; 0 = when the session has been idle for too long. */
void client_set_timer(struct client *client, int64_t milliseconds);

void client_log(const struct client *client, const char *event, const char *name,
		const char *text);

#endif
