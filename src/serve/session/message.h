#ifndef SERVE_SESSION_MESSAGE_H
#define SERVE_SESSION_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "serve/maildrop/dot-stuffing.h"

struct transform;

/* A message on its way to a client, from its file or through the external program: RETR, TOP. */
struct outgoing {
	int fd;	       /* -1 = none */
	size_t index;  /* in the maildrop */
	uint64_t left; /* octets of the file */
	struct dot_stuffing stuffing;
	struct transform *transform;
	bool begun; /* +OK is out */
};

void outgoing_release(struct outgoing *outgoing);

#endif
