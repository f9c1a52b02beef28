/*
 * What a sandboxed process cannot do. Each action runs in a child process, which reports errno.
 */
#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* --- actions, in a directory with mine/a, mine/b, mine/a/file, theirs and theirs/file --- */

static int create(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
}

static int create_mine(void)
{
	return create("mine/new");
}

static int create_nameless(void)
{
	return open("mine", O_WRONLY | O_TMPFILE, 0600);
}

static int move_mine(void)
{
	return rename("mine/a/file", "mine/b/file");
}

static int remove_mine(void)
{
	return unlink("mine/a/file");
}

static int make_directory_of_mine(void)
{
	return mkdir("mine/directory", 0700);
}

static int create_theirs(void)
{
	return create("theirs/new");
}

static int create_nameless_there(void)
{
	return open("theirs", O_WRONLY | O_TMPFILE, 0600);
}

static int write_theirs(void)
{
	return open("theirs/file", O_WRONLY);
}

static int truncate_theirs(void)
{
	return truncate("theirs/file", 0);
}

static int move_theirs(void)
{
	return rename("theirs/file", "mine/file");
}

static int move_there(void)
{
	return rename("mine/a/file", "theirs/new");
}

static int remove_theirs(void)
{
	return unlink("theirs/file");
}

static int link_mine(void)
{
	return symlink("/", "mine/link");
}

static int read_theirs(void)
{
	return open("theirs/file", O_RDONLY);
}

static char *const no_words[] = { NULL };

static int run_program(void)
{
	return execve("/bin/true", no_words, no_words);
}

static int run_descriptor(void)
{
	return (int)syscall(SYS_execveat, open("/bin/true", O_PATH), "", no_words, no_words,
			    AT_EMPTY_PATH);
}

static int type(void)
{
	return ioctl(STDOUT_FILENO, TIOCSTI, "x");
}

static int ask_size(void)
{
	struct winsize size;

	return ioctl(create("mine/new"), TIOCGWINSZ, &size);
}

/* --- the table --- */

enum needs { NOTHING, LANDLOCK, LANDLOCK_3, SECCOMP };

static const struct {
	const char *name;
	int (*deed)(void);
	bool may_write, may_exec;
	int expected; /* 0 = success */
	enum needs needs;
} rows[] = {
	{ "create in the allowed directory", create_mine, false, false, 0, NOTHING },
	{ "create an unnamed file", create_nameless, false, false, 0, NOTHING },
	{ "move between directories", move_mine, false, false, 0, NOTHING },
	{ "remove", remove_mine, false, false, 0, NOTHING },
	{ "make a directory", make_directory_of_mine, false, false, 0, NOTHING },
	{ "read elsewhere", read_theirs, false, false, 0, NOTHING },
	{ "create elsewhere", create_theirs, false, false, EACCES, LANDLOCK },
	{ "create elsewhere without a name", create_nameless_there, false, false, EACCES,
	  LANDLOCK },
	{ "write elsewhere", write_theirs, false, false, EACCES, LANDLOCK },
	{ "truncate elsewhere", truncate_theirs, false, false, EACCES, LANDLOCK_3 },
	{ "move from elsewhere", move_theirs, false, false, EACCES, LANDLOCK },
	{ "move elsewhere", move_there, false, false, EACCES, LANDLOCK },
	{ "remove elsewhere", remove_theirs, false, false, EACCES, LANDLOCK },
	{ "link within the allowed directory", link_mine, false, false, EACCES, LANDLOCK },
	{ "write elsewhere, executing allowed", write_theirs, false, true, EACCES, LANDLOCK },
	{ "write elsewhere, writing allowed", write_theirs, true, false, 0, NOTHING },
	{ "write elsewhere, all allowed", write_theirs, true, true, 0, NOTHING },
	{ "run a program", run_program, false, false, EPERM, SECCOMP },
	{ "run a program by its descriptor", run_descriptor, false, false, EPERM, SECCOMP },
	{ "run a program, writing allowed", run_program, true, false, EPERM, SECCOMP },
	{ "run a program, executing allowed", run_program, false, true, 0, NOTHING },
	{ "run a program, all allowed", run_program, true, true, 0, NOTHING },
	{ "type into the terminal", type, false, false, EPERM, SECCOMP },
	{ "ask for a terminal's size", ask_size, false, false, ENOTTY, SECCOMP },
};

static void put_file(const char *path)
{
	close(create(path));
}

/* Each row gets a fresh directory. */
static void furnish(const char *root)
{
	char name[] = "XXXXXX";

	if (chdir(root) < 0 || mkdtemp(name) == NULL || chdir(name) < 0)
		abort();
	mkdir("mine", 0700);
	mkdir("mine/a", 0700);
	mkdir("mine/b", 0700);
	mkdir("theirs", 0700);
	put_file("mine/a/file");
	put_file("theirs/file");
}

/* Returns the errno of the action in a sandboxed child. A program executed by it exits with 0. */
static int try_row(size_t i)
{
	struct sandbox sandbox = {
		.may_write = rows[i].may_write, .may_exec = rows[i].may_exec,
	};
	int status = -1;
	const pid_t child = fork();

	if (child == 0) {
		sandbox_allow(&sandbox, "mine");
		sandbox_allow_directory_of(&sandbox, "not/there");
		sandbox_enter(&sandbox);
		_exit(rows[i].deed() < 0 ? errno : 0);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool has_been_confined(bool may_do_all)
{
	const struct sandbox sandbox = { .may_write = may_do_all, .may_exec = may_do_all };
	int status = -1;
	const pid_t child = fork();

	if (child == 0) {
		sandbox_enter(&sandbox);
		_exit(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static bool kernel_has(enum needs what)
{
	const long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
				     LANDLOCK_CREATE_RULESET_VERSION);
	const bool has[] = {
		[NOTHING] = true, [LANDLOCK] = version >= 2, [LANDLOCK_3] = version >= 3,
		[SECCOMP] = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0,
	};

	return has[what];
}

int main(void)
{
	char root[] = "/tmp/sandbox.XXXXXX";
	char command[64];

	if (mkdtemp(root) == NULL)
		return 1;
	for (size_t i = 0; i < ROWS(rows); i++) {
		furnish(root);
		if (!kernel_has(rows[i].needs))
			check_skip(rows[i].name, "this kernel cannot take that right away");
		else
			check_number(rows[i].name, try_row(i), rows[i].expected);
	}
	check_number("no new privileges", has_been_confined(false), 1);
	check_number("no restrictions with both rights", has_been_confined(true), 0);
	snprintf(command, sizeof command, "rm -rf %s", root);
	return system(command) == 0 ? check_end() : 1;
}
