#ifndef SERVE_PEER_H
#define SERVE_PEER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "serve/worker.h"

/*
 * State per client address: how many connections it has open, and how often its logins failed. An
 * IPv6 /64 counts as one address, since that is what one customer gets.
 */
#define PEER_TEXT_MAX INET6_ADDRSTRLEN

struct peer {
	unsigned char key[8]; /* four NULs and the IPv4 address, or the IPv6 /64 */
	size_t references;
	size_t connections; /* POP3 connections that have a place */
	size_t waiting;	    /* of those, not logged in yet */
	size_t managers;    /* connections of the management protocols */
	struct job_share shares[LANES]; /* its turns in the lanes of worker threads */
	unsigned failures;
	int64_t forgotten_at; /* clock_ms: when the failures expire */
	unsigned refused;     /* refused connections since the last log line about them */
	int64_t refused_at;   /* when that line was written */
	unsigned guesses;     /* wrong management secrets since guesses_since */
	int64_t guesses_since;
	struct peer *next;
};

#define PEER_BUCKETS 1024
#define PEERS_MAX 16384 /* addresses remembered; those without references are dropped first */

struct peers {
	struct peer *buckets[PEER_BUCKETS];
	size_t count;
};

/* Finds or adds an address; pair each call with peers_leave. NULL when out of memory. */
struct peer *peers_enter(struct peers *peers, const struct sockaddr *address);
void peers_leave(struct peer *peer);
void peers_release(struct peers *peers);

/* Counts a failed login; returns the delay of its answer in milliseconds. */
int64_t peer_failed(struct peer *peer);
void peer_succeeded(struct peer *peer);
bool peer_is_suspect(const struct peer *peer); /* has recent failed logins */

/* Counts a refused connection; returns how many to log now, 0 = log nothing yet. */
unsigned peer_refused(struct peer *peer);

/* Counts a wrong management secret; how many milliseconds until the next one is checked. */
void peer_guessed(struct peer *peer);
int64_t peer_guess_wait(const struct peer *peer);

/* The address as text; ::ffff:127.0.0.1 is printed as 127.0.0.1. */
void peer_print(const struct sockaddr *address, char text[PEER_TEXT_MAX]);

#endif
