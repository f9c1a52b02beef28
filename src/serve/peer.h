#ifndef SERVE_PEER_H
#define SERVE_PEER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "serve/worker.h"

/*
 * Where clients come from: how many places an address holds, and how often its logins failed. A
 * /64 of IPv6 counts as one address: it is what one customer gets.
 */
#define PEER_TEXT_MAX INET6_ADDRSTRLEN

struct peer {
	unsigned char key[8]; /* the IPv4 address behind four NULs, or the /64 */
	size_t references;
	size_t connections; /* POP3's places */
	size_t waiting;	    /* of those, who have yet to log in */
	size_t managers;    /* connections of the management protocols */
	struct job_share shares[LANES]; /* of the threads */
	unsigned failures;
	int64_t forgotten_at; /* clock_ms: when the failures are history */
	unsigned refused;     /* connections since the last line of the log about that */
	int64_t refused_at;   /* when that line was written */
	unsigned guesses;     /* wrong secrets of managers since then: */
	int64_t guesses_since;
	struct peer *next;
};

#define PEER_BUCKETS 1024
#define PEERS_MAX 16384 /* addresses remembered; those without references go first */

struct peers {
	struct peer *buckets[PEER_BUCKETS];
	size_t count;
};

/* The address's peer, until it is left as often as it was entered. NULL without memory. */
struct peer *peers_enter(struct peers *peers, const struct sockaddr *address);
void peers_leave(struct peer *peer);
void peers_release(struct peers *peers);

/* A login failed: how long its answer has to wait, in milliseconds. */
int64_t peer_failed(struct peer *peer);
void peer_succeeded(struct peer *peer);
bool peer_is_suspect(const struct peer *peer); /* its last logins failed */

/* A connection was refused: how many there are to write a line about, 0 = none yet. */
unsigned peer_refused(struct peer *peer);

/* A wrong secret of a manager, and how long the address has to wait until the next is looked at. */
void peer_guessed(struct peer *peer);
int64_t peer_guess_wait(const struct peer *peer);

/* The address as text; ::ffff:127.0.0.1 is 127.0.0.1. */
void peer_print(const struct sockaddr *address, char text[PEER_TEXT_MAX]);

#endif
