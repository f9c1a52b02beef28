#ifndef POP3_PIPELINE_H
#define POP3_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"
#include "pop3/reply.h"

/*
 * The one place that sends ahead of the answers. Commands are queued, written as far as the window
 * allows, and their answers taken in order. Where the server cannot do that, the window is one
 * command wide and all callers work in lock step without knowing. It has room for what a quick
 * server answers in a round trip of 50 ms, and what cannot be written is kept while answers are
 * read: however small the buffers on the way are, neither side waits for the other for ever.
 */
#ifndef PIPELINE_COMMANDS
#define PIPELINE_COMMANDS 4096UL /* queued or unanswered at the most */
#endif
#ifndef PIPELINE_OCTETS
#define PIPELINE_OCTETS 40960UL  /* of unanswered commands */
#endif

struct pop3_session;

/* One command and what to do with its answer. The pointers are borrowed until then. */
struct exchange {
	const char *verb; /* NULL: nothing is sent, and answered called in its turn all the same */
	/* Reads what follows the status line, if anything does. -1 ends the session. */
	int (*answered)(struct pop3_session *, const struct exchange *, const struct reply *,
			struct pop3_error *err);
	void *arg;
	uint32_t index;
	uint32_t number; /* its message, 0 = none */
	int32_t lines;	 /* TOP's argument, -1 = none */
	uint16_t octets; /* of the command line, filled in when it is sent */
	bool of_list;	 /* LIST or UIDL of one message: its answer may lack the +OK */
	bool of_login;	 /* not to be sent again on a new connection, which logs in anew */
};

struct pipeline {
	struct exchange queue[PIPELINE_COMMANDS];
	size_t oldest, count; /* a ring: where it begins, how many it holds */
	size_t sent;	      /* how many of those are on their way */
	size_t octets;	      /* of their command lines */
};

/* Queues a command; takes answers first while there is no room. */
int pipeline_ask(struct pop3_session *, const struct exchange *, struct pop3_error *err);

/* Writes what the window allows, without taking an answer. */
int pipeline_send(struct pop3_session *, struct pop3_error *err);

/* The same as asking, for a command line that its caller has put on the wire already. */
void pipeline_expect(struct pop3_session *, const struct exchange *);

/* Takes all answers that are due. */
int pipeline_await(struct pop3_session *, struct pop3_error *err);

/* The same, and leaves it to the caller to make good what fails. */
int pipeline_take_all(struct pop3_session *, struct pop3_error *err);

/* Takes all but those of the login for not sent, to send them on a new connection. */
void pipeline_rewind(struct pipeline *);

#endif
