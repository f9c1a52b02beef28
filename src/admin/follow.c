/*
 * Follows a growing log. Each answer has the latest records of the log; those that the previous
 * answer had, too, are not passed on again.
 */
#include "admin/follow.h"

#include <string.h>

#include "base/hash.h"

static int store_record(struct admin_sink *sink, const struct admin_field *fields, size_t count,
			struct pop3_error *err)
{
	struct admin_follower *const follower = (struct admin_follower *)sink;
	const size_t start = follower->texts.length;
	uint64_t hash;

	(void)err;
	follower->columns = count < ADMIN_FOLLOWER_COLUMNS ? count : ADMIN_FOLLOWER_COLUMNS;
	for (size_t i = 0; i < follower->columns; i++) {
		follower->names[i] = fields[i].name;
		buffer_append(&follower->texts, fields[i].text, fields[i].length);
		buffer_append_octet(&follower->texts, '\n');
	}
	hash = hash_octets(buffer_text(&follower->texts) + start, follower->texts.length - start);
	buffer_append(&follower->hashes, &hash, sizeof hash);
	return 0;
}

void admin_follower_init(struct admin_follower *follower)
{
	*follower = (struct admin_follower){ .sink.record = store_record };
}

void admin_follower_release(struct admin_follower *follower)
{
	buffer_release(&follower->texts);
	buffer_release(&follower->hashes);
	buffer_release(&follower->before);
}

int admin_follower_pass(struct admin_follower *follower, struct admin_sink *sink,
			struct pop3_error *err)
{
	const struct buffer before = follower->before, now = follower->hashes;
	const char *text = buffer_text(&follower->texts);
	const char *const end = text + follower->texts.length;
	size_t known = before.length < now.length ? before.length : now.length;
	int result = buffer_check(&follower->texts, POP3_E_MEMORY, err);

	/* The hashes at the start of this answer that are at the end of the previous one. */
	while (known > 0 && memcmp(before.data + before.length - known, now.data, known) != 0)
		known -= sizeof(uint64_t);
	for (size_t i = 0; result == 0 && i < now.length / sizeof(uint64_t); i++) {
		struct admin_field fields[ADMIN_FOLLOWER_COLUMNS];

		for (size_t j = 0; j < follower->columns; j++) {
			const char *const stop = memchr(text, '\n', (size_t)(end - text));

			fields[j] = (struct admin_field){
				.name = follower->names[j], .text = text,
				.length = (size_t)(stop - text),
			};
			text = stop + 1;
		}
		if (i >= known / sizeof(uint64_t))
			result = sink->record(sink, fields, follower->columns, err);
	}
	follower->before = now;
	follower->hashes = before;
	buffer_clear(&follower->hashes);
	buffer_clear(&follower->texts);
	return result;
}
