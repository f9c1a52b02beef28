/*
 * Recovery after a crash, whatever the journal says is in flight and whatever the destination
 * holds: it is settled once, nothing outside of the destination changes, and no message is lost.
 */
#include "state/journal.h"

#include "scratch.h"
#include "state/seen.h"

static const char *const kinds[] = { "maildir", "mbox", "dir" };

static const char message[] = "From somebody\n\nhello\n\n";
static const struct pop3_timeouts timeouts = { .cancel_fd = -1 };

/* A destination with a message in it, and something beside it that nobody may touch. */
static void fill(const struct input *spool)
{
	struct buffer path = { 0 };

	scratch_empty(scratch_name(&path, "to"));
	scratch_folder("to");
	scratch_folder("to/maildir");
	scratch_folder("to/maildir/new");
	scratch_folder("to/maildir/cur");
	scratch_folder("to/maildir/tmp");
	scratch_folder("to/dir");
	scratch_write("to/maildir/new/1.a.h", OCTETS(message));
	scratch_write("to/dir/1.eml", OCTETS(message));
	scratch_write("to/mbox", OCTETS(message));
	scratch_write("to/.pop3-49915e0d7d4b402e.spool", spool->data, spool->length);
	scratch_write("to/other", OCTETS(message));
	buffer_release(&path);
}

static void must_begin(const char *name)
{
	struct buffer path = { 0 }, octets = { 0 };

	must(file_read(scratch_name(&path, name), &octets) == 0, "a file is still there");
	must(octets.length >= sizeof message - 1 &&
		     memcmp(octets.data, message, sizeof message - 1) == 0,
	     "and begins as it did");
	buffer_release(&path);
	buffer_release(&octets);
}

static void depart(struct state *state, struct input *rest)
{
	struct buffer destination = { 0 };
	struct pop3_error err;

	while (rest->length > 0) {
		struct input line = input_until(rest, '\n'), uid;
		const char *const kind = kinds[input_octet(&line) % 3];
		struct delivery_item item = { .octets = line.length };
		struct journal journal = { .state = state, .cursor = "", .can_recover = true };
		char *copy;

		buffer_clear(&destination);
		buffer_append_format(&destination, "%s:%s/to/%s", kind, scratch(), kind);
		journal.destination = destination.data;
		uid = input_until(&line, '\t');
		item.uid = copy = input_copy(&uid);
		buffer_append(&item.name, line.data, line.length);
		must(journal_begin(&journal, &item, 1, &err) == 0, "the journal takes it");
		delivery_item_release(&item);
		free(copy);
	}
	buffer_release(&destination);
}

static void recover(struct state *state)
{
	const struct delivery_settings settings = { .account = "ann", .timeouts = &timeouts };
	struct pop3_error err = { .code = POP3_E_NONE };
	size_t settled = 0;

	if (journal_recover(state, &settings, &settled, &err) < 0) {
		must(err.code == POP3_E_CONFIG || err.code == POP3_E_DESTINATION,
		     "what cannot be settled says why");
	} else {
		must(journal_recover(state, &settings, &settled, &err) == 0 && settled == 0,
		     "it is settled once");
	}
	must_begin("to/other");
	must_begin("to/mbox");
	must_begin("to/dir/1.eml");
	must_begin("to/maildir/new/1.a.h");
}

/* The first line is what the mbox's spool holds, the others are kind, UID, TAB and name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buffer path;
	struct input rest = input_of(data, size);
	const struct input spool = input_until(&rest, '\n');
	struct pop3_error err;
	struct state *state;

	if (path.data == NULL)
		scratch_name(&path, "state.db");
	unlink(path.data);
	fill(&spool);
	state = state_open(path.data, STATE_WRITE, 0, &timeouts, &err);
	must(state != NULL, "a state can be made");
	state_relax(state, true);
	depart(state, &rest);
	recover(state);
	state_close(state);
	return 0;
}
