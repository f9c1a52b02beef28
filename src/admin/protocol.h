#ifndef ADMIN_PROTOCOL_H
#define ADMIN_PROTOCOL_H

#include "admin/admin.h"
#include "base/buffer.h"

/* What the files of src/admin share; outside of it only tests and fuzzers look in here. */
struct admin_answer;
enum admin_scheme { ADMIN_PEEP, ADMIN_SPSCMP, ADMIN_MONITOR, ADMIN_SMTPSTATUS, ADMIN_SCHEMES };

enum admin_form {
	FORM_NONE,
	FORM_WORD,
	FORM_PATH, /* a word, with blanks where the protocol has room for them */
	FORM_NUMBER,
	FORM_PORT,
	FORM_SWITCH,
	FORM_ADDRESS,
	FORM_METRICS, /* names, any number of them */
};

/* What an answer holds after its status. */
enum admin_result {
	RESULT_NOTHING,
	RESULT_NUMBER,
	RESULT_TEXT,
	RESULT_LIST,    /* a line a record */
	RESULT_METRICS, /* numbers, as the protocol's metrics name them */
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
	const char *words[ADMIN_SCHEMES];   /* on the wire, one or more; NULL = lacks the verb */
};

struct admin_protocol {
	enum admin_scheme scheme;
	const char *name;
	uint16_t port;
	bool wants_user, wants_secret;
	bool greets;	     /* says an answer before the first request */
	bool one_request;    /* the server closes behind each answer */
	bool ascii;	     /* arguments are printable ASCII */
	bool blanks;	     /* an argument is the rest of a line */
	bool free_secret;    /* the secret is octets, not a word of a line */
	size_t word_limit, secret_limit; /* octets of an argument, of the secret */
	size_t line_limit;		 /* octets of an answer's line, without its LF */
	const char *goodbye;
	const char *const *metrics; /* in the order of the answers; ends with NULL */
	const struct admin_column *log_columns;
	void (*log_in)(struct buffer *out, const char *user, const struct pop3_secret *);
	void (*write)(struct buffer *out, const char *word, const struct admin_request *,
		      const struct pop3_secret *);
	/* Takes a line of an answer without its end; fails with POP3_E_PROTOCOL. */
	int (*read)(struct admin_answer *, const char *line, size_t length, struct pop3_error *err);
	/* All of it, where requests are datagrams. */
	int (*exchange)(const struct pop3_account *, bool clear_text, const struct admin_request *,
			struct admin_answer *, struct pop3_error *err);
};

extern const struct admin_protocol admin_peep, admin_spscmp, admin_monitor, admin_smtpstatus;
extern const struct admin_verb admin_verbs[]; /* ends with a NULL name */

/* Appends all the requests of a verb; returns how many they are. */
size_t admin_write(struct buffer *out, const struct admin_protocol *, const struct admin_request *,
		   const struct pop3_secret *);

/* Whether a metric, by its place among the protocol's, is asked for; NULL asks for all. */
bool admin_wants_metric(const struct admin_protocol *, const struct admin_request *, size_t which);

/* Whether the protocol has a request for each metric, else all of them come in one answer. */
bool admin_asks_singly(const struct admin_protocol *, const struct admin_verb *);

/* Appends a line: the word, the arguments, the new password. */
void admin_write_words(struct buffer *out, const char *word, const struct admin_request *);

/* Whether the secrets have the protocol's form; the message never shows one. */
int admin_check_secrets(const struct admin_protocol *, const struct admin_request *,
			const struct pop3_account *, struct pop3_error *err);
/* POP3_E_USAGE, naming the protocols that have the verb. */
int admin_lacks(const struct admin_protocol *, const struct admin_verb *, struct pop3_error *err);

#endif
