/* Secrets are kept in memory pages of their own, excluded from core dumps and wiped as a whole. */
#include "pop3/secret.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAY_READ_AND_WRITE (PROT_READ | PROT_WRITE)

/*
 * Prefers memfd_secret(2): the kernel removes these pages from its own memory map, so that they
 * cannot be read through the kernel either.
 */
static char *map_pages(size_t capacity)
{
	void *pages = MAP_FAILED;
#ifdef SYS_memfd_secret
	const int fd = (int)syscall(SYS_memfd_secret, O_CLOEXEC);

	if (fd >= 0 && ftruncate(fd, (off_t)capacity) == 0)
		pages = mmap(NULL, capacity, MAY_READ_AND_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (pages != MAP_FAILED)
		return pages;
#endif
	pages = mmap(NULL, capacity, MAY_READ_AND_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (pages == MAP_FAILED)
		return NULL;
	/* Best effort: the limit on locked memory of an unprivileged user is small. */
	madvise(pages, capacity, MADV_DONTDUMP);
	mlock(pages, capacity);
	return pages;
}

void pop3_secret_wipe(struct pop3_secret *secret)
{
	if (secret->text != NULL) {
		explicit_bzero(secret->text, secret->capacity);
		munmap(secret->text, secret->capacity);
	}
	secret->text = NULL;
	secret->length = secret->capacity = 0;
}

int pop3_secret_append(struct pop3_secret *secret, const char *text, size_t length,
		       struct pop3_error *err)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t needed = secret->length + length + 1;
	struct pop3_secret bigger = { .length = secret->length };

	if (length > POP3_SECRET_LIMIT - secret->length)
		return pop3_fail(err, POP3_E_USAGE, "the password is longer than %lu octets",
				 POP3_SECRET_LIMIT);
	if (needed > secret->capacity) {
		bigger.capacity = needed > 2 * secret->capacity ? needed : 2 * secret->capacity;
		bigger.capacity = (bigger.capacity + page - 1) / page * page;
		bigger.text = map_pages(bigger.capacity);
		if (bigger.text == NULL)
			return pop3_fail(err, POP3_E_MEMORY, "out of memory");
		if (secret->length > 0)
			memcpy(bigger.text, secret->text, secret->length);
		pop3_secret_wipe(secret);
		*secret = bigger;
	}
	memcpy(secret->text + secret->length, text, length);
	secret->length += length;
	secret->text[secret->length] = '\0';
	return 0;
}
