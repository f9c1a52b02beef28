/* Delivery into a Maildir: written in tmp, moved to new, and found again by name in new or cur. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "mail/delivery-kind.h"
#include "mail/directory.h"

#define HOST_MAX 64

struct maildir {
	struct delivery delivery;
	int directory, tmp, new_mail, cur;
	struct octet_count count; /* of the current message */
	char host[HOST_MAX];
	long process;	 /* process ID; unique together with serial */
	unsigned serial;
	unsigned open_files; /* in this batch */
};

static struct maildir *self(struct delivery *delivery)
{
	return (struct maildir *)delivery;
}

static int open_maildir(struct delivery *delivery, struct pop3_error *err)
{
	struct maildir *const m = self(delivery);
	const bool must_exist = delivery->settings.must_exist;

	m->directory = m->tmp = m->new_mail = m->cur = -1;
	m->process = (long)getpid();
	if (gethostname(m->host, HOST_MAX) < 0 || m->host[0] == '\0')
		memcpy(m->host, "localhost", sizeof "localhost");
	m->host[HOST_MAX - 1] = '\0';
	/* "/" and ":" have a meaning in Maildir names. */
	for (char *c = m->host; *c != '\0'; c++)
		if (*c == '/' || *c == ':' || *c == ',' || (unsigned char)*c <= ' ')
			*c = '_';
	m->directory = directory_open(AT_FDCWD, delivery->settings.path, must_exist, err);
	if (m->directory < 0)
		return -1;
	m->tmp = directory_open(m->directory, "tmp", must_exist, err);
	m->new_mail = m->tmp < 0 ? -1 : directory_open(m->directory, "new", must_exist, err);
	m->cur = m->new_mail < 0 ? -1 : directory_open(m->directory, "cur", must_exist, err);
	return m->cur < 0 ? pop3_context(err, "maildir '%s'", delivery->settings.path) : 0;
}

static void close_maildir(struct delivery *delivery)
{
	const struct maildir *const m = self(delivery);
	const int directories[] = { m->directory, m->tmp, m->new_mail, m->cur };

	for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++)
		if (directories[i] >= 0)
			close(directories[i]);
}

/* The name is unique: the time, the process and a serial number, the account and the UID. */
static int begin(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	struct maildir *const m = self(delivery);
	const char *const mark = delivery->settings.mark;
	const uint64_t uid = hash_octets(item->uid, strlen(item->uid));
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	buffer_clear(&item->temporary);
	buffer_append_format(&item->temporary, "pop3-%s-%lld.M%06ldP%ldQ%u", mark,
			     (long long)now.tv_sec, now.tv_nsec / 1000, m->process, m->serial);
	buffer_clear(&item->name);
	buffer_append_format(&item->name, "%lld.M%06ldP%ldQ%u_%s%08" PRIx32 ".%s",
			     (long long)now.tv_sec, now.tv_nsec / 1000, m->process, m->serial++,
			     mark, (uint32_t)uid, m->host);
	if (buffer_check(&item->name, POP3_E_MEMORY, err) < 0 ||
	    buffer_check(&item->temporary, POP3_E_MEMORY, err) < 0)
		return -1;
	item->fd = file_create(m->tmp, item->temporary.data);
	if (item->fd < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot create a file in '%s/tmp'",
				       delivery->settings.path);
	m->open_files++;
	spool_begin(&delivery->spool, item->fd, delivery->settings.path, delivery->settings.crlf,
		    &m->count);
	return 0;
}

static int close_file(struct maildir *m, struct delivery_item *item)
{
	const int fd = item->fd;

	item->fd = -1;
	if (fd < 0)
		return 0;
	m->open_files--;
	return close(fd);
}

static int end(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	struct maildir *const m = self(delivery);

	if (spool_end(&delivery->spool, err) < 0)
		return -1;
	/* Some file systems, such as NFS, report a full disk only on close. */
	if (m->open_files > DELIVERY_SYNC_EACH && close_file(m, item) < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot write into '%s'",
				       delivery->settings.path);
	item->written = delivery->spool.written;
	/* Maildir++ size hints, which save reading the file: octets on disk, and with CRLF. */
	buffer_append_format(&item->name, ",S=%llu,W=%llu", (unsigned long long)item->written,
			     (unsigned long long)octet_count_end(&m->count));
	return buffer_check(&item->name, POP3_E_MEMORY, err);
}

static void abort_item(struct delivery *delivery, struct delivery_item *item)
{
	close_file(self(delivery), item);
	unlinkat(self(delivery)->tmp, buffer_text(&item->temporary), 0);
}

static int publish(struct delivery *delivery, struct delivery_item *items, size_t count,
		   struct pop3_error *err)
{
	struct maildir *const m = self(delivery);
	const char *const path = delivery->settings.path;
	int result = 0;

	for (size_t i = 0; i < count; i++) {
		if (result == 0 && directory_move(m->tmp, items[i].temporary.data, m->new_mail,
						  items[i].name.data) < 0)
			result = pop3_fail_errno(err, POP3_E_DESTINATION,
						 "cannot move the message to '%s/new'", path);
		close_file(m, &items[i]);
	}
	return result < 0 ? -1 : directory_sync(m->new_mail, path, err);
}

static void show_path(const struct delivery *delivery, const struct delivery_item *item,
		      struct buffer *path)
{
	buffer_append_format(path, "%s/new/%s", delivery->settings.path, item->name.data);
}

/* When moving a message from new to cur, a mail reader appends a colon and flags to its name. */
static int find_in(int directory, const char *path, const char *name, struct pop3_error *err)
{
	const size_t length = strlen(name);
	DIR *const names = directory_list(directory, path, err);
	const struct dirent *entry;
	int found = 0;

	if (names == NULL)
		return -1;
	while (found == 0 && (errno = 0, entry = readdir(names)) != NULL)
		found = strncmp(entry->d_name, name, length) == 0 &&
			(entry->d_name[length] == '\0' || entry->d_name[length] == ':');
	if (found == 0 && errno != 0)
		found = pop3_fail_errno(err, POP3_E_DESTINATION, "cannot list '%s'", path);
	closedir(names);
	return found;
}

/* The name is unique, so a file with that name is this message. */
static int recover(struct delivery *delivery, const struct delivery_item *item,
		   struct pop3_error *err)
{
	const struct maildir *const m = self(delivery);
	const char *const path = delivery->settings.path;
	int found = find_in(m->new_mail, path, buffer_text(&item->name), err);

	if (found == 0)
		found = find_in(m->cur, path, buffer_text(&item->name), err);
	/* The rename was perhaps not durable yet. */
	if (found == 1 && directory_sync(m->new_mail, path, err) < 0)
		return -1;
	return found;
}

static int tidy(struct delivery *delivery, struct pop3_error *err)
{
	char prefix[32];

	snprintf(prefix, sizeof prefix, "pop3-%s-", delivery->settings.mark);
	return directory_remove(self(delivery)->tmp, delivery->settings.path, prefix, err);
}

const struct delivery_kind delivery_maildir = {
	.batch = 1000, .keeps_messages = true, .size = sizeof(struct maildir),
	.open = open_maildir, .allow = delivery_allow_path, .close = close_maildir,
	.begin = begin, .write = spool_write, .end = end, .abort = abort_item,
	.sync = delivery_sync_files, .publish = publish, .recover = recover, .tidy = tidy,
	.show_path = show_path,
};
