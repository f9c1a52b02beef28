/* 64-bit FNV-1a. A digest by OpenSSL would cost a millisecond and 1 MiB at its first use. */
#include "base/hash.h"

uint64_t hash_octets(const void *octets, size_t length)
{
	const unsigned char *const octet = octets;
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ octet[i]) * 0x100000001b3;
	return hash;
}
