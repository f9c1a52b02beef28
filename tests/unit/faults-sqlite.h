/* Failing allocations in SQLite, which count separately as "SQLite's malloc". */
#ifndef UNIT_FAULTS_SQLITE_H
#define UNIT_FAULTS_SQLITE_H

#include <malloc.h>
#include <sqlite3.h>

#include "faults.h"

static inline void *faults_give_more(void *old, int size)
{
	return faults_strike("SQLite's malloc", ENOMEM) ? NULL :
							  __real_realloc(old, (size_t)size);
}

static inline void *faults_give(int size)
{
	return faults_give_more(NULL, size);
}

static inline int faults_size(void *memory)
{
	return (int)malloc_usable_size(memory);
}

static inline int faults_round_up(int size)
{
	return (size + 7) & ~7;
}

static inline int faults_begin(void *ignored)
{
	(void)ignored;
	return SQLITE_OK;
}

static inline void faults_end(void *ignored)
{
	(void)ignored;
}

/* Call before any other function of SQLite. */
static inline void faults_of_sqlite(void)
{
	static const sqlite3_mem_methods methods = {
		.xMalloc = faults_give, .xFree = free, .xRealloc = faults_give_more,
		.xSize = faults_size, .xRoundup = faults_round_up,
		.xInit = faults_begin, .xShutdown = faults_end,
	};

	sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
}

#endif
