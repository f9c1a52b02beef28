#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pop3/account.h"
#include "pop3/error.h"

/*
 * Records on stdout: TAB-separated, aligned at a terminal, JSON, or ended by NUL. Fields are given
 * in order, each with its name in the header line and in JSON. output_end reports write errors
 * (POP3_E_IO); those of buffered records appear when the dispatcher writes the rest.
 */
struct output;

void output_begin(struct output *output);
void output_number(struct output *output, const char *name, uint64_t value);
void output_text(struct output *output, const char *name, const char *text);
void output_octets(struct output *output, const char *name, const char *text, size_t length);
void output_unknown(struct output *output, const char *name); /* "-", in JSON null */
void output_octet_count(struct output *output, const char *name, uint64_t octets); /* or unknown */
int output_end(struct output *output, struct pop3_error *err);

/* Writes all buffered records, for a reader that waits for them. */
int output_flush(struct output *output, struct pop3_error *err);

/* A list of name-value pairs as one field of a record; only if output_is_json. */
bool output_is_json(const struct output *output);
void output_pairs_begin(struct output *output, const char *name);
void output_pair(struct output *output, const char *name, size_t name_length, const char *value,
		 size_t value_length);
void output_pairs_end(struct output *output);

/* At a terminal, wraps the last column instead of cutting it. */
void output_wrap(struct output *output);

/* Writes octets unchanged. */
int output_raw(struct output *output, const void *data, size_t length, struct pop3_error *err);

/* Writes octets of a message; on a terminal, control characters are escaped. */
int output_mail(struct output *output, const void *data, size_t length, struct pop3_error *err);

/* --- for the dispatcher --- */

/* The form of the output, and when it must be written. */
struct output_form {
	bool json;
	bool nul;	  /* records end in NUL */
	bool header;	  /* a header line before the first record */
	bool is_terminal; /* aligned columns under a header line, cut to the terminal's width */
	bool wide;	  /* do not cut */
	unsigned line;	  /* of a batch: the first member in JSON; 0 = none */
	const struct pop3_timeouts *timeouts;
};

struct output *output_open(const struct output_form *form, struct pop3_error *err);
void output_close(struct output *output); /* discards buffered output; NULL is fine */

/* Whether there was any output: then a retry could print it twice. */
bool output_started(const struct output *output);

#endif
