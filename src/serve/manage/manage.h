#ifndef SERVE_MANAGE_MANAGE_H
#define SERVE_MANAGE_MANAGE_H

#include <event2/util.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/buffer.h"
#include "serve/limits.h"
#include "serve/service.h"

/*
 * The server's side of the management protocols (PROTOCOLS.md). One file a protocol: a pure
 * function from a request to its answer and to what it does to the service.
 */
enum manage_next {
	MANAGE_GOES_ON,
	MANAGE_UNKNOWN, /* goes on, unless it is one more in a row of unknown commands */
	MANAGE_ENDS,
	MANAGE_REFUSED, /* a wrong secret: goes on, later */
	MANAGE_REFUSED_ENDS,
	MANAGE_HASHES, /* the dialogue's password; then there is an answer */
};

/* What a request asks for, as the log has it. */
#define MANAGE_VERB_MAX 16
#define MANAGE_NAME_MAX 128 /* octets of a manager's name */

struct manage_dialogue {
	struct service *service;
	char manager[MANAGE_NAME_MAX + 1]; /* "" = the protocol knows none */
	char verb[MANAGE_VERB_MAX + 1];	   /* "" = nothing that a manager asked for */
	struct buffer arguments;	   /* those that are no secret */
	bool logged_in; /* where there is no login: one command was accepted */
	struct new_password password; /* borrowed from the request; a NULL name = none */
};

/* What a manager may have written to disk, beyond the mailboxes. */
enum manage_power {
	MANAGE_USERS = 1 << 0, /* the users' file */
	MANAGE_ROOT = 1 << 1,  /* mailboxes in whatever folder he names */
};

struct manage_protocol {
	const char *name;
	const char *greeting; /* NULL = none */
	const char *too_long; /* the answer to a line that is */
	const char *unknown;  /* the answer to what is another protocol's */
	size_t line_max;      /* octets without the line's end */
	bool wants_secret;
	unsigned may;	      /* enum manage_power */
	/* The line is NUL-terminated, and may hold NULs. */
	enum manage_next (*answer)(struct manage_dialogue *, char *line, size_t length,
				   struct buffer *out);
	/* The user has the password now, or why not. */
	enum manage_next (*hashed)(const struct pop3_error *failure, struct buffer *out);
};

extern const struct manage_protocol manage_peep, manage_spscmp, manage_monitor;

/* One datagram of SMTPStatus: how many octets of answer there are, 0 = none. */
#define MANAGE_DATAGRAM 14
#define MANAGE_STATUS_AT 5 /* octet of an answer */

enum smtpstatus_status {
	STATUS_DONE,
	STATUS_AUTHENTICATION,
	STATUS_VERSION,
	STATUS_COMMAND,
	STATUS_SIZE,
	STATUS_FAULT,
};

size_t manage_smtpstatus_answer(struct service *service, const unsigned char *request,
				size_t length, unsigned char answer[MANAGE_DATAGRAM]);

/*
 * Cuts a line in at most max words, each NUL-terminated in place. Returns how many there are, or
 * -1 when there are more, when one is longer than word_max or not of printable octets, or when
 * more than one space stands between two.
 */
int manage_words(char *line, size_t length, size_t word_max, char **words, size_t max);

/* Notes what is asked for, with the first of the arguments. */
void manage_note(struct manage_dialogue *dialogue, const char *verb, const char *const *arguments,
		 size_t count);

/* Whether a line is one of HTTP: a browser's, sent here by a page of somebody else's. */
bool manage_is_http(const char *line, size_t length);

/* A connection: owns the socket. */
struct server;
void manage_open(struct server *server, const struct manage_protocol *protocol, int fd,
		 const struct sockaddr *address);
void manage_close_all(struct server *server);

/* Datagrams of a socket, which stays the caller's. NULL without memory. */
struct datagrams;
struct datagrams *datagrams_open(struct server *server, int fd);
void datagrams_close(struct datagrams *datagrams); /* NULL is fine */

#endif
