/* Lists of UIDs: every imported entry is a UID, and an export of it is imported unchanged. */
#include "cmd/seen/import.h"

#include "fuzz.h"

struct taker {
	struct import_sink sink;
	struct buffer uids;  /* each with its NUL */
	struct buffer lines; /* as printed by seen export */
};

static int take(struct import_sink *sink, const struct import_entry *entry, struct pop3_error *err)
{
	struct taker *const taker = (struct taker *)sink;
	const size_t length = strlen(entry->uid);

	(void)err;
	must(length > 0 && length <= IMPORT_UID_MAX, "a UID has its limits");
	must(entry->fetched >= 0 && entry->fetched <= IMPORT_TIME_MAX, "a time has its limits");
	must((entry->user.text == NULL) == (entry->host.text == NULL), "a user has a host");
	buffer_append(&taker->uids, entry->uid, length + 1);
	import_escape(&taker->lines, entry->uid);
	buffer_append_octet(&taker->lines, '\n');
	return 0;
}

static int read_list(const struct import_format *format, const struct buffer *text, char line_end,
		     struct taker *taker, struct pop3_error *err)
{
	const struct import_list list = { { buffer_text(text), text->length }, line_end };

	*taker = (struct taker){ .sink.take = take };
	return import_read(format, &list, &taker->sink, err);
}

static void release(struct taker *taker)
{
	buffer_release(&taker->uids);
	buffer_release(&taker->lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input rest = input_of(data, size);
	const unsigned which = input_octet(&rest) % 6;
	const char line_end = input_octet(&rest) == 'N' ? '\0' : '\n';
	struct buffer text = { 0 };
	struct taker first, again;
	struct pop3_error err;

	buffer_append(&text, rest.data, rest.length);
	if (read_list(which < 5 ? &import_formats[which] : &import_records, &text, line_end, &first,
		      &err) < 0)
		must(err.code == POP3_E_USAGE, "a damaged list is a usage error");
	must(read_list(&import_formats[0], &first.lines, '\n', &again, &err) == 0,
	     "an export can be imported");
	must(buffer_equals(&again.uids, buffer_text(&first.uids), first.uids.length),
	     "an export is imported unchanged");
	release(&first);
	release(&again);
	buffer_release(&text);
	return 0;
}
