/* netrc files: a password found is part of the text, in an entry for the host. */
#include "cli/netrc.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct input text = input_of(data, size);
	static const char *const users[] = { NULL, "ann", "" };

	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
		char *const copy = input_copy(&text);
		const char *password;
		size_t length;

		if (!netrc_find(copy, size, "host.example", users[i], &password, &length)) {
			free(copy);
			continue;
		}
		must(password >= copy && password + length <= copy + size,
		     "a password is part of the text");
		must(memmem(copy, size, "default", 7) != NULL ||
			     memmem(copy, size, "machine", 7) != NULL,
		     "a password is in an entry for the host");
		must(memmem(copy, (size_t)(password - copy), "password", 8) != NULL,
		     "the keyword password precedes a password");
		free(copy);
	}
	return 0;
}
