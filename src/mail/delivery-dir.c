/* Into a folder of .eml files, named after the UID and never after anything the mail says. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "mail/delivery-kind.h"
#include "mail/folder.h"
#include "mail/spool.h"

#define NAME_MAX_OCTETS 120 /* of the UID in a name; a longer one ends in its digest */
#define SAME_NAME_MAX 1000  /* different messages of one name */

struct dir {
	struct delivery delivery;
	int folder;
	struct spool spool;
	unsigned serial;
};

static struct dir *self(struct delivery *delivery)
{
	return (struct dir *)delivery;
}

static int open_dir(struct delivery *delivery, struct pop3_error *err)
{
	struct dir *const d = self(delivery);

	d->folder = folder_open(AT_FDCWD, delivery->settings.path, err);
	return d->folder;
}

static void allow(const struct delivery *delivery, struct sandbox *sandbox)
{
	sandbox_allow(sandbox, delivery->settings.path);
}

static void close_dir(struct delivery *delivery)
{
	struct dir *const d = self(delivery);

	if (d->folder >= 0)
		close(d->folder);
	buffer_release(&d->spool.text);
}

/* --- names --- */

static void append_digest(struct buffer *out, const char *uid)
{
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
	char hex[2 * 16 + 1];

	EVP_Digest(uid, strlen(uid), digest, NULL, EVP_sha256(), NULL);
	text_hex(hex, digest, 16);
	buffer_append_format(out, "-%s", hex);
}

/* Letters, digits and a few more stay; all else, and a dot in front, is written %XX. */
static void name_after_uid(struct buffer *out, const char *uid)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-_.:+@=";
	const size_t start = out->length;

	for (const char *c = uid; *c != '\0' && out->length - start < NAME_MAX_OCTETS; c++) {
		if (strchr(plain, *c) != NULL && (*c != '.' || out->length > start))
			buffer_append_octet(out, *c);
		else
			buffer_append_format(out, "%%%02X", (unsigned char)*c);
	}
	if (out->length == start || out->length - start >= NAME_MAX_OCTETS)
		append_digest(out, uid);
}

static bool same_octets(int a, int b, uint64_t length)
{
	char left[8192], right[sizeof left];

	for (uint64_t at = 0; at < length;) {
		const ssize_t got = pread(a, left, sizeof left, (off_t)at);

		if (got <= 0 || pread(b, right, (size_t)got, (off_t)at) != got ||
		    memcmp(left, right, (size_t)got) != 0)
			return false;
		at += (uint64_t)got;
	}
	return true;
}

/* Whether a file of that name holds this very message already. */
static bool is_same(const struct dir *d, const char *name, const struct delivery_item *item)
{
	const int other = openat(d->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	const int ours = openat(d->folder, item->temporary.data, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	bool same = false;

	if (other >= 0 && ours >= 0 && fstat(other, &status) == 0 && S_ISREG(status.st_mode))
		same = (uint64_t)status.st_size == item->written &&
		       same_octets(other, ours, item->written);
	if (other >= 0)
		close(other);
	if (ours >= 0)
		close(ours);
	return same;
}

/* UID.eml, or UID~2.eml where another message has that name: two accounts may share a folder. */
static int choose_name(struct dir *d, struct delivery_item *item, struct pop3_error *err)
{
	for (unsigned i = 1; i < SAME_NAME_MAX; i++) {
		int there;

		buffer_clear(&item->name);
		name_after_uid(&item->name, item->uid);
		if (i > 1)
			buffer_append_format(&item->name, "~%u", i);
		buffer_append_text(&item->name, ".eml");
		if (buffer_check(&item->name, POP3_E_MEMORY, err) < 0)
			return -1;
		there = folder_has(d->folder, item->name.data, err);
		if (there < 0)
			return -1;
		if (there == 0 || is_same(d, item->name.data, item))
			return 0;
	}
	return pop3_fail(err, POP3_E_DESTINATION, "too many messages are named '%s'",
			 item->name.data);
}

/* --- one message --- */

static int begin(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	struct dir *const d = self(delivery);

	buffer_clear(&item->temporary);
	buffer_append_format(&item->temporary, ".pop3-%s-%ld-%u", delivery->mark, (long)getpid(),
			     d->serial++);
	if (buffer_check(&item->temporary, POP3_E_MEMORY, err) < 0)
		return -1;
	item->fd = file_create(d->folder, item->temporary.data);
	if (item->fd < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot create a file in '%s'",
				       delivery->settings.path);
	/* Files for other programs to read: the octets as they came, CRLF and all. */
	spool_begin(&d->spool, item->fd, true, NULL);
	return 0;
}

static int write_octets(struct delivery *delivery, struct delivery_item *item, const char *data,
			size_t length, struct pop3_error *err)
{
	(void)item;
	return spool_write(&self(delivery)->spool, data, length, err);
}

static int end(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	struct dir *const d = self(delivery);

	if (spool_end(&d->spool, err) < 0)
		return -1;
	item->written = d->spool.written;
	return choose_name(d, item, err);
}

static void abort_item(struct delivery *delivery, struct delivery_item *item)
{
	delivery_close_file(item);
	unlinkat(self(delivery)->folder, buffer_text(&item->temporary), 0);
}

static void publish_one(struct dir *d, struct delivery_item *item)
{
	const char *const name = item->name.data;
	struct pop3_error why;

	if (folder_move(d->folder, item->temporary.data, d->folder, name) < 0) {
		/* It was there before, octet for octet: that is what was wanted. */
		if (errno != EEXIST || !is_same(d, name, item)) {
			pop3_fail_errno(&why, POP3_E_DESTINATION, "cannot name the message '%s'",
					name);
			delivery_item_fail(item, &why);
		}
		abort_item(&d->delivery, item);
	}
	delivery_close_file(item);
}

static int publish(struct delivery *delivery, struct delivery_item *items, size_t count,
		   struct pop3_error *err)
{
	for (size_t i = 0; i < count; i++)
		publish_one(self(delivery), &items[i]);
	return folder_sync(self(delivery)->folder, err);
}

static void show_path(const struct delivery *delivery, const struct delivery_item *item,
		      struct buffer *path)
{
	buffer_append_format(path, "%s/%s", delivery->settings.path, item->name.data);
}

static int recover(struct delivery *delivery, const char *name, struct pop3_error *err)
{
	struct dir *const d = self(delivery);

	const int there = folder_has(d->folder, name, err);

	if (there <= 0)
		return there;
	return folder_sync(d->folder, err) < 0 ? -1 : 1;
}

static int tidy(struct delivery *delivery, struct pop3_error *err)
{
	char prefix[32] = ".pop3-";

	memcpy(prefix + 6, delivery->mark, sizeof delivery->mark);
	return folder_remove(self(delivery)->folder, prefix, err);
}

const struct delivery_kind delivery_dir = {
	.batch = 256, .size = sizeof(struct dir),
	.open = open_dir, .allow = allow, .close = close_dir,
	.begin = begin, .write = write_octets, .end = end, .abort = abort_item,
	.sync = delivery_sync_files, .publish = publish, .recover = recover, .tidy = tidy,
	.show_path = show_path,
};
