/* Who logged in when, as far as a thousand entries go. */
#include "serve/manage/access-log.h"

#include <stdlib.h>
#include <string.h>

void access_log_note(struct access_log *log, const char *name)
{
	struct access *entry;

	if (log->ring == NULL)
		log->ring = calloc(ACCESS_LOG_ENTRIES, sizeof *log->ring);
	if (log->ring == NULL)
		return;
	entry = &log->ring[log->ever++ % ACCESS_LOG_ENTRIES];
	entry->when = time(NULL);
	memcpy(entry->name, name, strlen(name) + 1);
}

void access_log_release(struct access_log *log)
{
	free(log->ring);
	*log = (struct access_log){ 0 };
}

static void print_entry(const struct access *entry, struct buffer *out)
{
	char text[sizeof "2026-01-01 00:00:00"];
	struct tm parts;

	gmtime_r(&entry->when, &parts);
	strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
	buffer_append_format(out, "%s %s\r\n", entry->name, text);
}

void access_log_print(const struct access_log *log, struct buffer *out)
{
	const uint64_t first = log->ever > ACCESS_LOG_ENTRIES ? log->ever - ACCESS_LOG_ENTRIES : 0;

	for (uint64_t i = first; i < log->ever; i++)
		print_entry(&log->ring[i % ACCESS_LOG_ENTRIES], out);
}
