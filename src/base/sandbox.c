/* Landlock and seccomp by direct system calls: loading their libraries would take longer. */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

void sandbox_allow(struct sandbox *sandbox, const char *path)
{
	buffer_append(&sandbox->writable, path, strlen(path) + 1);
}

void sandbox_allow_directory_of(struct sandbox *sandbox, const char *path)
{
	struct buffer directory = { 0 };

	file_directory_of(&directory, path);
	sandbox_allow(sandbox, buffer_text(&directory));
	buffer_release(&directory);
}

void sandbox_release(struct sandbox *sandbox)
{
	buffer_release(&sandbox->writable);
}

/* --- file system writes --- */

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define TO_FILES (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define TO_DIRECTORIES                                                                             \
	(LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |                               \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER)
#define TO_NOTHING /* never created by this program */                                            \
	(LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK |                            \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SYM)

#define VERSION_WITH_REFER 2 /* earlier ones forbid moving files between directories */
#define VERSION_WITH_TRUNCATE 3

/* A path that does not exist needs no rule. */
static bool add_rule(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = rights, .parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	struct stat status;
	bool added;

	if (rule.parent_fd < 0)
		return errno == ENOENT;
	added = fstat(rule.parent_fd, &status) == 0;
	if (!S_ISDIR(status.st_mode))
		rule.allowed_access &= TO_FILES;
	added = added && syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule,
				 0) == 0;
	close(rule.parent_fd);
	return added;
}

/*
 * All or nothing: with only some of the rules, required writes would fail. A process confined by
 * Landlock also cannot trace a process that is not.
 */
static void confine_writing(const struct buffer *paths)
{
	const long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
				     LANDLOCK_CREATE_RULESET_VERSION);
	const uint64_t truncate =
		version >= VERSION_WITH_TRUNCATE ? 0 : LANDLOCK_ACCESS_FS_TRUNCATE;
	const struct landlock_ruleset_attr attributes = {
		.handled_access_fs = (TO_FILES | TO_DIRECTORIES | TO_NOTHING) & ~truncate,
	};
	const char *const end = buffer_text(paths) + paths->length;
	bool complete = !paths->no_memory;
	int ruleset;

	if (version < VERSION_WITH_REFER)
		return;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
	if (ruleset < 0)
		return;
	for (const char *path = buffer_text(paths); complete && path < end;
	     path += strlen(path) + 1)
		complete = add_rule(ruleset, path, (TO_FILES | TO_DIRECTORIES) & ~truncate);
	if (complete)
		syscall(SYS_landlock_restrict_self, ruleset, 0);
	close(ruleset);
}

/* --- executing programs --- */

#if defined(__x86_64__) && !defined(__ILP32__)
#define OWN_ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define OWN_ARCHITECTURE AUDIT_ARCH_I386
#elif defined(__aarch64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OWN_ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__ARM_EABI__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OWN_ARCHITECTURE AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define OWN_ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OWN_ARCHITECTURE AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define OWN_ARCHITECTURE AUDIT_ARCH_S390X
#endif

#ifdef OWN_ARCHITECTURE

#define FIRST_OF_X32 0x40000000 /* x86-64 repeats its system calls from here, for the x32 ABI */

/* ioctl looks only at the low 32 bits of its request argument. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LOW_HALF(argument) offsetof(struct seccomp_data, args[argument])
#else
#define LOW_HALF(argument) (offsetof(struct seccomp_data, args[argument]) + 4)
#endif

#define LOAD(place) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, place)
#define JUMP_IF(test, value, yes, no) BPF_JUMP(BPF_JMP | BPF_K | (test), value, yes, no)
#define RETURN(verdict) BPF_STMT(BPF_RET | BPF_K, verdict)

/*
 * System calls of other ABIs are refused, too. So are the ioctls that push input into the terminal,
 * because the user's shell would execute it.
 */
static void forbid_exec(void)
{
	struct sock_filter steps[] = {
		LOAD(offsetof(struct seccomp_data, arch)),
		JUMP_IF(BPF_JEQ, OWN_ARCHITECTURE, 0, 9),
		LOAD(offsetof(struct seccomp_data, nr)),
		JUMP_IF(BPF_JGE, FIRST_OF_X32, 7, 0),
		JUMP_IF(BPF_JEQ, SYS_execve, 6, 0),
		JUMP_IF(BPF_JEQ, SYS_execveat, 5, 0),
		JUMP_IF(BPF_JEQ, SYS_ioctl, 0, 3),
		LOAD(LOW_HALF(1)),
		JUMP_IF(BPF_JEQ, TIOCSTI, 2, 0),
		JUMP_IF(BPF_JEQ, TIOCLINUX, 1, 0),
		RETURN(SECCOMP_RET_ALLOW),
		RETURN(SECCOMP_RET_ERRNO | EPERM),
	};
	const struct sock_fprog filter = { sizeof steps / sizeof steps[0], steps };

	/* Without this flag, older kernels slow the whole process down (Spectre mitigations). */
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter);
}

#else

static void forbid_exec(void)
{
}

#endif

void sandbox_enter(const struct sandbox *sandbox)
{
	if ((sandbox->may_write && sandbox->may_exec) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return;
	if (!sandbox->may_write)
		confine_writing(&sandbox->writable);
	if (!sandbox->may_exec)
		forbid_exec();
}
