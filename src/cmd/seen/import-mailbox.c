/* Which of the mailboxes in a list is meant. */
#include "cmd/seen/import-mailbox.h"

#include <string.h>

#include "base/text.h"

#define OTHERS_SHOWN 200 /* octets */

int import_mailbox_parse(struct import_mailbox *mailbox, const char *text, struct pop3_error *err)
{
	const char *const at = strrchr(text, '@');

	if (at == NULL || at == text || at[1] == '\0')
		return pop3_fail(err, POP3_E_USAGE, "'%s' is no USER@HOST", text);
	mailbox->user = (struct import_text){ text, (size_t)(at - text) };
	mailbox->host = at + 1;
	return 0;
}

static bool is_meant(const struct import_mailbox *mailbox, const struct import_entry *entry)
{
	return entry->user.text == NULL ||
	       (entry->user.length == mailbox->user.length &&
		memcmp(entry->user.text, mailbox->user.text, entry->user.length) == 0 &&
		text_equal_nocase(entry->host.text, entry->host.length, mailbox->host));
}

/* Each name once: nobody has so many mailboxes that the search would take long. */
static void note_other(struct buffer *others, const struct import_entry *entry)
{
	struct buffer name = { 0 };

	if (others->over_limit)
		return;
	buffer_append_text(&name, " ");
	buffer_append(&name, entry->user.text, entry->user.length);
	buffer_append_text(&name, "@");
	buffer_append(&name, entry->host.text, entry->host.length);
	buffer_append_text(&name, ",");
	if (strstr(buffer_text(others), buffer_text(&name)) == NULL)
		buffer_append(others, buffer_text(&name), name.length);
	buffer_release(&name);
}

static int take(struct import_sink *sink, const struct import_entry *entry, struct pop3_error *err)
{
	struct import_mailbox *const mailbox = (struct import_mailbox *)sink;

	if (!is_meant(mailbox, entry)) {
		note_other(&mailbox->others, entry);
		return 0;
	}
	mailbox->any = true;
	return mailbox->next->take(mailbox->next, entry, err);
}

void import_mailbox_begin(struct import_mailbox *mailbox, struct import_sink *next)
{
	mailbox->sink.take = take;
	mailbox->next = next;
	mailbox->others.limit = OTHERS_SHOWN;
}

int import_mailbox_end(const struct import_mailbox *mailbox, struct pop3_error *err)
{
	const struct buffer *const others = &mailbox->others;

	if (mailbox->any || (others->length == 0 && !others->over_limit))
		return 0;
	return pop3_fail(err, POP3_E_NO_ACCOUNT,
			 "nothing of '%.*s@%s' in it, but of%.*s%s: choose one by --mailbox",
			 (int)mailbox->user.length, mailbox->user.text, mailbox->host,
			 (int)(others->length > 0 ? others->length - 1 : 0), buffer_text(others),
			 others->over_limit ? " and more" : "");
}

void import_mailbox_release(struct import_mailbox *mailbox)
{
	buffer_release(&mailbox->others);
}
