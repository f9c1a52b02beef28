#ifndef CMD_SEEN_IMPORT_FORMAT_H
#define CMD_SEEN_IMPORT_FORMAT_H

#include "cmd/seen/import.h"

/* The inside of the importers: one file a format, which reads one line at a time. */

/* Where a list has been read to. Its texts are of the list itself. */
struct import_parse {
	struct import_sink *sink;
	size_t line;		       /* from 1; 0 = what is read is no line */
	struct import_text user, host; /* whose the UIDs are, where the format names them */
	uint64_t left;		       /* lines that must follow before the list may end */
};

struct import_format {
	const char *name;
	bool names_mailboxes;
	/* A line without its end; empty ones are passed over unless some are left to come. */
	int (*read_line)(struct import_parse *parse, struct import_text line,
			 struct pop3_error *err);
};

extern const struct import_format import_export, import_mpop, import_getmail, import_fetchmail,
	import_fdm;

/* Passes on a UID as it stands, or as records show it. */
int import_pass(struct import_parse *parse, struct import_text uid, int64_t fetched,
		struct pop3_error *err);
int import_pass_escaped(struct import_parse *parse, struct import_text uid,
			struct pop3_error *err);

/* Cuts off what stands before the separator, or all; rest goes on behind it. */
struct import_text import_cut(struct import_text *rest, char separator);

/* Fails with the number of the line. */
int import_damaged(const struct import_parse *parse, const char *reason, struct pop3_error *err);

#endif
