/* fdm's cache of a pop3 account with new-only: "LENGTH UID" a line. */
#include "base/number.h"
#include "cmd/seen/import-format.h"

static int read_line(struct import_parse *parse, struct import_text line, struct pop3_error *err)
{
	const struct import_text digits = import_cut(&line, ' ');
	uint64_t length;

	if (!number_parse(digits.text, digits.length, SIZE_MAX, &length))
		return import_damaged(parse, "expected 'LENGTH UID'", err);
	if (line.length != length)
		return import_damaged(parse, "the UID is not as long as it says", err);
	return import_pass(parse, line, 0, err);
}

const struct import_format import_fdm = { .name = "fdm", .read_line = read_line };
