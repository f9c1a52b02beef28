#ifndef CMD_SEEN_IMPORT_H
#define CMD_SEEN_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "pop3/error.h"

/* UIDs out of lists: our own, and those that other programs keep. Octets in, UIDs out. */

#define IMPORT_FILE_MAX ((size_t)64 << 20) /* octets of a list */
#define IMPORT_UID_MAX 65536		   /* octets of a UID: no server's line is longer */
#define IMPORT_TIME_MAX 253402300799	   /* the last second of the year 9999 */

struct import_text {
	const char *text; /* not NUL-terminated */
	size_t length;
};

/* One UID of a list. Borrowed for the call that passes it. */
struct import_entry {
	struct import_text user, host; /* text is NULL where the format does not name them */
	const char *uid;
	int64_t fetched; /* seconds since 1970, 0 = the format does not tell */
};

struct import_sink {
	int (*take)(struct import_sink *sink, const struct import_entry *entry,
		    struct pop3_error *err);
};

struct import_format;

/* The programs, as --from names them, in the order of import_formats. */
#define IMPORT_PROGRAMS "mpop|getmail|fetchmail|fdm"

/* 0 is our own export, the others follow IMPORT_PROGRAMS; ends with NULL. */
extern const struct import_format *const import_formats[];

/* Records of any subcommand: two fields and more are read as selectors read them. */
extern const struct import_format import_records;

const char *import_name(const struct import_format *format);

/* Whether its files name a user and a host for each UID. */
bool import_names_mailboxes(const struct import_format *format);

struct import_list {
	struct import_text octets;
	char line_end;
};

/* A list's octets out of a file, or out of stdin by "-"; the caller releases them. */
int import_load(const char *path, struct buffer *out, struct pop3_error *err);

/*
 * Passes on each UID of a list, in its order. A damaged line fails with POP3_E_USAGE and its
 * number; what was passed on before is the caller's to take back.
 */
int import_read(const struct import_format *format, const struct import_list *list,
		struct import_sink *sink, struct pop3_error *err);

/* How our own export writes a UID. */
void import_escape(struct buffer *out, const char *uid);

/* Passes on one UID, written as records show it. */
int import_operand(const char *text, struct import_sink *sink, struct pop3_error *err);

#endif
