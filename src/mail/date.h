#ifndef MAIL_DATE_H
#define MAIL_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Parses the value of a Date field, folded or not, into seconds since 1970-01-01 00:00 UTC. Accepts
 * the forms of RFC 5322 sections 3.3 and 4.3, of asctime, date(1) and ISO 8601, and other forms
 * found in mail: the name of the day in any language (not checked), full month names, one-digit
 * parts, "14-Aug-2025", "Aug 14, 2025", AM and PM, "GMT+0200", and text after a complete date. A
 * missing, military or unknown zone means UTC. Years 1900 to 9999.
 *
 * Returns false and leaves *unix_time alone when the text is not a date with a time.
 */
bool date_parse(const char *text, size_t length, int64_t *unix_time);

#endif
