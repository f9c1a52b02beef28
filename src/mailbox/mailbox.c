/* The messages of a session, and which of them are marked as deleted. */
#include "mailbox/mailbox.h"

#include <stdlib.h>

bool mailbox_is_marked(const struct mailbox *mailbox, size_t place)
{
	return mailbox->marked != NULL && mailbox->marked[place];
}

int mailbox_mark(struct mailbox *mailbox, size_t place, struct pop3_error *err)
{
	if (mailbox->marked == NULL)
		mailbox->marked = calloc(mailbox->listing.count + 1, sizeof *mailbox->marked);
	if (mailbox->marked == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	mailbox->marked_count += !mailbox->marked[place];
	mailbox->marked[place] = true;
	return 0;
}

void mailbox_unmark(struct mailbox *mailbox, size_t place)
{
	if (!mailbox_is_marked(mailbox, place))
		return;
	mailbox->marked[place] = false;
	mailbox->marked_count--;
}

void mailbox_unmark_all(struct mailbox *mailbox)
{
	free(mailbox->marked);
	mailbox->marked = NULL;
	mailbox->marked_count = 0;
	mailbox->resets++;
}

void mailbox_forget(struct mailbox *mailbox)
{
	mailbox_unmark_all(mailbox);
	pop3_listing_release(&mailbox->listing);
	mailbox->unanswered = 0;
	mailbox->known = mailbox->must_stay = false;
}
