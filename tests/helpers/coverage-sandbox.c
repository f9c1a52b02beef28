/*
 * Linked in front of sandbox_enter (ld's --wrap) in a build that counts its coverage: the counts
 * are written at the exit, from within the sandbox. Everything else stays as forbidden as it is.
 */
#include <stddef.h>

#include "base/sandbox.h"

void __real_sandbox_enter(const struct sandbox *sandbox);
void __wrap_sandbox_enter(const struct sandbox *sandbox);

void __wrap_sandbox_enter(const struct sandbox *sandbox)
{
	struct sandbox wider = { .may_write = sandbox->may_write, .may_exec = sandbox->may_exec };

	buffer_append(&wider.writable, sandbox->writable.data, sandbox->writable.length);
	wider.writable.no_memory |= sandbox->writable.no_memory;
	sandbox_allow(&wider, COUNTS);
	__real_sandbox_enter(&wider);
	sandbox_release(&wider);
}
