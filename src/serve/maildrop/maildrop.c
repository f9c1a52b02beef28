/* Opening, locking and closing a maildrop, and reading its messages. */
#include "serve/maildrop/maildrop.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "serve/maildrop/maildirs.h"

#define UID_HASH_OCTETS 16 /* of SHA-256's 32, to stay within MAILDROP_UID_MAX */

const char *maildrop_name(const struct maildrop *drop, const struct maildrop_message *message)
{
	return drop->names.data + message->name;
}

int maildrop_directory(const struct maildrop *drop, const struct maildrop_message *message)
{
	return drop->directories[message->in_new];
}

static int lock_and_read(struct maildrop *drop, struct pop3_error *err)
{
	static const char *const names[] = { "cur", "new" };

	if (flock(drop->fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK)
			return pop3_fail(err, POP3_E_IN_USE, "the maildrop is in use");
		return pop3_fail_errno(err, POP3_E_IO, "cannot lock the maildrop");
	}
	for (size_t i = 0; i < 2; i++) {
		drop->directories[i] = openat(drop->fd, names[i],
					      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (drop->directories[i] < 0)
			return pop3_fail_errno(err, POP3_E_IO, "cannot open '%s/%s'", drop->path,
					       names[i]);
	}
	return maildrop_scan(drop, err);
}

struct maildrop *maildrop_open(const char *root, const char *user, struct pop3_error *err)
{
	struct maildrop *const drop = calloc(1, sizeof *drop);
	struct buffer path = { 0 };

	if (drop == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	buffer_append_format(&path, "%s/%s", root, user);
	drop->path = path.data;
	drop->names.limit = MAILDROP_NAMES_MAX;
	drop->directories[0] = drop->directories[1] = -1;
	drop->round = 1;
	drop->fd = buffer_check(&path, POP3_E_IO, err) < 0 ? -1 : maildirs_open(root, user, err);
	if (drop->fd >= 0 && lock_and_read(drop, err) == 0)
		return drop;
	maildrop_close(drop);
	return NULL;
}

void maildrop_close(struct maildrop *drop)
{
	if (drop == NULL)
		return;
	for (size_t i = 0; i < 2; i++)
		if (drop->directories[i] >= 0)
			close(drop->directories[i]);
	if (drop->fd >= 0)
		close(drop->fd);
	measuring_release(drop->measuring);
	buffer_release(&drop->names);
	free(drop->messages);
	free(drop->path);
	free(drop);
}

bool maildrop_is_marked(const struct maildrop *drop, size_t index)
{
	return drop->messages[index].marked == drop->round;
}

void maildrop_mark(struct maildrop *drop, size_t index)
{
	if (maildrop_is_marked(drop, index))
		return;
	drop->messages[index].marked = drop->round;
	drop->unmarked--;
	drop->octets -= drop->messages[index].octets;
}

void maildrop_unmark_all(struct maildrop *drop)
{
	if (++drop->round == 0) {
		for (size_t i = 0; i < drop->count; i++)
			drop->messages[i].marked = 0;
		drop->round = 1;
	}
	drop->unmarked = drop->count;
	drop->octets = drop->all_octets;
}

/* Opens a message's file, unless another file now has its name. */
static int open_file(const struct maildrop *drop, const struct maildrop_message *message,
		     uint64_t *stored)
{
	const int fd = openat(maildrop_directory(drop, message), maildrop_name(drop, message),
			      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat status;

	if (fd < 0)
		return -1;
	if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
	    (!drop->inodes_match || status.st_ino == message->inode)) {
		*stored = (uint64_t)status.st_size;
		return fd;
	}
	close(fd);
	errno = ENOENT;
	return -1;
}

int maildrop_open_message(struct maildrop *drop, size_t index, uint64_t *stored,
			  struct pop3_error *err)
{
	const struct maildrop_message *const message = &drop->messages[index];
	int fd = message->gone ? -1 : open_file(drop, message, stored);

	if (fd < 0 && !message->gone && errno == ENOENT) {
		if (maildrop_scan_again(drop, err) < 0)
			return -1;
		fd = message->gone ? -1 : open_file(drop, message, stored);
	}
	if (fd >= 0)
		return fd;
	/* ELOOP: a symbolic link has replaced the file. */
	if (message->gone || errno == ENOENT || errno == ELOOP)
		return pop3_fail(err, POP3_E_NO_MESSAGE, "the message no longer exists");
	/* Running out of memory or descriptors is temporary: the message may still be there. */
	return pop3_fail_errno(err, errno == ENOMEM || errno == EMFILE || errno == ENFILE ?
			       POP3_E_MEMORY : POP3_E_IO, "cannot open the message");
}

void maildrop_uid(const struct maildrop *drop, size_t index, char uid[MAILDROP_UID_MAX + 1])
{
	const char *const base = maildrop_name(drop, &drop->messages[index]);
	const size_t length = strcspn(base, ":");
	unsigned char digest[SHA256_DIGEST_LENGTH];
	char hex[2 * UID_HASH_OCTETS + 1];
	bool is_uid = length > 0 && length <= MAILDROP_UID_MAX;

	for (size_t i = 0; i < length; i++)
		is_uid = is_uid && base[i] > ' ' && base[i] <= '~';
	if (is_uid) {
		memcpy(uid, base, length);
		uid[length] = '\0';
		return;
	}
	SHA256((const unsigned char *)base, length, digest);
	text_hex(hex, digest, UID_HASH_OCTETS);
	snprintf(uid, MAILDROP_UID_MAX + 1, "sha256-%s", hex);
}
