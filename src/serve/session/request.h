#ifndef SERVE_SESSION_REQUEST_H
#define SERVE_SESSION_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

/* A POP3 command line taken apart: pure, over a table of verbs. */
#define REQUEST_ARGUMENTS_MAX 2

struct client;
struct request;

struct request_verb {
	const char *name; /* upper case; NULL ends the table */
	unsigned states;
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
	REQUEST_WRONG_STATE,
	REQUEST_BAD_ARGUMENTS,
};

/* Cuts the line in pieces; it is NUL-terminated behind its length. */
enum request_found request_parse(const struct request_verb *verbs, unsigned state, char *line,
				 size_t length, struct request *request);

#endif
