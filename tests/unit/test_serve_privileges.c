/* Switching to another user: groups first, and no failure is ignored. */
#include <errno.h>
#include <grp.h>
#include <unistd.h>

#include "check.h"
#include "serve/privileges.h"

/* --- replacements of libc's functions --- */

static char calls[128];
static const char *failing;
static bool root_again; /* setuid(0) still succeeds after the switch */
static uid_t user_now;

static int call(const char *name)
{
	strncat(calls, name, sizeof calls - strlen(calls) - 1);
	errno = EPERM;
	return strcmp(name, failing) == 0 ? -1 : 0;
}

uid_t geteuid(void)
{
	return user_now;
}

int initgroups(const char *user, gid_t group)
{
	(void)user, (void)group;
	return call("initgroups ");
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
	(void)real, (void)effective, (void)saved;
	return call("setresgid ");
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
	(void)real, (void)effective, (void)saved;
	return call("setresuid ");
}

int setuid(uid_t user)
{
	(void)user;
	call("setuid ");
	return root_again ? 0 : -1;
}

/* --- the trials --- */

#define ALL "initgroups setresgid setresuid "

static const struct {
	const char *user, *failing;
	bool root_again;
	const char *calls, *complaint;
} rows[] = {
	{ "nobody", "", false, ALL "setuid ", "" },
	{ "nobody", "", true, ALL "setuid ", "still running as root after becoming 'nobody'" },
	{ "nobody", "initgroups ", false, "initgroups ",
	  "cannot become 'nobody': Operation not permitted" },
	{ "nobody", "setresgid ", false, "initgroups setresgid ",
	  "cannot become 'nobody': Operation not permitted" },
	{ "nobody", "setresuid ", false, ALL, "cannot become 'nobody': Operation not permitted" },
	{ "nobody-of-that-name", "", false, "", "no user 'nobody-of-that-name' on this machine" },
};

static void try_user(const char *name, const char *user, const char *expected_calls,
		     const char *complaint)
{
	struct pop3_error err = { .text = "" };

	calls[0] = '\0';
	check_number(name, privileges_drop(user, &err), complaint[0] != '\0' ? -1 : 0);
	check_text("the calls made", calls, expected_calls);
	check_text("the error", err.text, complaint);
}

int main(void)
{
	for (size_t row = 0; row < ROWS(rows); row++) {
		failing = rows[row].failing;
		root_again = rows[row].root_again;
		try_user("root switches to another user", rows[row].user, rows[row].calls,
			 rows[row].complaint);
	}
	failing = "";
	try_user("root stays root", "root", "", "");
	user_now = 1;
	try_user("a user without rights cannot become root", "root", ALL, "");
	return check_end();
}
