/* State per client address: open connections, failed logins, refusals. */
#include "serve/peer.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "serve/limits.h"

#define FIRST_DELAY_MS 1000
#define DELAY_DOUBLINGS 3 /* 1, 2, 4, 8 seconds */
#define MEMORY_MS 600000 /* how long failed logins are remembered */
#define REFUSED_LINE_MS 60000 /* between two log lines about one address */

/* The IPv4 address, including one mapped into IPv6 (::ffff:a.b.c.d); else NULL. */
static const unsigned char *ipv4_octets(const struct sockaddr *address)
{
	const struct sockaddr_in6 *const v6 = (const struct sockaddr_in6 *)(const void *)address;

	if (address->sa_family == AF_INET)
		return (const unsigned char *)&((const struct sockaddr_in *)(const void *)address)
			->sin_addr;
	return IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) ? v6->sin6_addr.s6_addr + 12 : NULL;
}

void peer_print(const struct sockaddr *address, char text[PEER_TEXT_MAX])
{
	const struct sockaddr_in6 *const v6 = (const struct sockaddr_in6 *)(const void *)address;
	const unsigned char *const octets = ipv4_octets(address);

	if (octets != NULL)
		inet_ntop(AF_INET, octets, text, PEER_TEXT_MAX);
	else
		inet_ntop(AF_INET6, &v6->sin6_addr, text, PEER_TEXT_MAX);
}

static void forget_idle(struct peers *peers, bool forget_failures)
{
	const int64_t now = clock_ms();

	for (size_t i = 0; i < PEER_BUCKETS; i++) {
		for (struct peer **at = &peers->buckets[i]; *at != NULL;) {
			struct peer *const peer = *at;

			if (peer->references > 0 ||
			    (!forget_failures && peer->forgotten_at > now)) {
				at = &peer->next;
				continue;
			}
			*at = peer->next;
			free(peer);
			peers->count--;
		}
	}
}

struct peer *peers_enter(struct peers *peers, const struct sockaddr *address)
{
	const struct sockaddr_in6 *const v6 = (const struct sockaddr_in6 *)(const void *)address;
	const unsigned char *const octets = ipv4_octets(address);
	struct peer **bucket, *peer;
	unsigned char key[8] = { 0 };

	if (octets != NULL)
		memcpy(key + 4, octets, 4);
	else
		memcpy(key, v6->sin6_addr.s6_addr, 8);
	bucket = &peers->buckets[hash_octets(key, sizeof key) % PEER_BUCKETS];
	for (peer = *bucket; peer != NULL; peer = peer->next) {
		if (memcmp(peer->key, key, sizeof key) != 0)
			continue;
		peer->references++;
		return peer;
	}
	if (peers->count >= PEERS_MAX)
		forget_idle(peers, false);
	if (peers->count >= PEERS_MAX)
		forget_idle(peers, true);
	peer = calloc(1, sizeof *peer);
	if (peer == NULL)
		return NULL;
	memcpy(peer->key, key, sizeof key);
	peer->references = 1;
	peer->next = *bucket;
	*bucket = peer;
	peers->count++;
	return peer;
}

void peers_leave(struct peer *peer)
{
	peer->references--;
}

void peers_release(struct peers *peers)
{
	for (size_t i = 0; i < PEER_BUCKETS; i++) {
		while (peers->buckets[i] != NULL) {
			struct peer *const peer = peers->buckets[i];

			peers->buckets[i] = peer->next;
			free(peer);
		}
	}
	peers->count = 0;
}

int64_t peer_failed(struct peer *peer)
{
	const int64_t now = clock_ms();
	unsigned doublings;

	if (peer->forgotten_at <= now)
		peer->failures = 0;
	doublings = peer->failures < DELAY_DOUBLINGS ? peer->failures : DELAY_DOUBLINGS;
	peer->failures++;
	peer->forgotten_at = now + MEMORY_MS;
	return (int64_t)FIRST_DELAY_MS << doublings;
}

void peer_succeeded(struct peer *peer)
{
	peer->failures = 0;
	peer->forgotten_at = 0;
}

void peer_guessed(struct peer *peer)
{
	const int64_t now = clock_ms();

	if (now - peer->guesses_since >= MANAGE_REFUSED_MS) {
		peer->guesses_since = now;
		peer->guesses = 0;
	}
	peer->guesses++;
}

int64_t peer_guess_wait(const struct peer *peer)
{
	const int64_t left = peer->guesses_since + MANAGE_REFUSED_MS - clock_ms();

	return peer->guesses < MANAGE_GUESSES_MAX || left < 0 ? 0 : left;
}

unsigned peer_refused(struct peer *peer)
{
	const int64_t now = clock_ms();
	const unsigned count = ++peer->refused;

	if (peer->refused_at != 0 && now - peer->refused_at < REFUSED_LINE_MS)
		return 0;
	peer->refused_at = now;
	peer->refused = 0;
	return count;
}

bool peer_is_suspect(const struct peer *peer)
{
	return peer->failures > 0 && peer->forgotten_at > clock_ms();
}
