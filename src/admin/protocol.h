#ifndef ADMIN_PROTOCOL_H
#define ADMIN_PROTOCOL_H

#include "admin/admin.h"
#include "base/buffer.h"

/* Internal to src/admin; elsewhere only tests and fuzzers include it. */
struct admin_answer;
enum admin_scheme { ADMIN_PEEP, ADMIN_SPSCMP, ADMIN_MONITOR, ADMIN_SMTPSTATUS, ADMIN_SCHEMES };

enum admin_form {
	FORM_NONE,
	FORM_WORD,
	FORM_PATH, /* a word, with blanks if the protocol allows them */
	FORM_NUMBER,
	FORM_PORT,
	FORM_SWITCH,
	FORM_ADDRESS,
	FORM_METRICS, /* any number of names */
};

/* The contents of an answer after its status. */
enum admin_result {
	RESULT_NOTHING,
	RESULT_NUMBER,
	RESULT_TEXT,
	RESULT_LIST,    /* one record per line */
	RESULT_METRICS, /* numbers, named by the protocol's metrics */
	RESULT_INFO,    /* host, maildir and address */
};

enum { VERB_SETS_PASSWORD = 1 << 0, VERB_WITHOUT_LOGIN = 1 << 1 };

struct admin_column {
	const char *name; /* NULL ends a table */
	bool is_number;
};

struct admin_verb {
	const char *name;
	const char *usage; /* its arguments */
	enum admin_form forms[ADMIN_ARGUMENTS_MAX];
	unsigned traits;
	enum admin_result result;
	const struct admin_column *columns; /* of its records; NULL = the protocol's log_columns */
	const char *words[ADMIN_SCHEMES];   /* on the wire, one or more; NULL = not supported */
};

struct admin_protocol {
	enum admin_scheme scheme;
	const char *name;
	uint16_t port;
	bool wants_user, wants_secret;
	bool greets;	     /* the server sends a greeting */
	bool one_request;    /* the server closes after each answer */
	bool ascii;	     /* arguments are printable ASCII */
	bool blanks;	     /* an argument is the rest of the line, with blanks */
	bool free_secret;    /* the secret may contain any octets */
	size_t word_limit, secret_limit; /* octets of an argument, of the secret */
	size_t line_limit;		 /* octets of an answer's line, without its LF */
	const char *goodbye;
	const char *const *metrics; /* in the order of the answers; ends with NULL */
	const struct admin_column *log_columns;
	void (*log_in)(struct buffer *out, const char *user, const struct pop3_secret *);
	void (*write)(struct buffer *out, const char *word, const struct admin_request *,
		      const struct pop3_secret *);
	/* Parses one line of an answer, without CRLF; fails with POP3_E_PROTOCOL. */
	int (*read)(struct admin_answer *, const char *line, size_t length, struct pop3_error *err);
	/* Sends the request and reads the answer, if the protocol uses datagrams; else NULL. */
	int (*exchange)(const struct pop3_account *, bool clear_text, const struct admin_request *,
			struct admin_answer *, struct pop3_error *err);
};

extern const struct admin_protocol admin_peep, admin_spscmp, admin_monitor, admin_smtpstatus;
extern const struct admin_verb admin_verbs[]; /* ends with a NULL name */

/* Appends all requests of a verb; returns their number. */
size_t admin_write(struct buffer *out, const struct admin_protocol *, const struct admin_request *,
		   const struct pop3_secret *);

/* Whether the protocol's metrics[which] is requested; a NULL request requests all. */
bool admin_wants_metric(const struct admin_protocol *, const struct admin_request *, size_t which);

/* Whether each metric has its own request; otherwise one answer contains all of them. */
bool admin_asks_singly(const struct admin_protocol *, const struct admin_verb *);

/* The write of a protocol: appends a line of the word, the arguments, the new password. */
void admin_write_words(struct buffer *out, const char *word, const struct admin_request *,
		       const struct pop3_secret *);

/* Checks that the secrets are valid in the protocol; the error never contains one. */
int admin_check_secrets(const struct admin_protocol *, const struct admin_request *,
			const struct pop3_account *, struct pop3_error *err);

#endif
