/*
 * The texts of injected failures: each is noted, and in the end a list of those that a user may
 * read is looked for among them. The scratch directory is left out of them.
 */
#ifndef UNIT_TOLD_H
#define UNIT_TOLD_H

#include "../fuzz/scratch.h"
#include "check.h"

static struct buffer all_told; /* a text per line */

static inline void told_note(const char *text)
{
	struct buffer line = { 0 };
	const char *found;

	buffer_append_text(&line, "\n");
	while ((found = strstr(text, scratch())) != NULL) {
		buffer_append(&line, text, (size_t)(found - text));
		text = found + strlen(scratch());
	}
	buffer_append_format(&line, "%s\n", text);
	if (strstr(buffer_text(&all_told), line.data) == NULL)
		buffer_append(&all_told, line.data, line.length);
	buffer_release(&line);
}

static inline void check_told(const char *const *expected, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const bool there = strstr(buffer_text(&all_told), expected[i]) != NULL;

		if (!there)
			printf("# '%s' is missing among%s\n", expected[i], buffer_text(&all_told));
		check_report(expected[i], there);
	}
	buffer_release(&all_told);
}

#endif
