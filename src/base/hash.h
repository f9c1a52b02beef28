#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/*
 * A number that stands for some octets: for names and tables, where it costs little if two share
 * one. Not cryptographic: collisions are easy to construct.
 */
uint64_t hash_octets(const void *octets, size_t length);

#endif
