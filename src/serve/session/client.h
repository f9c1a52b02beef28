#ifndef SERVE_SESSION_CLIENT_H
#define SERVE_SESSION_CLIENT_H

#include <event2/bufferevent.h>
#include <stdbool.h>
#include <sys/queue.h>

#include "serve/limits.h"
#include "serve/maildrop/maildrop.h"
#include "serve/server.h"
#include "serve/line-reader.h"
#include "serve/session/outgoing.h"

/* One POP3 connection. A command is taken only when the one before it is answered in full. */
enum client_state { CLIENT_AUTHORIZATION = 1 << 0, CLIENT_TRANSACTION = 1 << 1 };

enum client_turn {
	TURN_MORE,   /* call again when there is room */
	TURN_DONE,
	TURN_WAITS,  /* client_advance will be called */
	TURN_FAILED, /* the connection has to go: nothing may look like a whole answer */
};

struct client {
	struct server *server;
	struct bufferevent *stream; /* NULL once the connection is lost */
	struct event *timer;
	struct peer *peer;
	char address[PEER_TEXT_MAX];
	enum client_state state;
	struct line_reader lines;
	bool local, tls;
	bool has_place;	   /* counted as a connection */
	bool refused;	   /* there was no place */
	bool handshaking, greeted;
	bool input_ended;  /* the other side will send no more */
	bool in_thread;	   /* a job has it: not to be freed */
	bool waiting;	   /* for a job, a timer or a program */
	bool leaving;	   /* goes when the output is out */
	bool lingering;	   /* the output is out */
	bool starting_tls; /* when the output is out */
	bool broken;	   /* goes at once */
	void (*next_line)(struct client *, const char *line); /* takes the next line instead */
	enum client_turn (*turn)(struct client *);	      /* an answer that has not ended */
	const char *late_refusal;			      /* said when the timer fires */
	char *name;	       /* what USER said */
	struct online online;  /* in TRANSACTION */
	struct maildrop *drop; /* in TRANSACTION */
	size_t next;	       /* message of a listing */
	unsigned retrieved, bad_logins;
	struct outgoing outgoing;
	LIST_ENTRY(client) entry;
};

/* Owns the socket from here on. */
void client_open(struct server *server, int fd, const struct sockaddr *address, bool tls);

/* Does what can be done now; the client may be freed then. */
void client_advance(struct client *client);

/* SIGTERM: at once when idle, else when the running command is answered. */
void client_stop(struct client *client);

/* Hangs up; nothing is removed from the maildrop. */
void client_drop(struct client *client, const char *reason);

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
