/* The octets of a list: a file, or stdin. */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "cmd/seen/import.h"

int import_load(const char *path, struct buffer *out, struct pop3_error *err)
{
	out->limit = IMPORT_FILE_MAX;
	if (file_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path, out) == 0)
		return 0;
	if (errno == 0)
		return pop3_fail(err, POP3_E_USAGE, "'%s' has more than %zu octets", path,
				 IMPORT_FILE_MAX);
	return pop3_fail_errno(err, errno == ENOENT ? POP3_E_NO_ACCOUNT : POP3_E_IO,
			       "cannot read '%s'", path);
}
