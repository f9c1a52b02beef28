#ifndef SERVE_SESSION_CLIENT_H
#define SERVE_SESSION_CLIENT_H

#include <event2/bufferevent.h>
#include <stdbool.h>

#include "base/queue.h"
#include "serve/limits.h"
#include "serve/line-reader.h"
#include "serve/maildrop/dot-stuffing.h"
#include "serve/maildrop/maildrop.h"
#include "serve/server.h"

/* One POP3 connection. A command is processed only after the previous one is fully answered. */
enum client_phase {
	CLIENT_CONNECTING,    /* before the greeting, or in the handshake after STLS */
	CLIENT_AUTHORIZATION,
	CLIENT_SASL,	      /* the next line is the response to AUTH */
	CLIENT_CHECKING,      /* a job checks the password and opens the maildrop */
	CLIENT_REFUSING,      /* delays the answer to a wrong password */
	CLIENT_STLS,	      /* the handshake begins once the answer is sent */
	CLIENT_TRANSACTION,
	CLIENT_SENDING,	      /* sends an answer piece by piece */
	CLIENT_FILTERING,     /* the same, waiting for the transform command */
	CLIENT_UPDATE,	      /* a job removes the marked messages */
	CLIENT_CLOSING,	      /* sends the last answer */
	CLIENT_LINGERING,     /* waits for the client to close first */
	CLIENT_BROKEN,	      /* freed before the return to the event loop */
	CLIENT_PHASES
};

enum client_turn {
	TURN_MORE,   /* call again when the output has space */
	TURN_DONE,
	TURN_WAITS,  /* for the transform command */
	TURN_FAILED, /* close the connection: a cut answer must not look complete */
};

/* How a connection counts against --max-connections. */
enum client_place {
	PLACE_NONE,
	PLACE_WAITING, /* not logged in yet */
	PLACE_HELD,    /* logged in */
	PLACE_REFUSED, /* not counted: gets "too many connections" and is closed */
};

/* A message being sent (RETR, TOP), from its file or through the transform command. */
struct outgoing {
	int fd;	       /* -1 = none */
	size_t index;  /* in the maildrop */
	uint64_t left; /* octets of the file still to read */
	struct dot_stuffing stuffing;
	struct transform *transform;
	bool begun; /* +OK has been sent */
};

struct client {
	struct server *server;
	struct bufferevent *stream; /* NULL = the connection was lost while a job runs */
	struct event *timer;
	struct peer *peer; /* NULL = refused */
	char address[PEER_TEXT_MAX];
	enum client_phase phase; /* changed only by client_enter */
	enum client_place place; /* changed only by client_take_place */
	int64_t since;		 /* clock_ms: when it connected */
	bool local, tls;
	bool greeted;
	bool input_ended; /* the client will send no more */
	struct line_reader lines;
	char *name; /* from USER */
	unsigned failed_logins;
	struct login *login;   /* CLIENT_CHECKING */
	struct online online;  /* once logged in */
	struct maildrop *drop; /* the same */
	enum client_turn (*turn)(struct client *); /* CLIENT_SENDING: writes the next piece */
	void (*put_line)(struct client *, size_t index, const char *before); /* of a listing */
	size_t next;				   /* its next message */
	unsigned retrieved;
	struct outgoing outgoing;
	LIST_ENTRY(client) entry;
	TAILQ_ENTRY(client) waiting; /* PLACE_WAITING */
};

/* Takes over an accepted connection; owns the socket. */
void client_open(struct server *server, int fd, const struct sockaddr *address, bool tls);

/* Does all that can be done without waiting; may free the client. */
void client_advance(struct client *client);
void client_enter(struct client *client, enum client_phase phase);
void client_take_place(struct client *client, enum client_place place);

/* Gives the client a place, or PLACE_REFUSED. False: close it without an answer. */
bool client_find_place(struct client *client, const struct sockaddr *address);

/* libevent's callback: drops clients that did not log in in time. */
void client_login_timer_fired(evutil_socket_t fd, short what, void *server);

/* SIGTERM: closes the client at once if idle, else after the running command. */
void client_stop(struct client *client);

/*
 * Disconnect the client without removing messages. Commands call client_cut, which frees it later;
 * others call client_drop, which frees it at once or when its job is done. NULL reason = no log.
 */
void client_cut(struct client *client, const char *reason);
void client_drop(struct client *client, const char *reason);
bool client_is_in_thread(const struct client *client);

/* Writes one line of an answer and adds CRLF. */
void client_reply(struct client *client, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void client_put(struct client *client, const void *data, size_t length);
size_t client_room(const struct client *client); /* free octets in the output buffer */

void outgoing_release(struct outgoing *outgoing);

/* Sets the timer; 0 = the idle time-out. */
void client_set_timer(struct client *client, int64_t milliseconds);

void client_log(const struct client *client, const char *event, const char *name,
		const char *text);

#endif
