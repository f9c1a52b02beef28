#ifndef SERVE_SESSION_REQUEST_H
#define SERVE_SESSION_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "serve/session/client.h"

/* Parses POP3 command lines by a table of verbs (request_parse, pure) and runs them. */
#define REQUEST_ARGUMENTS_MAX 2

struct request;

struct request_verb {
	const char *name; /* upper case; NULL ends the table */
	unsigned phases; /* 1 << CLIENT_AUTHORIZATION and so on */
	size_t min, max; /* arguments */
	bool whole_rest; /* one argument, blanks included: USER and PASS */
	void (*run)(struct client *client, const struct request *request);
};

struct request {
	const struct request_verb *verb;
	char *arguments[REQUEST_ARGUMENTS_MAX]; /* borrowed from the line */
	size_t count;
};

enum request_found {
	REQUEST_FOUND,
	REQUEST_UNKNOWN,
	REQUEST_WRONG_PHASE,
	REQUEST_BAD_ARGUMENTS,
};

/* Splits the line in place; line[length] must be NUL. */
enum request_found request_parse(const struct request_verb *verbs, unsigned phase, char *line,
				 size_t length, struct request *request);

/* Runs a command line, or answers with an error. */
void request_take_line(struct client *client, char *line, size_t length);

/* In CLIENT_SASL the line is a response to AUTH instead: authorization.c */
void request_take_response(struct client *client, char *line, size_t length);

/* AUTHORIZATION: authorization.c */
void command_user(struct client *client, const struct request *request);
void command_pass(struct client *client, const struct request *request);
void command_auth(struct client *client, const struct request *request);
void command_stls(struct client *client, const struct request *request);

/* Both states: transaction.c. CAPA is in request.c. */
void command_quit(struct client *client, const struct request *request);

/* TRANSACTION: transaction.c, and message.c for RETR and TOP. NOOP also answers UTF8. */
void command_stat(struct client *client, const struct request *request);
void command_list(struct client *client, const struct request *request);
void command_uidl(struct client *client, const struct request *request);
void command_dele(struct client *client, const struct request *request);
void command_rset(struct client *client, const struct request *request);
void command_noop(struct client *client, const struct request *request);
void command_retr(struct client *client, const struct request *request);
void command_top(struct client *client, const struct request *request);

/* Whether passwords are accepted: over TLS, from this machine, or with --allow-cleartext. */
bool command_may_log_in(const struct client *client);

/* Finds an unmarked message by its number; if there is none, answers -ERR and returns false. */
bool command_find_message(struct client *client, const char *number, size_t *index);

/*
 * For a client in CLIENT_CHECKING. login_defer lets other logins of its address go first;
 * login_drop cancels the login, and returns false if a thread has already taken it.
 */
void login_defer(struct client *client);
bool login_drop(struct client *client);

#endif
