#ifndef CMD_SETUP_SECTION_H
#define CMD_SETUP_SECTION_H

#include "base/buffer.h"
#include "cli/output.h"

/* An account as a section of the configuration file; with --json as a record. */
struct section {
	struct output *output;
	struct buffer text;
};

#define SECTION_NAME_MAX 49 /* octets that inih keeps of a section's name */

void section_begin(struct section *section, struct output *output, const char *name);
void section_put(struct section *section, const char *key, const char *value);
void section_comment(struct section *section, const char *what, const char *text);
/* A setting that is commented out. */
void section_propose(struct section *section, const char *key, const char *value);
int section_print(struct section *section, struct pop3_error *err);

/* Appends the section durably to the configuration file; a new file is private (0600). */
int section_append(const struct section *section, const char *path, struct pop3_error *err);

void section_release(struct section *section);

#endif
