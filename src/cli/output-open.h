#ifndef CLI_OUTPUT_OPEN_H
#define CLI_OUTPUT_OPEN_H

#include "cli/output.h"
#include "pop3/account.h"

/* The dispatcher's side of the output: which form, and when it must be out. */
struct output_form {
	bool json;
	bool nul;	  /* records end in NUL */
	bool header;	  /* a header line before the first record */
	bool is_terminal; /* aligned columns under a header line */
	unsigned line;	  /* of a batch, which JSON tells first; 0 = none */
	const struct pop3_timeouts *timeouts;
};

struct output *output_open(const struct output_form *form, struct pop3_error *err);
void output_close(struct output *output); /* does not write what is left; NULL is fine */

/* Whether any record or octet was given: then a run cannot be repeated unseen. */
bool output_started(const struct output *output);

#endif
