/* How much of the program stands in memory: what is only read can be had again. */
#include "cli/footprint.h"

#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"

#define STATUS_LIMIT 16384

/* A debugger's breakpoints are written into the pages, and would go with them. */
static bool is_traced(void)
{
	struct buffer status = { .limit = STATUS_LIMIT };
	const bool is_known = file_read("/proc/self/status", &status) == 0;
	const bool is_free =
		is_known && strstr(buffer_text(&status), "\nTracerPid:\t0\n") != NULL;

	buffer_release(&status);
	return !is_free;
}

static int give_back(struct dl_phdr_info *object, size_t size, void *arg)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	(void)size, (void)arg;
	for (size_t i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *const part = &object->dlpi_phdr[i];
		const uintptr_t start = (object->dlpi_addr + part->p_vaddr) & -page;
		const uintptr_t end = object->dlpi_addr + part->p_vaddr + part->p_memsz;

		if (part->p_type == PT_LOAD && (part->p_flags & PF_W) == 0)
			madvise((void *)start, end - start, MADV_DONTNEED);
	}
	return 0;
}

void footprint_shrink(void)
{
	if (!is_traced())
		dl_iterate_phdr(give_back, NULL);
}
