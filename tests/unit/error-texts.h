/*
 * The error texts of injected failures: each is noted without the path of the scratch directory,
 * and at the end all texts of a list must be among them.
 */
#ifndef UNIT_ERROR_TEXTS_H
#define UNIT_ERROR_TEXTS_H

#include "../fuzz/scratch.h"
#include "check.h"

static struct buffer error_texts; /* one text per line */

static inline void error_text_note(const char *text)
{
	struct buffer line = { 0 };
	const char *found;

	buffer_append_text(&line, "\n");
	while ((found = strstr(text, scratch())) != NULL) {
		buffer_append(&line, text, (size_t)(found - text));
		text = found + strlen(scratch());
	}
	buffer_append_format(&line, "%s\n", text);
	if (strstr(buffer_text(&error_texts), line.data) == NULL)
		buffer_append(&error_texts, line.data, line.length);
	buffer_release(&line);
}

static inline void check_error_texts(const char *const *expected, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const bool there = strstr(buffer_text(&error_texts), expected[i]) != NULL;

		if (!there)
			printf("# '%s' is missing among%s\n", expected[i], buffer_text(&error_texts));
		check_report(expected[i], there);
	}
	buffer_release(&error_texts);
}

#endif
