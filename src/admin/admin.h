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
 * Managing a server over peep, spscmp, monitor or smtpstatus: admin.c has the table of what each
 * can do. The names of metrics mean the same whichever protocol tells them:
 *	connections-now	connections that are open
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

/* A verb with what it works on; all borrowed. */
struct admin_request {
	const struct admin_verb *verb;
	const char *arguments[ADMIN_ARGUMENTS_MAX]; /* NULL behind the last one */
	const struct pop3_secret *new_password;	    /* where admin_sets_password */
	char *const *names;			    /* of metrics that are asked for */
	size_t name_count;			    /* 0 = all of them */
};

struct admin_field {
	const char *name;
	const char *text; /* the server's octets, borrowed for the call */
	size_t length;
	bool is_number;
	uint64_t number;
};

/* Takes the records of an answer, one per call, once the answer is whole. */
struct admin_sink {
	int (*record)(struct admin_sink *, const struct admin_field *fields, size_t count,
		      struct pop3_error *err);
};

/* The protocol of a URL's scheme. Fails with POP3_E_USAGE, naming those there are. */
const struct admin_protocol *admin_protocol(const char *scheme, struct pop3_error *err);

/* The verbs there are, from 0; NULL behind the last one. */
const char *admin_verb_name(size_t which);

/* Whether a verb's name is, or begins with, that word. */
bool admin_is_verb(const char *word);

/* Lines about verbs, schemes and ports. */
void admin_describe(struct buffer *out);

/* Reads "user-add ann", "set timeout 60". POP3_E_USAGE, without a verb when there is none such. */
int admin_parse(struct admin_request *, char *const *words, size_t count, struct pop3_error *err);

/* All that can be told before any secret is asked for; fails with POP3_E_USAGE. */
int admin_check(const struct admin_protocol *, const struct admin_request *, const char *user,
		struct pop3_error *err);

bool admin_wants_secret(const struct admin_protocol *, const char *user);
bool admin_sets_password(const struct admin_verb *);

/*
 * A link connects, greets and logs in when it is first asked, after admin_check and a look at the
 * secrets. Any number of requests may follow, after a failure only where pop3_error_ends_session
 * allows; admin_close takes leave of the server. All is borrowed until then. Before anything is
 * sent, asking fails with POP3_E_USAGE, unless clear_text allows it, the peer is this machine, or
 * the account has a tunnel.
 */
struct admin_link *admin_open(const struct admin_protocol *, const struct pop3_account *,
			      bool clear_text, struct pop3_error *err);
int admin_ask(struct admin_link *, const struct admin_request *, struct admin_sink *,
	      struct pop3_error *err);
void admin_close(struct admin_link *); /* NULL is fine */

#endif
