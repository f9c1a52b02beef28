/* Lines of LIST and UIDL in any order give a sorted listing with each message once. */
#include "pop3/listing-lines.h"

#include "fuzz.h"

static void check(const struct pop3_listing *listing)
{
	for (size_t i = 0; i < listing->count; i++) {
		const char *const uid = pop3_listing_uid(listing, i);

		must(listing->entries[i].number > 0, "message numbers start at 1");
		must(i == 0 || listing->entries[i - 1].number < listing->entries[i].number,
		     "each message is listed once, in order");
		must(pop3_listing_find(listing, listing->entries[i].number) == (ptrdiff_t)i,
		     "each message can be found");
		must(uid == NULL || strchr(uid, '\n') == NULL, "a UID is within one line");
	}
}

/* "L" lines belong to LIST, all others to UIDL; an empty line ends a list. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input rest = input_of(data, size);
	struct pop3_listing listing = { .entries = NULL };
	struct listing_cursor cursor = { 0 };
	struct pop3_error err = { .code = POP3_E_NONE };

	while (rest.length > 0 && err.code == POP3_E_NONE) {
		struct input line = input_until(&rest, '\n');

		if (line.length == 0) {
			listing_finish(&listing);
			check(&listing);
			cursor = (struct listing_cursor){ 0 };
		} else if (input_octet(&line) == 'L') {
			listing_add_octets(&listing, &cursor, line.data, line.length, &err);
		} else {
			listing_add_uid(&listing, &cursor, line.data, line.length, &err);
		}
	}
	listing_finish(&listing);
	check(&listing);
	pop3_listing_release(&listing);
	return 0;
}
