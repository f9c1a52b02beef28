#ifndef ADMIN_FOLLOW_H
#define ADMIN_FOLLOW_H

#include "admin/admin.h"
#include "base/buffer.h"

#define ADMIN_FOLLOWER_COLUMNS 2 /* of a log */

/* Takes an answer's records as its sink, then passes on those that are new. */
struct admin_follower {
	struct admin_sink sink;
	const char *names[ADMIN_FOLLOWER_COLUMNS];
	size_t columns;
	struct buffer texts;  /* of the answer, each ended by LF */
	struct buffer hashes; /* of its records */
	struct buffer before; /* of the answer before */
};

void admin_follower_init(struct admin_follower *);
void admin_follower_release(struct admin_follower *);
int admin_follower_pass(struct admin_follower *, struct admin_sink *, struct pop3_error *err);

#endif
