/* Where the state of an account is. */
#include "cli/state-file.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"
#include "cli/connection.h"

/* An account's name is a file's: what could lead elsewhere is written %XX. */
static void append_name(struct buffer *path, const char *name)
{
	const size_t start = path->length;

	for (; *name != '\0'; name++) {
		if (*name == '/' || *name == '%' || (unsigned char)*name < 0x20 ||
		    (*name == '.' && path->length == start))
			buffer_append_format(path, "%%%02X", (unsigned char)*name);
		else
			buffer_append_octet(path, *name);
	}
}

int state_file_open(struct invocation *in, enum state_use use, uint32_t wait_seconds,
		    struct pop3_error *err)
{
	struct buffer path = { 0 };
	int result;

	/* An earlier line of the batch has opened it. */
	if (in->state != NULL && (use == STATE_READ || state_is_alone(in->state)))
		return 0;
	state_close(in->state);
	in->state = NULL;
	file_user_folder(&path, "XDG_STATE_HOME", "~/.local/state");
	buffer_append_text(&path, "/pop3/");
	append_name(&path, in->account);
	buffer_append_text(&path, ".db");
	result = buffer_check(&path, POP3_E_MEMORY, err);
	if (result == 0) {
		in->state = state_open(path.data, use, (int64_t)wait_seconds * 1000,
				       &in->connection->target.timeouts, err);
		result = in->state != NULL ? 0 : -1;
		/* SQLite has files of its own beside it, also for one who only reads. */
		sandbox_allow_folder_of(&in->sandbox, path.data);
	}
	buffer_release(&path);
	return result;
}
