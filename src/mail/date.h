#ifndef MAIL_DATE_H
#define MAIL_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A Date field's value, folded or not, as seconds since 1970-01-01 00:00 UTC: the forms of RFC 5322
 * sections 3.3 and 4.3, those of asctime, date(1) and ISO 8601, and what mail has besides: the name
 * of a day in any language, which is not compared with the date, whole names of months, parts of
 * one digit, "14-Aug-2025", "Aug 14, 2025", AM and PM, "GMT+0200", text behind a whole date. No
 * zone, a military one and an unknown one mean UTC. Years 1900 to 9999.
 *
 * False, and *unix_time left alone, when the text does not name a moment.
 */
bool date_parse(const char *text, size_t length, int64_t *unix_time);

#endif
