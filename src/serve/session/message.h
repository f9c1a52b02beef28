#ifndef SERVE_SESSION_MESSAGE_H
#define SERVE_SESSION_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "serve/maildrop/dot-stuffing.h"

struct transform;

/* A message being sent (RETR, TOP), from its file or through the transform command. */
struct outgoing {
	int fd;	       /* -1 = none */
	size_t index;  /* in the maildrop */
	uint64_t left; /* octets of the file still to read */
	struct dot_stuffing stuffing;
	struct transform *transform;
	bool begun; /* +OK has been sent */
};

void outgoing_release(struct outgoing *outgoing);

#endif
