/*
 * Delivery into an mbox file (mboxrd format). A batch is first written to a spool file next to it,
 * so that the mbox is locked only while the batch is appended. After a crash, comparing the spool
 * with the end of the mbox shows which octets there are an incomplete message of ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "mail/delivery-kind.h"
#include "mail/directory.h"
#include "mail/mbox-lock.h"
#include "mail/mbox-place.h"
#include "mail/mboxrd.h"
#include "mail/spool.h"

struct mbox {
	struct delivery delivery;
	struct mbox_lock lock;
	int directory;	      /* of the mbox */
	struct buffer spool_name; /* in that directory */
	int spool;	      /* -1 while there is no spool */
	struct mboxrd form;
	struct buffer text;
	off_t end; /* end of the mbox before the batch is appended */
};

static struct mbox *self(struct delivery *delivery)
{
	return (struct mbox *)delivery;
}

/* Reports an mbox that cannot be written before anything is retrieved. */
static int open_mbox(struct delivery *delivery, struct pop3_error *err)
{
	struct mbox *const m = self(delivery);
	const char *const path = delivery->settings.path;
	struct buffer directory = { 0 };
	int fd;

	m->lock.fd = m->spool = -1;
	m->lock.mark = delivery->settings.mark;
	file_directory_of(&directory, path);
	m->directory = directory_open(AT_FDCWD, buffer_text(&directory),
				      delivery->settings.must_exist, err);
	buffer_release(&directory);
	/* The hash distinguishes the spools of several mboxes in one directory. */
	buffer_append_format(&m->spool_name, ".pop3-%s.%016" PRIx64, delivery->settings.mark,
			     hash_octets(path, strlen(path)));
	if (m->directory < 0 || buffer_check(&m->spool_name, POP3_E_MEMORY, err) < 0)
		return -1;
	fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno != ENOENT)
		return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot write '%s'", path);
	if (fd >= 0)
		close(fd);
	return 0;
}

/* The directory, because the spool and the dot lock are created next to the mbox. */
static void allow(const struct delivery *delivery, struct sandbox *sandbox)
{
	sandbox_allow_directory_of(sandbox, delivery->settings.path);
}

static void close_mbox(struct delivery *delivery)
{
	struct mbox *const m = self(delivery);

	mbox_unlock(&m->lock);
	if (m->spool >= 0)
		close(m->spool);
	if (m->directory >= 0)
		close(m->directory);
	mboxrd_release(&m->form);
	buffer_release(&m->text);
	buffer_release(&m->spool_name);
	buffer_release(&m->lock.path);
}

/* --- writing the spool --- */

static int begin(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	struct mbox *const m = self(delivery);
	off_t start;

	if (m->spool < 0) {
		unlinkat(m->directory, m->spool_name.data, 0);
		m->spool = openat(m->directory, m->spool_name.data,
				  O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	}
	start = m->spool < 0 ? -1 : lseek(m->spool, 0, SEEK_CUR);
	if (start < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION,
				       "cannot create the spool beside '%s'",
				       delivery->settings.path);
	item->start = (uint64_t)start;
	mboxrd_begin(&m->form, delivery->settings.crlf, time(NULL), &m->text);
	return 0;
}

static int write_out(struct mbox *m, struct pop3_error *err)
{
	if (buffer_check(&m->text, POP3_E_MEMORY, err) < 0)
		return -1;
	if (file_write_all(m->spool, buffer_text(&m->text), m->text.length) < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION,
				       "cannot write the spool beside '%s'",
				       m->delivery.settings.path);
	buffer_clear(&m->text);
	return 0;
}

static int write_octets(struct delivery *delivery, struct delivery_item *item, const char *data,
			size_t length, struct pop3_error *err)
{
	struct mbox *const m = self(delivery);

	(void)item;
	mboxrd_feed(&m->form, data, length);
	return m->text.length >= WRITE_AT ? write_out(m, err) : 0;
}

static int end(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	struct mbox *const m = self(delivery);

	mboxrd_end(&m->form);
	if (write_out(m, err) < 0)
		return -1;
	item->written = (uint64_t)lseek(m->spool, 0, SEEK_CUR) - item->start;
	return 0;
}

static void drop_spool(struct delivery *delivery)
{
	struct mbox *const m = self(delivery);

	if (m->spool >= 0)
		close(m->spool);
	m->spool = -1;
	unlinkat(m->directory, m->spool_name.data, 0);
}

static void abort_item(struct delivery *delivery, struct delivery_item *item)
{
	struct mbox *const m = self(delivery);

	buffer_clear(&m->text);
	if (item->start == 0)
		drop_spool(delivery);
	else if (m->spool >= 0 && ftruncate(m->spool, (off_t)item->start) == 0)
		lseek(m->spool, (off_t)item->start, SEEK_SET);
}

/* --- appending the spool to the mbox --- */

/*
 * A From_ line must follow an empty line. Appends as many LFs as that takes, whatever other
 * programs left at the end of the mbox. Returns how many, or -1 with errno.
 */
static int append_separator(int mbox, off_t end)
{
	char last[] = { '\n', '\n', '\n' }; /* the last octets; an empty mbox needs no separator */
	const size_t length = end < (off_t)sizeof last ? (size_t)end : sizeof last;
	size_t missing = 0;

	if (end < 0 || pread(mbox, last + sizeof last - length, length, end - (off_t)length) !=
			       (ssize_t)length)
		return -1;
	if (last[2] != '\n')
		missing = 2;
	else if (last[1] != '\n' && !(last[0] == '\n' && last[1] == '\r'))
		missing = 1;
	return pwrite(mbox, "\n\n", missing, end) == (ssize_t)missing ? (int)missing : -1;
}

/* Locks the mbox. The names, for the journal, are the places of the messages in it. */
static int sync_items(struct delivery *delivery, struct delivery_item *items, size_t count,
		      struct pop3_error *err)
{
	struct mbox *const m = self(delivery);
	const char *const path = delivery->settings.path;
	int separator;

	if (fsync(m->spool) < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot sync the spool beside '%s'",
				       path);
	if (directory_sync(m->directory, path, err) < 0 ||
	    mbox_lock(&m->lock, &delivery->settings, err) < 0)
		return -1;
	m->end = lseek(m->lock.fd, 0, SEEK_END);
	separator = append_separator(m->lock.fd, m->end);
	if (separator < 0) {
		pop3_fail_errno(err, POP3_E_DESTINATION, "cannot append to '%s'", path);
		goto failed;
	}
	m->end += separator;
	for (size_t i = 0; i < count; i++) {
		struct mbox_place place = { .at = (uint64_t)m->end + items[i].start };

		if (mbox_place_take(&place, m->spool, items[i].start, items[i].written) < 0) {
			pop3_fail_errno(err, POP3_E_DESTINATION,
					"cannot read the spool beside '%s'", path);
			goto failed;
		}
		buffer_clear(&items[i].name);
		mbox_place_write(&place, &items[i].name);
		if (buffer_check(&items[i].name, POP3_E_MEMORY, err) < 0)
			goto failed;
	}
	return 0;
failed:
	mbox_unlock(&m->lock);
	return -1;
}

/* Appends the spool to the mbox. On failure, truncates the mbox again. */
static int publish(struct delivery *delivery, struct delivery_item *items, size_t count,
		   struct pop3_error *err)
{
	struct mbox *const m = self(delivery);
	const char *const path = delivery->settings.path;
	char chunk[65536];
	off_t from = 0;
	ssize_t got;
	int result = -1;

	(void)items, (void)count;
	while ((got = pread(m->spool, chunk, sizeof chunk, from)) > 0) {
		if (lseek(m->lock.fd, m->end + from, SEEK_SET) < 0 ||
		    file_write_all(m->lock.fd, chunk, (size_t)got) < 0)
			break;
		from += got;
	}
	if (got == 0 && fsync(m->lock.fd) == 0) {
		result = directory_sync(m->directory, path, err);
	} else {
		pop3_fail_errno(err, POP3_E_DESTINATION, "cannot append to '%s'", path);
		if (ftruncate(m->lock.fd, m->end) == 0)
			fsync(m->lock.fd);
	}
	mbox_unlock(&m->lock);
	return result;
}

/* --- recovery after a crash --- */

static int recover(struct delivery *delivery, const struct delivery_item *item,
		   struct pop3_error *err)
{
	struct mbox *const m = self(delivery);
	const char *const path = delivery->settings.path;
	struct mbox_place place;
	int found;

	if (!mbox_place_read(&place, buffer_text(&item->name)))
		return 0; /* written by an earlier version: the message is retrieved again */
	if (m->spool < 0)
		m->spool = openat(m->directory, m->spool_name.data,
				  O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (m->spool < 0 && errno != ENOENT)
		return pop3_fail_errno(err, POP3_E_DESTINATION,
				       "cannot open the spool of an interrupted run beside '%s'",
				       path);
	if (access(path, F_OK) < 0) {
		if (m->spool >= 0 && errno == ENOENT)
			return 0;
		return pop3_fail_errno(err, POP3_E_DESTINATION, "'%s'", path);
	}
	if (mbox_lock(&m->lock, &delivery->settings, err) < 0)
		return -1;
	found = mbox_place_find(&place, m->lock.fd);
	if (found == 0 && m->spool >= 0)
		found = mbox_place_clean(&place, m->lock.fd, m->spool);
	if (found < 0 || (found > 0 && fsync(m->lock.fd) < 0))
		found = pop3_fail_errno(err, POP3_E_DESTINATION, "cannot read '%s'", path);
	if (found > 0 && directory_sync(m->directory, path, err) < 0)
		found = -1;
	mbox_unlock(&m->lock);
	return found;
}

static int tidy(struct delivery *delivery, struct pop3_error *err)
{
	(void)err;
	drop_spool(delivery);
	mbox_lock_tidy(&self(delivery)->lock, delivery->settings.path);
	return 0;
}

const struct delivery_kind delivery_mbox = {
	.batch = 256, .keeps_messages = true, .size = sizeof(struct mbox),
	.open = open_mbox, .allow = allow, .close = close_mbox,
	.begin = begin, .write = write_octets, .end = end, .abort = abort_item,
	.sync = sync_items, .publish = publish, .finish = drop_spool,
	.recover = recover, .tidy = tidy,
};
