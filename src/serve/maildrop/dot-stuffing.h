#ifndef SERVE_MAILDROP_DOT_STUFFING_H
#define SERVE_MAILDROP_DOT_STUFFING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A stored message on its way out, in any chunking (RFC 1939 section 3): an LF without a CR before
 * it becomes CRLF, a line that begins with a dot gets another one, all other octets stay. For TOP
 * it ends behind the header, the empty line and so many lines.
 */
struct sender {
	enum sender_place {
		SENDER_LINE_START,
		SENDER_START_CR, /* a CR that is all of its line so far */
		SENDER_IN_LINE,
		SENDER_AFTER_CR,
	} place;
	bool limited; /* TOP */
	bool in_body;
	bool done; /* TOP has sent all it was to send */
	uint64_t lines_left;
};

#define SENDER_END_MAX 5 /* octets that sender_end writes at the most */

void sender_init(struct sender *sender);
void sender_init_top(struct sender *sender, uint64_t lines);

/* Puts what the octets become into out, at most twice as many; returns how many. */
size_t sender_feed(struct sender *sender, const char *in, size_t length, char *out);

/* The end of the last line, where it has none, and the line of a single dot. */
size_t sender_end(struct sender *sender, char *out);

/* How many octets a message has for its receiver; zeroed to begin with. */
struct sender_count {
	uint64_t octets;
	char last;
};

void sender_count(struct sender_count *count, const char *in, size_t length);
uint64_t sender_count_end(const struct sender_count *count);

#endif
