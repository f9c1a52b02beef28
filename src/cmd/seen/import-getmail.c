/*
 * getmail's oldmail-HOST-PORT-USER: a UID, a NUL and the seconds since 1970 when it was seen
 * first. Its UIDs have "-" for each "/" of the server's: those cannot be told apart.
 */
#include "base/number.h"
#include "cmd/seen/import-format.h"

static int read_line(struct import_parse *parse, struct import_text line, struct pop3_error *err)
{
	const struct import_text uid = import_cut(&line, '\0');
	uint64_t fetched;

	if (!number_parse(line.text, line.length, IMPORT_TIME_MAX, &fetched))
		return import_damaged(parse, "expected a UID, a NUL and a time", err);
	return import_pass(parse, uid, (int64_t)fetched, err);
}

const struct import_format import_getmail = { .name = "getmail", .read_line = read_line };
