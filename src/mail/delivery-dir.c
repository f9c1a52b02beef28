/* Delivery into a directory of .eml files, named after the UID and never after message content. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "mail/delivery-kind.h"
#include "mail/digest.h"
#include "mail/directory.h"

#define NAME_MAX_OCTETS 120 /* maximum size of the UID in a name; a longer one gets a digest */
#define SAME_NAME_MAX 1000  /* maximum number of files with the same UID */

struct dir {
	struct delivery delivery;
	int directory;
	unsigned serial;
};

static struct dir *self(struct delivery *delivery)
{
	return (struct dir *)delivery;
}

static int open_dir(struct delivery *delivery, struct pop3_error *err)
{
	const struct delivery_settings *const settings = &delivery->settings;

	self(delivery)->directory =
		directory_open(AT_FDCWD, settings->path, settings->must_exist, err);
	return self(delivery)->directory;
}

static void close_dir(struct delivery *delivery)
{
	if (self(delivery)->directory >= 0)
		close(self(delivery)->directory);
}

/* --- names --- */

/*
 * Names the i-th file of a UID: UID.eml, UID~2.eml and so on, since UIDs of two accounts may be
 * equal. Unusual octets of the UID, and a leading dot, become %XX.
 */
static int name_file(struct buffer *out, const char *uid, unsigned i, struct pop3_error *err)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
				    "-_.:+@=";

	buffer_clear(out);
	for (const char *c = uid; *c != '\0' && out->length < NAME_MAX_OCTETS; c++) {
		if (strchr(plain, *c) != NULL && (*c != '.' || out->length > 0))
			buffer_append_octet(out, *c);
		else
			buffer_append_format(out, "%%%02X", (unsigned char)*c);
	}
	if (out->length == 0 || out->length >= NAME_MAX_OCTETS) {
		unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
		char hex[2 * 16 + 1];

		EVP_Digest(uid, strlen(uid), digest, NULL, EVP_sha256(), NULL);
		text_hex(hex, digest, 16);
		buffer_append_format(out, "-%s", hex);
	}
	if (i > 1)
		buffer_append_format(out, "~%u", i);
	buffer_append_text(out, ".eml");
	return buffer_check(out, POP3_E_MEMORY, err);
}

/* Whether the file with that name has that size and digest. */
static bool holds(const struct dir *d, const char *name, uint64_t octets, const char *digest)
{
	const int fd = openat(d->directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	char found[DIGEST_SIZE];
	struct stat status;
	bool same;

	if (fd < 0)
		return false;
	same = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	       (uint64_t)status.st_size == octets && digest_file(fd, 0, octets, found) == 0 &&
	       strcmp(found, digest) == 0;
	close(fd);
	return same;
}

/* --- one message --- */

static int begin(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	struct dir *const d = self(delivery);

	buffer_clear(&item->temporary);
	buffer_append_format(&item->temporary, ".pop3-%s-%ld-%u", delivery->settings.mark,
			     (long)getpid(), d->serial++);
	if (buffer_check(&item->temporary, POP3_E_MEMORY, err) < 0)
		return -1;
	item->fd = file_create(d->directory, item->temporary.data);
	if (item->fd < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot create a file in '%s'",
				       delivery->settings.path);
	/* Other programs read these files, so the octets stay as received, with CRLF. */
	spool_begin(&delivery->spool, item->fd, delivery->settings.path, true, NULL);
	return 0;
}

static int end(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	char digest[DIGEST_SIZE];

	if (spool_end(&delivery->spool, err) < 0)
		return -1;
	item->written = delivery->spool.written;
	if (digest_file(item->fd, 0, item->written, digest) < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot read from '%s'",
				       delivery->settings.path);
	/* The final name is not known yet. Recovery finds the file by its digest. */
	buffer_clear(&item->name);
	buffer_append_text(&item->name, digest);
	return buffer_check(&item->name, POP3_E_MEMORY, err);
}

static void abort_item(struct delivery *delivery, struct delivery_item *item)
{
	delivery_close_file(item);
	unlinkat(self(delivery)->directory, buffer_text(&item->temporary), 0);
}

/* Uses the first free name, unless a file with an earlier name already has the same content. */
static int publish_one(struct dir *d, struct delivery_item *item, struct pop3_error *err)
{
	char digest[DIGEST_SIZE];

	snprintf(digest, sizeof digest, "%s", item->name.data);
	for (unsigned i = 1; i <= SAME_NAME_MAX; i++) {
		if (name_file(&item->name, item->uid, i, err) < 0)
			return -1;
		if (directory_move(d->directory, item->temporary.data, d->directory,
				   item->name.data) == 0)
			return 0;
		if (errno != EEXIST)
			return pop3_fail_errno(err, POP3_E_DESTINATION,
					       "cannot rename a file in '%s' to '%s'",
					       d->delivery.settings.path, item->name.data);
		if (holds(d, item->name.data, item->written, digest)) {
			unlinkat(d->directory, item->temporary.data, 0);
			return 0;
		}
	}
	return pop3_fail(err, POP3_E_DESTINATION, "too many messages have the name '%s'",
			 item->name.data);
}

static int publish(struct delivery *delivery, struct delivery_item *items, size_t count,
		   struct pop3_error *err)
{
	struct dir *const d = self(delivery);
	int result = 0;

	for (size_t i = 0; i < count; i++) {
		if (result == 0)
			result = publish_one(d, &items[i], err);
		delivery_close_file(&items[i]);
	}
	return result < 0 ? -1 : directory_sync(d->directory, delivery->settings.path, err);
}

static void show_path(const struct delivery *delivery, const struct delivery_item *item,
		      struct buffer *path)
{
	buffer_append_format(path, "%s/%s", delivery->settings.path, item->name.data);
}

/* An earlier name may have become free since, so recovery checks all possible names. */
static int recover(struct delivery *delivery, const struct delivery_item *item,
		   struct pop3_error *err)
{
	const struct dir *const d = self(delivery);
	struct buffer name = { 0 };
	int result = 0;

	for (unsigned i = 1; result == 0 && i <= SAME_NAME_MAX; i++) {
		result = name_file(&name, item->uid, i, err);
		if (result == 0 && holds(d, name.data, item->octets, item->name.data))
			result = directory_sync(d->directory, delivery->settings.path, err) < 0
					 ? -1
					 : 1;
	}
	buffer_release(&name);
	return result;
}

static int tidy(struct delivery *delivery, struct pop3_error *err)
{
	char prefix[32];

	snprintf(prefix, sizeof prefix, ".pop3-%s-", delivery->settings.mark);
	return directory_remove(self(delivery)->directory, delivery->settings.path, prefix, err);
}

const struct delivery_kind delivery_dir = {
	.batch = 256, .keeps_messages = true, .size = sizeof(struct dir),
	.open = open_dir, .allow = delivery_allow_path, .close = close_dir,
	.begin = begin, .write = spool_write, .end = end, .abort = abort_item,
	.sync = delivery_sync_files, .publish = publish, .recover = recover, .tidy = tidy,
	.show_path = show_path,
};
