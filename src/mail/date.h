#ifndef MAIL_DATE_H
#define MAIL_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A Date field's value, folded or not, as seconds since 1970-01-01 00:00 UTC: RFC 5322 section
 * 3.3, the obsolete forms of section 4.3, and asctime's order ("Tue Nov 17 10:00:00 2026"). No
 * zone, a military one and an unknown one mean UTC. The day's name is not compared with the date.
 * Years 1900 to 9999. False, and *unix_time left alone, when the text is anything else.
 */
bool date_parse(const char *text, size_t length, int64_t *unix_time);

#endif
