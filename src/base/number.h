#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Numbers as text, strictly: digits only, no sign, no blanks, the whole text. Each returns false
 * and leaves the value alone when the text is anything else or the number is above max.
 */
bool number_parse(const char *text, size_t length, uint64_t max, uint64_t *value);

/* Octets: digits, then nothing or one of K M G T (powers of 1024; either case). */
bool number_parse_size(const char *text, uint64_t *octets);

/* A stretch of time: digits and one of s m h d w; plain digits are seconds. */
bool number_parse_duration(const char *text, uint64_t *seconds);

/* Leading digits of a longer text: how many octets they take, 0 when there are none or too many. */
size_t number_prefix(const char *text, size_t length, uint64_t *value);

/* The digits of a number, without a NUL; returns how many there are. */
#define NUMBER_DIGITS 20
size_t number_write(char digits[NUMBER_DIGITS], uint64_t value);

/*
 * The index of the first of count ascending numbers that is not below number, or count. They lie
 * stride octets apart: they may be members of larger structs.
 */
size_t number_lower_bound(const uint32_t *numbers, size_t count, size_t stride, uint64_t number);

#endif
