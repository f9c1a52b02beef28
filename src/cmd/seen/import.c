/* Adds UIDs to a state or removes them, in one transaction: whole lists and single UIDs. */
#include "cmd/seen/import.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/text.h"
#include "state/seen.h"

#define OTHERS_SHOWN 200 /* octets of other mailboxes' names in a message */

int import_load(const char *path, struct buffer *out, struct pop3_error *err)
{
	out->limit = IMPORT_FILE_MAX;
	if (file_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path, out) == 0)
		return 0;
	if (errno == 0)
		return pop3_fail(err, POP3_E_USAGE, "'%s' is larger than %zu octets", path,
				 IMPORT_FILE_MAX);
	return pop3_fail_errno(err, errno == ENOENT ? POP3_E_NO_ACCOUNT : POP3_E_IO,
			       "cannot read '%s'", path);
}

/* --- the UIDs of one mailbox, out of a list that may name several --- */

struct importer {
	struct import_sink sink;
	struct state *state;
	const char *cursor;
	int64_t now;
	struct import_job *job;
	bool any;	      /* some UIDs belonged to this mailbox */
	struct buffer others; /* names of other mailboxes, up to OTHERS_SHOWN */
};

/* Adds each name once. */
static void note_other(struct buffer *others, const struct import_entry *entry)
{
	struct buffer name = { 0 };

	if (others->over_limit)
		return;
	buffer_append_text(&name, " ");
	buffer_append(&name, entry->user.text, entry->user.length);
	buffer_append_text(&name, "@");
	buffer_append(&name, entry->host.text, entry->host.length);
	buffer_append_text(&name, ",");
	if (strstr(buffer_text(others), buffer_text(&name)) == NULL)
		buffer_append(others, buffer_text(&name), name.length);
	buffer_release(&name);
}

static int import_entry(struct import_sink *sink, const struct import_entry *entry,
			struct pop3_error *err)
{
	struct importer *const importer = (struct importer *)sink;
	struct import_job *const job = importer->job;
	const bool is_wanted =
		entry->user.text == NULL ||
		(entry->user.length == job->user.length &&
		 memcmp(entry->user.text, job->user.text, entry->user.length) == 0 &&
		 text_equal_nocase(entry->host.text, entry->host.length, job->host));
	const struct seen seen = {
		.uid = entry->uid,
		.fetched = entry->fetched > 0 ? entry->fetched : importer->now,
	};
	bool added;

	if (!is_wanted) {
		note_other(&importer->others, entry);
		return 0;
	}
	importer->any = true;
	if (seen_add_new(importer->state, importer->cursor, &seen, &added, err) < 0)
		return -1;
	job->added += added;
	job->known += !added;
	return 0;
}

int import_list(struct state *state, const char *cursor, struct import_job *job,
		struct pop3_error *err)
{
	struct importer importer = {
		.sink.take = import_entry, .state = state, .cursor = cursor, .now = time(NULL),
		.job = job, .others.limit = OTHERS_SHOWN,
	};
	struct buffer *const others = &importer.others;
	int result;

	if (state_begin(state, err) < 0)
		return -1;
	result = import_read(job->format, &job->list, &importer.sink, err);
	if (result == 0 && !importer.any && (others->length > 0 || others->over_limit))
		result = pop3_fail(err, POP3_E_NO_ACCOUNT,
				   "no UIDs of '%.*s@%s' in the list, only of%.*s%s: choose one "
				   "with --mailbox",
				   (int)job->user.length, job->user.text, job->host,
				   (int)(others->length > 0 ? others->length - 1 : 0),
				   buffer_text(others), others->over_limit ? " and more" : "");
	buffer_release(others);
	if (result == 0)
		return state_commit(state, err);
	state_rollback(state);
	return -1;
}

/* --- single UIDs --- */

static int collect(struct import_sink *sink, const struct import_entry *entry,
		   struct pop3_error *err)
{
	struct import_uids *const uids = (struct import_uids *)sink;

	buffer_append(&uids->texts, entry->uid, strlen(entry->uid) + 1);
	uids->count++;
	return buffer_check(&uids->texts, POP3_E_MEMORY, err);
}

void import_uids_begin(struct import_uids *uids)
{
	*uids = (struct import_uids){ .sink.take = collect };
}

void import_uids_release(struct import_uids *uids)
{
	buffer_release(&uids->texts);
	free(uids->changed);
}

static int add_one(struct state *state, const char *cursor, const char *uid, bool *changed,
		   struct pop3_error *err)
{
	const struct seen seen = { .uid = uid, .fetched = time(NULL) };

	return seen_add_new(state, cursor, &seen, changed, err);
}

static int change_all(struct import_uids *uids, struct state *state, const char *cursor,
		      int (*change)(struct state *, const char *cursor, const char *uid,
				    bool *changed, struct pop3_error *),
		      struct pop3_error *err)
{
	const char *uid = buffer_text(&uids->texts);
	int result;

	uids->changed = calloc(uids->count + 1, sizeof *uids->changed);
	if (uids->changed == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	result = state_begin(state, err);
	if (result < 0)
		return -1;
	for (size_t i = 0; result == 0 && i < uids->count; i++) {
		result = change(state, cursor, uid, &uids->changed[i], err);
		uid += strlen(uid) + 1;
	}
	if (result == 0)
		return state_commit(state, err);
	state_rollback(state);
	return -1;
}

int import_uids_add(struct import_uids *uids, struct state *state, const char *cursor,
		    struct pop3_error *err)
{
	return change_all(uids, state, cursor, add_one, err);
}

int import_uids_remove(struct import_uids *uids, struct state *state, const char *cursor,
		       struct pop3_error *err)
{
	const char *uid = buffer_text(&uids->texts);
	size_t found = 0;

	/* Check all before removing any: a UID may be named twice. */
	state_begin_reading(state);
	for (; found < uids->count && seen_has(state, cursor, uid); found++)
		uid += strlen(uid) + 1;
	if (state_end_reading(state, err) < 0)
		return -1;
	if (found < uids->count)
		return pop3_fail(err, POP3_E_NO_MESSAGE,
				 "'%s' is not in the seen list: nothing was removed", uid);
	return change_all(uids, state, cursor, seen_remove, err);
}
