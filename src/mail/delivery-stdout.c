/*
 * "mbox:-": an mbox on stdout, written as messages arrive. The exit status shows whether it is
 * whole.
 */
#include <time.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/text.h"
#include "mail/delivery-kind.h"
#include "mail/mboxrd.h"
#include "mail/spool.h"

struct stdout_mbox {
	struct delivery delivery;
	struct mboxrd mbox;
	struct buffer text;
	struct buffer shown; /* what a terminal gets of it */
};

static struct stdout_mbox *self(struct delivery *delivery)
{
	return (struct stdout_mbox *)delivery;
}

static void close_stdout(struct delivery *delivery)
{
	mboxrd_release(&self(delivery)->mbox);
	buffer_release(&self(delivery)->text);
	buffer_release(&self(delivery)->shown);
}

static int write_out(struct stdout_mbox *s, struct pop3_error *err)
{
	struct buffer *const out = s->delivery.settings.to_terminal ? &s->shown : &s->text;
	size_t taken = s->text.length;

	if (buffer_check(&s->text, POP3_E_MEMORY, err) < 0)
		return -1;
	if (out == &s->shown)
		taken = text_show(out, buffer_text(&s->text), s->text.length);
	if (buffer_check(out, POP3_E_MEMORY, err) < 0 ||
	    deadline_write(s->delivery.settings.timeouts, STDOUT_FILENO, "stdout",
			   buffer_text(out), out->length, err) < 0)
		return -1;
	buffer_clear(&s->shown);
	buffer_drop(&s->text, taken);
	return 0;
}

static int begin(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	(void)item, (void)err;
	mboxrd_begin(&self(delivery)->mbox, delivery->settings.crlf, time(NULL),
		     &self(delivery)->text);
	return 0;
}

static int write_octets(struct delivery *delivery, struct delivery_item *item, const char *data,
			size_t length, struct pop3_error *err)
{
	struct stdout_mbox *const s = self(delivery);

	(void)item;
	mboxrd_feed(&s->mbox, data, length);
	return s->text.length >= WRITE_AT ? write_out(s, err) : 0;
}

static int end(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	struct stdout_mbox *const s = self(delivery);

	(void)item;
	mboxrd_end(&s->mbox);
	return s->text.length >= WRITE_AT ? write_out(s, err) : 0;
}

static void abort_item(struct delivery *delivery, struct delivery_item *item)
{
	(void)delivery, (void)item;
}

static int sync_items(struct delivery *delivery, struct delivery_item *items, size_t count,
		      struct pop3_error *err)
{
	(void)items, (void)count;
	return write_out(self(delivery), err);
}

const struct delivery_kind delivery_stdout_mbox = {
	.batch = 1000, .is_stdout = true, .size = sizeof(struct stdout_mbox),
	.close = close_stdout,
	.begin = begin, .write = write_octets, .end = end, .abort = abort_item,
	.sync = sync_items,
};
