/* Reads the directories of a Maildir into a sorted list of messages. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "serve/maildrop/maildrop.h"

#define DIGITS "0123456789"

/* Base names begin with the delivery time in seconds, where fewer digits mean an earlier time. */
int maildrop_compare(const char *a, const char *b)
{
	const size_t digits = strspn(a, DIGITS), other_digits = strspn(b, DIGITS);

	if (digits != other_digits)
		return digits < other_digits ? -1 : 1;
	for (;; a++, b++) {
		const unsigned char left = *a == ':' ? 0 : (unsigned char)*a;
		const unsigned char right = *b == ':' ? 0 : (unsigned char)*b;

		if (left != right)
			return left < right ? -1 : 1;
		if (left == 0)
			return 0;
	}
}

static int compare_messages(const void *a, const void *b, void *names)
{
	const struct maildrop_message *const left = a, *const right = b;
	const int order = maildrop_compare((const char *)names + left->name,
					   (const char *)names + right->name);

	return order != 0 ? order : left->in_new - right->in_new;
}

static int add_message(struct maildrop *drop, const struct dirent *entry, bool in_new,
		       struct pop3_error *err)
{
	struct maildrop_message *const messages =
		array_room(drop->messages, drop->count, &drop->capacity, sizeof *messages);

	if (messages == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	drop->messages = messages;
	messages[drop->count++] = (struct maildrop_message){
		.name = (uint32_t)drop->names.length, .inode = entry->d_ino, .in_new = in_new,
	};
	buffer_append(&drop->names, entry->d_name, strlen(entry->d_name) + 1);
	return buffer_check(&drop->names, POP3_E_MEMORY, err);
}

static bool is_message(int directory, const struct dirent *entry)
{
	struct stat status;

	if (entry->d_name[0] == '.')
		return false;
	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_REG;
	return fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(status.st_mode);
}

static int scan_directory(struct maildrop *drop, bool in_new, struct pop3_error *err)
{
	const int fd = openat(drop->directories[in_new], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *const name = in_new ? "new" : "cur";
	const struct dirent *entry;
	DIR *entries = NULL;
	struct stat status;
	int result = 0;

	/* If the directory itself was removed, its messages must not be reported as removed. */
	if (fd >= 0 && fstat(fd, &status) == 0 && status.st_nlink == 0)
		errno = ENOENT;
	else if (fd >= 0)
		entries = fdopendir(fd);
	if (entries == NULL) {
		pop3_fail_errno(err, POP3_E_IO, "cannot read '%s/%s'", drop->path, name);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while (result == 0 && (errno = 0, entry = readdir(entries)) != NULL)
		if (is_message(fd, entry))
			result = add_message(drop, entry, in_new, err);
	if (result == 0 && errno != 0)
		result = pop3_fail_errno(err, POP3_E_IO, "cannot read '%s/%s'", drop->path,
					 name);
	closedir(entries);
	return result;
}

int maildrop_scan(struct maildrop *drop, struct pop3_error *err)
{
	const struct maildrop_message *first;
	struct stat status;
	size_t count = 0;

	if (scan_directory(drop, true, err) < 0 || scan_directory(drop, false, err) < 0)
		return -1;
	if (drop->count == 0)
		return 0;
	qsort_r(drop->messages, drop->count, sizeof *drop->messages, compare_messages,
		drop->names.data);
	/* Hide one of two files with the same base name, as long as both exist. */
	for (size_t i = 0; i < drop->count; i++)
		if (count == 0 ||
		    maildrop_compare(maildrop_name(drop, &drop->messages[count - 1]),
				     maildrop_name(drop, &drop->messages[i])) != 0)
			drop->messages[count++] = drop->messages[i];
	drop->count = count;
	/* On some network and overlay file systems, readdir and stat report different inodes. */
	first = &drop->messages[0];
	drop->inodes_match = fstatat(maildrop_directory(drop, first), maildrop_name(drop, first),
				     &status, AT_SYMLINK_NOFOLLOW) == 0 &&
			     status.st_ino == first->inode;
	return 0;
}

static void match_lists(struct maildrop *drop, const struct maildrop *fresh)
{
	size_t next = 0;

	for (size_t i = 0; i < drop->count && !drop->names.over_limit; i++) {
		struct maildrop_message *const message = &drop->messages[i];
		const struct maildrop_message *found = NULL;
		const char *name;
		int order = 1;

		while (next < fresh->count &&
		       (order = maildrop_compare(maildrop_name(fresh, &fresh->messages[next]),
						 maildrop_name(drop, message))) < 0)
			next++;
		if (next < fresh->count && order == 0)
			found = &fresh->messages[next];
		message->gone = found == NULL ||
				(drop->inodes_match && found->inode != message->inode);
		if (message->gone)
			continue;
		name = maildrop_name(fresh, found);
		if (strcmp(maildrop_name(drop, message), name) != 0) {
			message->name = (uint32_t)drop->names.length;
			buffer_append(&drop->names, name, strlen(name) + 1);
		}
		message->in_new = found->in_new;
	}
}

int maildrop_scan_again(struct maildrop *drop, struct pop3_error *err)
{
	struct maildrop fresh = {
		.fd = drop->fd, .directories = { drop->directories[0], drop->directories[1] },
		.path = drop->path, .names = { .limit = MAILDROP_NAMES_MAX },
	};
	int result = maildrop_scan(&fresh, err);

	if (result == 0) {
		match_lists(drop, &fresh);
		result = buffer_check(&drop->names, POP3_E_MEMORY, err);
	}
	buffer_release(&fresh.names);
	free(fresh.messages);
	return result;
}
