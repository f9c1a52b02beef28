#ifndef POP3_PIPELINE_H
#define POP3_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/error.h"
#include "pop3/reply.h"

/*
 * Sends commands ahead of their answers. Commands are queued, written as far as the window allows,
 * and answered in order. If the server does not support this, the window is one command, so that
 * the same calls work in lock step. The window holds what a fast server answers in a round trip of
 * 50 ms. Octets that cannot be written yet are kept while answers are read, so that client and
 * server never wait for each other, however small the socket buffers are.
 */
#ifndef PIPELINE_COMMANDS
#define PIPELINE_COMMANDS 4096UL /* maximum number queued or unanswered */
#endif
#ifndef PIPELINE_OCTETS
#define PIPELINE_OCTETS 40960UL  /* maximum size of unanswered commands */
#endif

struct pop3_session;

/* A command and the handling of its answer. The pointers are borrowed until then. */
struct exchange {
	const char *verb; /* NULL: sends nothing; answered is called in turn */
	/* Reads what follows the status line, if anything. Returning -1 ends the session. */
	int (*answered)(struct pop3_session *, const struct exchange *, const struct reply *,
			struct pop3_error *err);
	/* Called if the answer does not begin with a status line; may be NULL. Returns -1. */
	int (*broke)(struct pop3_session *, const struct exchange *, struct pop3_error *err);
	void *arg;
	uint32_t index;
	uint32_t number; /* message number, 0 = none */
	int32_t lines;	 /* TOP's argument, -1 = none */
	uint16_t octets; /* size of the command line, set when it is sent */
	bool is_behind;	 /* sent before the answer to an earlier one, set when it is sent */
	bool of_list;	 /* LIST or UIDL of one message: the answer may lack +OK */
	bool of_login;	 /* not sent again on a new connection, which has its own login */
};

struct pipeline {
	struct exchange queue[PIPELINE_COMMANDS];
	size_t oldest, count; /* ring buffer: index of the first, number */
	size_t sent;	      /* number of commands sent */
	size_t octets;	      /* size of the commands sent */
};

/* Queues a command. While the queue is full, takes answers first. */
int pipeline_ask(struct pop3_session *, const struct exchange *, struct pop3_error *err);

/* Writes what the window allows, without reading answers. */
int pipeline_send(struct pop3_session *, struct pop3_error *err);

/* The same as pipeline_ask for a command line that the caller has already passed to the wire. */
void pipeline_expect(struct pop3_session *, const struct exchange *);

/* Takes all answers that are due. */
int pipeline_await(struct pop3_session *, struct pop3_error *err);

/* The same, but leaves it to the caller to recover from failures. */
int pipeline_take_all(struct pop3_session *, struct pop3_error *err);

/* Marks commands as not sent, to repeat them on a new connection; drops those of the login. */
void pipeline_rewind(struct pipeline *);

#endif
