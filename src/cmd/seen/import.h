#ifndef CMD_SEEN_IMPORT_H
#define CMD_SEEN_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "state/state.h"

/* Lists of UIDs, ours and those of other programs: parsing them and adding them to a state. */

/* --- reading: octets in, UIDs out --- */

#define IMPORT_FILE_MAX ((size_t)64 << 20) /* octets of a list */
#define IMPORT_UID_MAX 65536		   /* octets of a UID: longer than any reply line */
#define IMPORT_TIME_MAX 253402300799	   /* the last second of the year 9999 */

struct import_text {
	const char *text; /* not NUL-terminated */
	size_t length;
};

/* One UID of a list. Borrowed for the call that passes it. */
struct import_entry {
	struct import_text user, host; /* text is NULL where the format does not name them */
	const char *uid;
	int64_t fetched; /* seconds since 1970, 0 = not in the list */
};

struct import_sink {
	int (*take)(struct import_sink *sink, const struct import_entry *entry,
		    struct pop3_error *err);
};

struct import_parse;

struct import_format {
	const char *name;
	bool names_mailboxes; /* a user and a host for each UID */
	int (*read_line)(struct import_parse *parse, struct import_text line,
			 struct pop3_error *err);
};

/* The programs, as --from names them, in the order of import_formats. */
#define IMPORT_PROGRAMS "mpop|getmail|fetchmail|fdm"

/* 0 is our own export, the others follow IMPORT_PROGRAMS; ends with a NULL name. */
extern const struct import_format import_formats[];

/* The output records of any subcommand. */
extern const struct import_format import_records;

struct import_list {
	struct import_text octets;
	char line_end;
};

/*
 * Passes each UID of a list to sink, in its order. A damaged line fails with POP3_E_USAGE and its
 * number; the caller undoes what sink did before.
 */
int import_read(const struct import_format *format, const struct import_list *list,
		struct import_sink *sink, struct pop3_error *err);

/* Passes one UID, escaped as in records, to sink. */
int import_operand(const char *text, struct import_sink *sink, struct pop3_error *err);

/* Appends a UID in the format of our own export. */
void import_escape(struct buffer *out, const char *uid);

/* --- a list taken into a state --- */

/* The octets of a file, or of stdin for "-"; the caller releases them. */
int import_load(const char *path, struct buffer *out, struct pop3_error *err);

struct import_job {
	const struct import_format *format;
	struct import_list list;
	struct import_text user; /* the mailbox to import, if the format names mailboxes */
	const char *host;
	uint64_t added, known;	 /* the result */
};

/*
 * Adds the UIDs of one mailbox, in one transaction. A UID already in the state keeps its time;
 * others get the time from the list, or else the current time. Fails with POP3_E_NO_ACCOUNT when
 * the list names only other mailboxes.
 */
int import_list(struct state *state, const char *cursor, struct import_job *job,
		struct pop3_error *err);

/* --- UIDs collected from operands and records --- */

struct import_uids {
	struct import_sink sink;
	struct buffer texts; /* one after another, each ends with NUL */
	size_t count;
	bool *changed; /* for each UID: whether it was added or removed */
};

void import_uids_begin(struct import_uids *uids);
void import_uids_release(struct import_uids *uids);

/* Adds all in one transaction. A UID already in the state keeps its time. */
int import_uids_add(struct import_uids *uids, struct state *state, const char *cursor,
		    struct pop3_error *err);

/* Removes all in one transaction; if a UID is missing, removes none: POP3_E_NO_MESSAGE. */
int import_uids_remove(struct import_uids *uids, struct state *state, const char *cursor,
		       struct pop3_error *err);

#endif
