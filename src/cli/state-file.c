/* The file that holds an account's state: where it is, and the one that an account takes over. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/tracer.h"
#include "cli/command.h"
#include "cli/connection.h"

/* An account's name becomes a file name: unsafe octets are written as %XX. */
static int find_path(struct buffer *path, const char *name, struct pop3_error *err)
{
	if (file_user_directory(path, "XDG_STATE_HOME", "~/.local/state", err) < 0)
		return -1;
	buffer_append_text(path, "/pop3/");
	for (const char *at = name; *at != '\0'; at++) {
		if (*at == '/' || *at == '%' || (unsigned char)*at < 0x20 ||
		    (*at == '.' && at == name))
			buffer_append_format(path, "%%%02X", (unsigned char)*at);
		else
			buffer_append_octet(path, *at);
	}
	buffer_append_text(path, ".db");
	return buffer_check(path, POP3_E_MEMORY, err);
}

/* The file that runs without an account have used for this mailbox; 1, or 0 if there is none. */
static int find_earlier(const struct invocation *in, struct buffer *path, struct pop3_error *err)
{
	struct buffer name = { 0 };
	int result = 0;

	connection_name(in->connection, &name);
	if (in->connection->account != NULL && name.length > 0) {
		result = find_path(path, buffer_text(&name), err);
		if (result == 0)
			result = access(path->data, F_OK) == 0;
	}
	buffer_release(&name);
	return result;
}

static struct state *open_when_free(const struct invocation *in, const char *path,
				    enum state_use use, int64_t wait_ms, struct pop3_error *err)
{
	const struct pop3_timeouts *const timeouts = &in->connection->target.timeouts;
	struct state *const state = state_open(path, use, 0, timeouts, err);

	if (state != NULL || err->code != POP3_E_LOCKED || wait_ms == 0)
		return state;
	tracer_print(in->connection->target.tracer, POP3_STEP,
		     "waiting until no other run uses this account");
	return state_open(path, use, wait_ms, timeouts, err);
}

/*
 * Opening and closing the file merges SQLite's journal into it and shows that no other run uses it.
 * A run that starts now finds the lock, which stays with the file when it is renamed.
 */
static int take_over(const struct invocation *in, const char *from, const char *to, int64_t wait_ms,
		     struct pop3_error *err)
{
	struct state *const state = open_when_free(in, from, STATE_WRITE, wait_ms, err);

	if (state == NULL)
		return -1;
	state_close(state);
	if (rename(from, to) < 0 || file_sync_directory_of(to) < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot take over the state file '%s'",
				       from);
	warn(in, "the account takes over what was fetched before without it");
	return 0;
}

int state_file_open(struct invocation *in, enum state_use use, uint32_t wait_seconds,
		    struct pop3_error *err)
{
	const int64_t wait_ms = (int64_t)wait_seconds * 1000;
	struct buffer path = { 0 }, earlier = { 0 };
	int found = 0, result;

	/* Already opened by an earlier line of the batch. */
	if (in->state != NULL && state_is_for(in->state, use))
		return 0;
	state_close(in->state);
	in->state = NULL;
	result = find_path(&path, in->account, err);
	if (result == 0 && access(path.data, F_OK) < 0 && errno == ENOENT)
		found = find_earlier(in, &earlier, err);
	if (found < 0)
		result = -1;
	if (result == 0 && found > 0 && use != STATE_READ)
		result = take_over(in, earlier.data, path.data, wait_ms, err);
	if (result == 0) {
		const char *const name = found > 0 && use == STATE_READ ? earlier.data : path.data;

		in->state = open_when_free(in, name, use, wait_ms, err);
		result = in->state != NULL ? 0 : -1;
		/* SQLite creates files beside it, even when only reading. */
		sandbox_allow_directory_of(&in->sandbox, name);
	}
	buffer_release(&earlier);
	buffer_release(&path);
	return result;
}

void state_file_note_deleted(const struct invocation *in, const char *const *uids, size_t count,
			     enum seen_place place)
{
	struct pop3_error err;

	if (count > 0 && seen_set_place(in->state, uids, count, place, &err) < 0)
		warn(in, "cannot record the deletions, which the next fetch will notice: %s",
		     err.text);
}
