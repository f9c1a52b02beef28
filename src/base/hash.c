/* FNV-1a of 64 bits. OpenSSL's first digest of a run costs a millisecond and a MiB. */
#include "base/hash.h"

uint64_t hash_octets(const void *octets, size_t length)
{
	const unsigned char *const octet = octets;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ octet[i]) * 0x100000001b3;
	return hash;
}
