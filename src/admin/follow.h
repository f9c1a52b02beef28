#ifndef ADMIN_FOLLOW_H
#define ADMIN_FOLLOW_H

#include "admin/admin.h"
#include "base/buffer.h"

#define ADMIN_FOLLOWER_COLUMNS 2 /* of a log */

/* As a sink, collects an answer's records; admin_follower_pass then passes on the new ones. */
struct admin_follower {
	struct admin_sink sink;
	const char *names[ADMIN_FOLLOWER_COLUMNS];
	size_t columns;
	struct buffer texts;  /* of the current answer, each ended by LF */
	struct buffer hashes; /* of the current answer's records */
	struct buffer before; /* hashes of the previous answer's records */
};

void admin_follower_init(struct admin_follower *);
void admin_follower_release(struct admin_follower *);
int admin_follower_pass(struct admin_follower *, struct admin_sink *, struct pop3_error *err);

#endif
