/*
 * Wraps sandbox_enter (ld's --wrap) in a coverage build, whose counters are written at exit, from
 * within the sandbox. Everything else stays forbidden.
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
