/* The records of a management protocol's answer as text: one per line, with "|" between fields. */
#ifndef FUZZ_RECORDER_H
#define FUZZ_RECORDER_H

#include <inttypes.h>

#include "admin/answer.h"
#include "fuzz.h"

struct recorder {
	struct admin_sink sink; /* .record = record */
	struct buffer text;
};

static inline int record(struct admin_sink *sink, const struct admin_field *fields, size_t count,
			 struct pop3_error *err)
{
	struct recorder *const recorder = (struct recorder *)sink;

	(void)err;
	must(count > 0 && count <= ADMIN_FIELDS_MAX, "records have fields");
	for (size_t i = 0; i < count; i++) {
		must(fields[i].name[0] != '\0', "fields have names");
		if (fields[i].is_number)
			buffer_append_format(&recorder->text, "%" PRIu64, fields[i].number);
		else
			buffer_append(&recorder->text, fields[i].text, fields[i].length);
		buffer_append_octet(&recorder->text, i + 1 < count ? '|' : '\n');
	}
	return 0;
}

#endif
