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
 * The server side of the management protocols (PROTOCOLS.md). One file per protocol: a function
 * without I/O that applies a request to the service and writes the answer.
 */
enum manage_next {
	MANAGE_GOES_ON,
	MANAGE_UNKNOWN, /* unknown command: goes on, unless there were too many in a row */
	MANAGE_ENDS,
	MANAGE_REFUSED, /* wrong secret: goes on after a delay */
	MANAGE_REFUSED_ENDS,
	MANAGE_HASHES, /* the dialogue's password has to be hashed before the answer */
};

/* The command of a request, for the log. */
#define MANAGE_VERB_MAX 16
#define MANAGE_NAME_MAX 128 /* octets of a manager's name */

struct manage_dialogue {
	struct service *service;
	char manager[MANAGE_NAME_MAX + 1]; /* "" = the protocol has none */
	char verb[MANAGE_VERB_MAX + 1];	   /* "" = nothing to log */
	struct buffer arguments;	   /* without the secret ones */
	bool logged_in; /* if the protocol has no login: a command was accepted */
	struct new_password password; /* borrowed from the request; a NULL name = none */
};

/* What managers can make the server write to, besides the mailboxes. */
enum manage_power {
	MANAGE_USERS = 1 << 0, /* the users' file */
	MANAGE_ROOT = 1 << 1,  /* mailboxes in any directory */
};

struct manage_protocol {
	const char *name;
	const char *greeting; /* NULL = none */
	const char *too_long; /* the answer to an overlong line */
	const char *unknown;  /* the answer to a request of another protocol */
	size_t line_max;      /* octets without CRLF */
	bool wants_secret;
	unsigned may;	      /* enum manage_power */
	/* The line is NUL-terminated, and may itself contain NULs. */
	enum manage_next (*answer)(struct manage_dialogue *, char *line, size_t length,
				   struct buffer *out);
	/* Writes the answer after the password was set, or after a failure (else NULL). */
	enum manage_next (*hashed)(const struct pop3_error *failure, struct buffer *out);
};

extern const struct manage_protocol manage_peep, manage_spscmp, manage_monitor;

/* Answers one datagram of SMTPStatus; returns the octets of the answer, 0 = no answer. */
#define MANAGE_DATAGRAM 14
#define MANAGE_STATUS_AT 5 /* offset in an answer */

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
 * Splits a line into at most max words, NUL-terminated in place. Returns their number, or -1 if
 * there are more, or if a word is empty, longer than word_max, or has unprintable octets. Words are
 * separated by exactly one space.
 */
int manage_words(char *line, size_t length, size_t word_max, char **words, size_t max);

/* Stores the command and its first count arguments for the log. */
void manage_note(struct manage_dialogue *dialogue, const char *verb, const char *const *arguments,
		 size_t count);

/* Whether a line is an HTTP request, which a web page can make a browser send here. */
bool manage_is_http(const char *line, size_t length);

/* Takes over an accepted connection; owns the socket. */
struct server;
void manage_open(struct server *server, const struct manage_protocol *protocol, int fd,
		 const struct sockaddr *address);
void manage_close_all(struct server *server);

/* Answers datagrams on a socket, which stays the caller's. NULL when out of memory. */
struct datagrams;
struct datagrams *datagrams_open(struct server *server, int fd);
void datagrams_close(struct datagrams *datagrams); /* NULL is fine */

#endif
