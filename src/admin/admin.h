#ifndef ADMIN_ADMIN_H
#define ADMIN_ADMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/account.h"
#include "pop3/error.h"
#include "pop3/secret.h"

/*
 * Manages a server over peep, spscmp, monitor or smtpstatus; the table in admin.c lists what each
 * can do. A metric's name means the same in every protocol:
 *	connections-now	open connections
 *	connections	connections ever
 *	online		users that are logged in
 *	logins		logins ever
 *	messages	messages sent
 *	octets		octets sent
 *	removed		messages removed by a QUIT
 */

#define ADMIN_ARGUMENTS_MAX 2

struct admin_link;
struct admin_protocol;
struct admin_verb;

/* A verb and its arguments; all borrowed. */
struct admin_request {
	const struct admin_verb *verb;
	const char *arguments[ADMIN_ARGUMENTS_MAX]; /* NULL after the last one */
	const struct pop3_secret *new_password;	    /* if admin_sets_password */
	char *const *names;			    /* of the requested metrics */
	size_t name_count;			    /* 0 = all of them */
};

struct admin_field {
	const char *name;
	const char *text; /* the server's octets, borrowed for the call */
	size_t length;
	bool is_number;
	uint64_t number;
};

/* Receives the records of an answer, one per call, once the answer is complete. */
struct admin_sink {
	int (*record)(struct admin_sink *, const struct admin_field *fields, size_t count,
		      struct pop3_error *err);
};

/* The protocol of a URL's scheme. Fails with POP3_E_USAGE, listing all schemes. */
const struct admin_protocol *admin_protocol(const char *scheme, struct pop3_error *err);

/* The names of all verbs, from 0; NULL after the last one. */
const char *admin_verb_name(size_t which);

/* Whether the word is the first or only word of a verb's name. */
bool admin_is_verb(const char *word);

/* Appends help on verbs, schemes and ports. */
void admin_describe(struct buffer *out);

/* Parses "user-add ann", "set timeout 60". POP3_E_USAGE, with a NULL verb if it is unknown. */
int admin_parse(struct admin_request *, char *const *words, size_t count, struct pop3_error *err);

/* Checks all that can be checked before prompting for secrets; fails with POP3_E_USAGE. */
int admin_check(const struct admin_protocol *, const struct admin_request *, const char *user,
		struct pop3_error *err);

bool admin_wants_secret(const struct admin_protocol *, const char *user);
bool admin_sets_password(const struct admin_verb *);

/*
 * admin_ask checks the request and the secrets, then sends the request; the first one connects and
 * logs in. Any number may follow, but after a failure only if pop3_error_ends_session allows it.
 * admin_close says goodbye to the server; protocol and account are borrowed until then. Without
 * clear_text, admin_ask fails with POP3_E_USAGE before it sends anything to another machine other
 * than through the account's tunnel.
 */
struct admin_link *admin_open(const struct admin_protocol *, const struct pop3_account *,
			      bool clear_text, struct pop3_error *err);
int admin_ask(struct admin_link *, const struct admin_request *, struct admin_sink *,
	      struct pop3_error *err);
void admin_close(struct admin_link *); /* NULL is fine */

#endif
