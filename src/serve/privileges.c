/* Drops root privileges and raises the limit of open descriptors. */
#include "serve/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

int privileges_drop(const char *user, struct pop3_error *err)
{
	const struct passwd *entry;

	errno = 0;
	entry = getpwnam(user);
	if (entry == NULL)
		return pop3_fail(err, POP3_E_CONFIG, "no user '%s' on this machine", user);
	if (geteuid() == entry->pw_uid)
		return 0;
	if (initgroups(user, entry->pw_gid) < 0 ||
	    setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) < 0 ||
	    setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) < 0)
		return pop3_fail_errno(err, POP3_E_CONFIG, "cannot become '%s'", user);
	if (entry->pw_uid != 0 && setuid(0) == 0)
		return pop3_fail(err, POP3_E_CONFIG, "still running as root after becoming '%s'",
						     user);
	return 0;
}

uint64_t privileges_raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur;
}
