/* Support for the fuzz harnesses: splitting an input, and aborting when a condition is violated. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"

/* Defined by every harness. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A string literal as pointer and length, so that it may contain NULs. */
#define OCTETS(literal) literal, sizeof(literal) - 1

static inline void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

/* The rest of an input; parts taken from its front are borrowed from it. */
struct input {
	const char *data;
	size_t length;
};

static inline struct input input_of(const uint8_t *data, size_t size)
{
	return (struct input){ (const char *)data, size };
}

static inline struct input input_take(struct input *input, size_t length)
{
	const struct input taken = { input->data,
				     length < input->length ? length : input->length };

	if (taken.length > 0)
		input->data += taken.length;
	input->length -= taken.length;
	return taken;
}

/* Takes an octet to choose by; 0 at the end. */
static inline unsigned input_octet(struct input *input)
{
	const struct input taken = input_take(input, 1);

	return taken.length > 0 ? (unsigned char)taken.data[0] : 0;
}

/* Takes the input up to the separator or the end; the separator is removed but not returned. */
static inline struct input input_until(struct input *input, char separator)
{
	const char *const end = input->length > 0 ? memchr(input->data, separator, input->length)
						  : NULL;
	const struct input taken =
		input_take(input, end != NULL ? (size_t)(end - input->data) : input->length);

	input_take(input, 1);
	return taken;
}

/* Copies the input to memory of exactly its size plus a NUL, which the caller frees. */
static inline char *input_copy(const struct input *input)
{
	char *const copy = malloc(input->length + 1);

	if (copy == NULL)
		abort();
	if (input->length > 0)
		memcpy(copy, input->data, input->length);
	copy[input->length] = '\0';
	return copy;
}

static inline bool buffer_equals(const struct buffer *buffer, const void *octets, size_t length)
{
	return buffer->length == length &&
	       (length == 0 || memcmp(buffer->data, octets, length) == 0);
}

#endif
