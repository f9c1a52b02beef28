/* Secrets live in pages of their own, so that they can be kept out of dumps and wiped whole. */
#include "pop3/secret.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char *map_pages(size_t capacity)
{
	char *const pages = mmap(NULL, capacity, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return NULL;
	/* Both are best effort: an unprivileged user's locked memory is small. */
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
	struct pop3_secret bigger = { .length = secret->length };

	if (length > POP3_SECRET_LIMIT - secret->length)
		return pop3_fail(err, POP3_E_USAGE, "a password of more than %lu octets",
				 POP3_SECRET_LIMIT);
	if (secret->length + length >= secret->capacity) {
		bigger.capacity = ((secret->length + length) / page + 1) * page * 2;
		bigger.text = map_pages(bigger.capacity);
		if (bigger.text == NULL)
			return pop3_fail(err, POP3_E_MEMORY, "no memory for a password");
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
