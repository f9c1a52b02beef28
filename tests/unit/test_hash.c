/* The hash used in file names. */
#include "base/hash.h"

#include "check.h"

/* The test vectors published by the authors. */
static const struct {
	const char *name;
	const char *octets;
	size_t length;
	uint64_t hash;
} rows[] = {
	{ "nothing", OCTETS(""), 0xcbf29ce484222325 },
	{ "a", OCTETS("a"), 0xaf63dc4c8601ec8c },
	{ "foobar", OCTETS("foobar"), 0x85944171f73967e8 },
	{ "a NUL counts", OCTETS("\0"), 0xaf63bd4c8601b7df },
};

int main(void)
{
	for (size_t i = 0; i < ROWS(rows); i++)
		check_number(rows[i].name, (int64_t)hash_octets(rows[i].octets, rows[i].length),
			     (int64_t)rows[i].hash);
	return check_end();
}
