/* DELE and RSET keep the totals of STAT up to date. */
#include "check.h"
#include "serve/maildrop/maildrop.h"

#define MESSAGES 4

static void check_drop(const char *what, const struct maildrop *drop, size_t listed, uint64_t octets)
{
	size_t unmarked = 0;

	for (size_t i = 0; i < drop->count; i++)
		unmarked += !maildrop_is_marked(drop, i);
	check_number(what, (int64_t)drop->unmarked, (int64_t)listed);
	check_number("the number of messages without a mark", (int64_t)unmarked, (int64_t)listed);
	check_number("the octets of messages without a mark",
		     (int64_t)drop->octets, (int64_t)octets);
}

int main(void)
{
	struct maildrop_message messages[MESSAGES] = {
		{ .octets = 1 }, { .octets = 10 }, { .octets = 100 }, { .octets = 1000 },
	};
	struct maildrop drop = {
		.messages = messages, .count = MESSAGES, .unmarked = MESSAGES, .octets = 1111,
		.all_octets = 1111, .round = 1,
	};

	check_drop("at first, no message is marked", &drop, 4, 1111);
	maildrop_mark(&drop, 1);
	maildrop_mark(&drop, 3);
	maildrop_mark(&drop, 3);
	check_drop("a mark counts once", &drop, 2, 101);
	maildrop_unmark_all(&drop);
	check_drop("RSET removes the marks", &drop, 4, 1111);
	maildrop_mark(&drop, 0);
	check_drop("a message can be marked after RSET", &drop, 3, 1110);
	/* When the number of the round wraps, an old mark must not become valid again. */
	drop.round = UINT32_MAX;
	messages[2].marked = 1;
	maildrop_mark(&drop, 3);
	maildrop_unmark_all(&drop);
	check_drop("RSET removes the marks when the round wraps", &drop, 4, 1111);
	return check_end();
}
