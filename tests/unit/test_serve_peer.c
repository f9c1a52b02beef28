/* State per client address: which addresses count as one, how many are remembered, delays. */
#include <arpa/inet.h>

#include "check.h"
#include "net/resolve.h"
#include "serve/limits.h"
#include "serve/peer.h"

static struct sockaddr_storage address_of(const char *text)
{
	struct sockaddr_storage address = { .ss_family = AF_INET6 };
	struct sockaddr_in *const v4 = (void *)&address;
	struct sockaddr_in6 *const v6 = (void *)&address;

	if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1) {
		address.ss_family = AF_INET;
		inet_pton(AF_INET, text, &v4->sin_addr);
	}
	return address;
}

static const struct {
	const char *address, *printed;
	bool local;
} addresses[] = {
	{ "127.0.0.1", "127.0.0.1", true },
	{ "127.1.2.3", "127.1.2.3", true },
	{ "::ffff:127.0.0.1", "127.0.0.1", true },
	{ "::1", "::1", true },
	{ "192.0.2.1", "192.0.2.1", false },
	{ "::ffff:192.0.2.1", "192.0.2.1", false },
	{ "2001:db8::1", "2001:db8::1", false },
	{ "::", "::", false },
};

static void test_addresses(void)
{
	for (size_t row = 0; row < ROWS(addresses); row++) {
		const struct sockaddr_storage address = address_of(addresses[row].address);
		char text[PEER_TEXT_MAX];

		peer_print((const struct sockaddr *)&address, text);
		check_text(addresses[row].address, text, addresses[row].printed);
		check_number("is this machine", address_is_loopback((const struct sockaddr *)&address),
			     addresses[row].local);
	}
}

static const struct {
	const char *a, *b;
	bool same;
} pairs[] = {
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "::ffff:192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "2001:db8::1", "2001:db8::2:3:4:5", true }, /* the same /64 */
	{ "2001:db8::1", "2001:db8:0:1::1", false },
	{ "192.0.2.1", "2001:db8::1", false },
};

static struct peer *enter(struct peers *peers, const char *text)
{
	const struct sockaddr_storage address = address_of(text);

	return peers_enter(peers, (const struct sockaddr *)&address);
}

static void test_pairs(void)
{
	for (size_t row = 0; row < ROWS(pairs); row++) {
		struct peers peers = { 0 };
		const struct peer *const a = enter(&peers, pairs[row].a);
		const struct peer *const b = enter(&peers, pairs[row].b);

		check_number(pairs[row].b, a == b, pairs[row].same);
		check_number("its references", (int64_t)b->references, pairs[row].same ? 2 : 1);
		check_number("addresses", (int64_t)peers.count, pairs[row].same ? 1 : 2);
		peers_release(&peers);
	}
}

static void enter_many(struct peers *peers, int first, bool leave, bool fail)
{
	for (int i = 0; i < PEERS_MAX; i++) {
		struct peer *peer;
		char text[32];

		snprintf(text, sizeof text, "%d.%d.%d.1", first, i / 256, i % 256);
		peer = enter(peers, text);
		if (fail)
			peer_failed(peer);
		if (leave)
			peers_leave(peer);
	}
}

static void test_many(void)
{
	struct peers peers = { 0 };
	struct peer *held = enter(&peers, "192.0.2.1"), *failed = enter(&peers, "192.0.2.2");

	peer_failed(failed);
	peers_leave(failed);
	enter_many(&peers, 10, true, false);
	check_number("the number is limited", peers.count <= PEERS_MAX, true);
	check_number("a connected address is remembered", held == enter(&peers, "192.0.2.1"), true);
	check_number("an address with failures is remembered",
		     enter(&peers, "192.0.2.2")->failures, 1);
	enter_many(&peers, 11, true, true);
	check_number("if all addresses have failures, some are forgotten",
		     peers.count <= PEERS_MAX, true);
	check_number("connected addresses are never forgotten",
		     held == enter(&peers, "192.0.2.1"), true);
	enter_many(&peers, 12, false, false);
	check_number("connected addresses may exceed the limit", peers.count > PEERS_MAX, true);
	peers_release(&peers);
	check_number("no address is left", (int64_t)peers.count, 0);
}

static void test_delays(void)
{
	static const int64_t delays[] = { 1000, 2000, 4000, 8000, 8000 };
	struct peers peers = { 0 };
	struct peer *const peer = enter(&peers, "192.0.2.1");

	for (size_t i = 0; i < ROWS(delays); i++)
		check_number("the delay after one more failure", peer_failed(peer), delays[i]);
	peer->forgotten_at = 1;
	check_number("the delay after a long time without failures", peer_failed(peer), 1000);
	peer_failed(peer);
	peer_succeeded(peer);
	check_number("the delay after a successful login", peer_failed(peer), 1000);
	peers_release(&peers);
}

static void test_guesses(void)
{
	struct peers peers = { 0 };
	struct peer *const peer = enter(&peers, "192.0.2.1");

	check_number("no wait before the first guess", peer_guess_wait(peer), 0);
	for (int i = 0; i < MANAGE_GUESSES_MAX; i++) {
		check_number("no wait up to the limit of guesses", peer_guess_wait(peer), 0);
		peer_guessed(peer);
	}
	check_number("a wait after the limit of guesses", peer_guess_wait(peer) > 0, true);
	peer->guesses_since -= MANAGE_REFUSED_MS;
	check_number("no wait a second later", peer_guess_wait(peer), 0);
	peer_guessed(peer);
	check_number("the count of guesses restarts", peer->guesses, 1);
	peers_release(&peers);
}

static void test_refused(void)
{
	struct peers peers = { 0 };
	struct peer *const peer = enter(&peers, "192.0.2.1");

	check_number("the first refusal is logged", peer_refused(peer), 1);
	check_number("the second refusal is not logged", peer_refused(peer), 0);
	check_number("the third refusal is not logged", peer_refused(peer), 0);
	peer->refused_at -= 60000;
	check_number("a minute later the refusals are logged together", peer_refused(peer), 3);
	check_number("the next refusal is not logged", peer_refused(peer), 0);
	peers_release(&peers);
}

int main(void)
{
	test_addresses();
	test_pairs();
	test_many();
	test_delays();
	test_guesses();
	test_refused();
	return check_end();
}
