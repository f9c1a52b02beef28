/*
 * A digest of all that decides whether a server's certificate is accepted, by the contents of its
 * files: what was accepted by one trust must not pass under another.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "net/trust.h"

#define FILE_LIMIT (16UL * 1024 * 1024)
#define SETTLED_SECONDS 2 /* the coarsest time of a change that file systems keep */

static bool add(EVP_MD_CTX *digest, const void *octets, size_t length)
{
	return EVP_DigestUpdate(digest, &length, sizeof length) == 1 &&
	       EVP_DigestUpdate(digest, octets, length) == 1;
}

static bool add_text(EVP_MD_CTX *digest, const char *text)
{
	return add(digest, text, strlen(text));
}

/*
 * A file that is not there counts as such; no name adds nothing. What is not a regular file can be
 * read only once.
 */
static bool add_contents(EVP_MD_CTX *digest, int directory, const char *name)
{
	struct buffer contents = { .limit = FILE_LIMIT };
	bool added;

	if (name == NULL)
		return true;
	if (file_read_regular(directory, name, 0, &contents) == 0)
		added = add(digest, contents.data, contents.length);
	else
		added = errno == ENOENT && add_text(digest, "none");
	buffer_wipe(&contents); /* it may be a key */
	buffer_release(&contents);
	return added;
}

/*
 * For the system's authorities, of which there are too many to read for each connection: where a
 * file is and the time of its last change stand for its contents. No program can set that time. It
 * could be the same only for two changes at nearly the same time, so a file that has just been
 * changed is read.
 */
static bool add_stamp(EVP_MD_CTX *digest, int directory, const char *name)
{
	struct {
		uint64_t device, inode, octets;
		int64_t seconds, nanoseconds;
	} stamp;
	struct stat status;

	if (fstatat(directory, name, &status, 0) < 0)
		return errno == ENOENT && add_text(digest, "none");
	if (status.st_ctim.tv_sec + SETTLED_SECONDS >= time(NULL))
		return add_contents(digest, directory, name);
	stamp.device = (uint64_t)status.st_dev;
	stamp.inode = (uint64_t)status.st_ino;
	stamp.octets = (uint64_t)status.st_size;
	stamp.seconds = (int64_t)status.st_ctim.tv_sec;
	stamp.nanoseconds = (int64_t)status.st_ctim.tv_nsec;
	return add(digest, &stamp, sizeof stamp);
}

static bool add_directory(EVP_MD_CTX *digest, const char *path)
{
	DIR *const directory = opendir(path);
	const struct dirent *entry;
	bool added = true;

	if (directory == NULL)
		return errno == ENOENT && add_text(digest, "none");
	while (added && (entry = readdir(directory)) != NULL)
		/* OpenSSL looks only at files named by hash ("1234abcd.0"). */
		if (strspn(entry->d_name, "0123456789abcdef") == 8 && entry->d_name[8] == '.')
			added = add_text(digest, entry->d_name) &&
				add_stamp(digest, dirfd(directory), entry->d_name);
	closedir(directory);
	return added;
}

/* OpenSSL takes a list of directories, separated by colons. */
static bool add_directories(EVP_MD_CTX *digest, const char *list)
{
	struct buffer path = { 0 };
	bool added = true;

	while (added && *list != '\0') {
		const size_t length = strcspn(list, ":");

		buffer_clear(&path);
		buffer_append(&path, list, length);
		added = !path.no_memory &&
			(length == 0 || add_directory(digest, buffer_text(&path)));
		list += length + (list[length] == ':');
	}
	buffer_release(&path);
	return added;
}

bool trust_digest(const struct pop3_trust *trust, unsigned char out[TRUST_DIGEST_OCTETS])
{
	EVP_MD_CTX *const digest = EVP_MD_CTX_new();
	bool done = digest != NULL && EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1;

	if (done && !trust->no_verify && trust->ca_file == NULL && trust->ca_dir == NULL)
		done = add_directories(digest, trust_system_directories()) &&
		       add_stamp(digest, AT_FDCWD, trust_system_file());
	else if (done && !trust->no_verify)
		done = add_contents(digest, AT_FDCWD, trust->ca_file) &&
		       (trust->ca_dir == NULL || add_directories(digest, trust->ca_dir));
	done = done && add_contents(digest, AT_FDCWD, trust->cert) &&
	       add_contents(digest, AT_FDCWD, trust->key) &&
	       EVP_DigestFinal_ex(digest, out, NULL) == 1;
	EVP_MD_CTX_free(digest);
	return done;
}
