/* Arrays that grow by one element at a time. */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stdint.h>
#include <stdlib.h>

/*
 * Makes room for one more element of size octets: the capacity (in elements) doubles once count
 * has reached it. Returns the array, which may have moved, or NULL without memory; then items
 * and *capacity are unchanged, and items still belongs to the caller.
 */
static inline void *array_room(void *items, size_t count, size_t *capacity, size_t size)
{
	const size_t more = *capacity > 0 ? *capacity * 2 : 16;
	void *grown;

	if (count < *capacity)
		return items;
	if (more < *capacity || more > SIZE_MAX / size)
		return NULL;
	grown = realloc(items, more * size);
	if (grown != NULL)
		*capacity = more;
	return grown;
}

#endif
