/* Failing allocations in OpenSSL, which count as "malloc". */
#ifndef UNIT_FAULTS_OPENSSL_H
#define UNIT_FAULTS_OPENSSL_H

#include <openssl/crypto.h>

#include "../fuzz/fuzz.h"
#include "faults.h"

static inline void *faults_malloc_there(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return __wrap_malloc(size);
}

static inline void *faults_realloc_there(void *old, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return __wrap_realloc(old, size);
}

static inline void faults_free_there(void *memory, const char *file, int line)
{
	(void)file, (void)line;
	free(memory);
}

/* Call before any other function of OpenSSL. */
static inline void faults_of_openssl(void)
{
	must(CRYPTO_set_mem_functions(faults_malloc_there, faults_realloc_there,
				      faults_free_there) == 1,
	     "OpenSSL accepts the functions for memory");
}

#endif
