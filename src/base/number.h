#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Strict number parsing: the whole text must be digits, without sign or blanks. Each function
 * returns false and leaves the value alone when it is not, or when the number is above max.
 */
bool number_parse(const char *text, size_t length, uint64_t max, uint64_t *value);

/* A size in octets: digits, then nothing or K, KB or KiB, and so on with M G T (powers of 1024). */
bool number_parse_size(const char *text, uint64_t *octets);

/* A duration: digits, then nothing (seconds) or one of s m h d w. */
bool number_parse_duration(const char *text, uint64_t *seconds);

/*
 * How long ago something is: a duration, or the midnight that begins "today", "yesterday" or a day
 * such as 2026-11-01, in local time and not after now (seconds since 1970).
 */
bool number_parse_age(const char *text, int64_t now, uint64_t *seconds);

/*
 * The number at the start of a text. Returns how many octets its digits take, 0 when there are none
 * or the number is too large.
 */
size_t number_prefix(const char *text, size_t length, uint64_t *value);

/* Writes the decimal digits of a number without a NUL; returns how many. */
#define NUMBER_DIGITS 20
size_t number_write(char digits[NUMBER_DIGITS], uint64_t value);

/*
 * The index of the first of count ascending numbers that is not less than number, or count. They
 * lie stride octets apart, so they may be members of larger structs.
 */
size_t number_lower_bound(const uint32_t *numbers, size_t count, size_t stride, uint64_t number);

#endif
