#ifndef STATE_WALK_H
#define STATE_WALK_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/buffer.h"

/*
 * Look-ups of UIDs that walk along the table. A server lists its UIDs in their order, or nearly,
 * and where the last one was the next is a row or two further: an eighth of a search's work.
 */
struct walk {
	sqlite3_stmt *statement; /* NULL = nowhere yet; else at the first row not below the last */
	bool at_end;		 /* there was no such row */
	struct buffer cursor;	 /* the table's part it goes through */
	struct buffer last;	 /* the UID that was looked up */
};

struct state;

enum walk_found {
	WALK_NOTHING,
	WALK_GONE, /* seen, and the server has it no more */
	WALK_KEPT,
};

/* What is known of a UID. A failure is kept as the state's, and nothing was found. */
enum walk_found walk_find(struct state *state, const char *cursor, const char *uid);

/* To be called before anything is changed or the transaction ends. */
void walk_end(struct walk *walk);
void walk_release(struct walk *walk);

#endif
