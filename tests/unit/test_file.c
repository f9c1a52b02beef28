/* Expanding "~": $HOME, or the home directory in the password database, or an error. */
#include "base/file.h"

#include <pwd.h>
#include <stdlib.h>

#include "check.h"

static const char *of_database; /* home directory; NULL = the user has no entry */

int __wrap_getpwuid_r(uid_t uid, struct passwd *user, char *texts, size_t size,
		      struct passwd **found);

int __wrap_getpwuid_r(uid_t uid, struct passwd *user, char *texts, size_t size,
		      struct passwd **found)
{
	(void)texts;
	(void)size;
	*user = (struct passwd){ .pw_uid = uid, .pw_dir = (char *)of_database };
	*found = of_database != NULL ? user : NULL;
	return 0;
}

static const struct {
	const char *name, *home, *of_database, *path;
	const char *expanded; /* NULL = fails */
} rows[] = {
	{ "$HOME", "/home/ann", "/home/bob", "~/Mail", "/home/ann/Mail" },
	{ "alone", "/home/ann", NULL, "~", "/home/ann" },
	{ "unset", NULL, "/home/bob", "~/Mail", "/home/bob/Mail" },
	{ "empty", "", "/home/bob", "~/Mail", "/home/bob/Mail" },
	{ "relative", "home", "/home/bob", "~/Mail", "/home/bob/Mail" },
	{ "a tilde", "~", "/home/bob", "~/Mail", "/home/bob/Mail" },
	{ "an unknown user", NULL, NULL, "~/Mail", NULL },
	{ "no directory", "", "", "~", NULL },
	{ "not in front", NULL, NULL, "/a/~/b", "/a/~/b" },
	{ "part of a name", NULL, NULL, "~ann/b", "~ann/b" },
};

int main(void)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer out = { 0 };
		struct pop3_error err = { .code = POP3_E_NONE };

		of_database = rows[i].of_database;
		if (rows[i].home != NULL)
			setenv("HOME", rows[i].home, 1);
		else
			unsetenv("HOME");
		if (file_expand(&out, rows[i].path, &err) < 0)
			check_text(rows[i].name, err.text, strlen(rows[i].path) > 1 ?
					"no home directory for '~/Mail': set HOME" :
					"no home directory for '~': set HOME");
		check_text(rows[i].name, buffer_text(&out),
			   rows[i].expanded != NULL ? rows[i].expanded : "");
		buffer_release(&out);
	}
	return check_end();
}
