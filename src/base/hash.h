#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * A 64-bit hash, for file names and tables where a collision does little harm. Not cryptographic:
 * collisions are easy to construct.
 */
uint64_t hash_octets(const void *octets, size_t length);

#endif
