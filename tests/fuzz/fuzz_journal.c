/*
 * Recovery after a crash with any journal and any contents of the destination: every entry is
 * settled once, nothing outside the destination changes, and no message is lost.
 */
#include "state/journal.h"

#include "base/hash.h"
#include "mail/mbox-place.h"
#include "scratch.h"
#include "state/seen.h"

static const char *const kinds[] = { "maildir", "mbox", "dir" };

static const char mark[] = "0123456789abcdef";
static const char message[] = "From somebody\n\nhello\n\n";
static const struct pop3_timeouts timeouts = { .cancel_fd = -1 };

static const char *name_spool(struct buffer *name)
{
	struct buffer path = { 0 };

	scratch_name(&path, "to/mbox");
	buffer_clear(name);
	buffer_append_format(name, "to/.pop3-%s.%016llx", mark,
			     (unsigned long long)hash_octets(path.data, path.length));
	buffer_release(&path);
	return name->data;
}

/* A destination with a message in it, and a file beside it that must not change. */
static void fill(const struct input *spool, const struct input *behind)
{
	struct buffer path = { 0 }, mbox = { 0 };

	scratch_empty(scratch_name(&path, "to"));
	scratch_directory("to");
	scratch_directory("to/maildir");
	scratch_directory("to/maildir/new");
	scratch_directory("to/maildir/cur");
	scratch_directory("to/maildir/tmp");
	scratch_directory("to/dir");
	scratch_write("to/maildir/new/1.a.h", OCTETS(message));
	scratch_write("to/dir/1.eml", OCTETS(message));
	buffer_append(&mbox, OCTETS(message));
	buffer_append(&mbox, behind->data, behind->length);
	scratch_write("to/mbox", mbox.data, mbox.length);
	scratch_write(name_spool(&path), spool->data, spool->length);
	scratch_write("to/other", OCTETS(message));
	buffer_release(&path);
	buffer_release(&mbox);
}

static void must_begin(const char *name)
{
	struct buffer path = { 0 }, octets = { 0 };

	must(file_read(scratch_name(&path, name), &octets) == 0, "a file still exists");
	must(octets.length >= sizeof message - 1 &&
		     memcmp(octets.data, message, sizeof message - 1) == 0,
	     "a file keeps its beginning");
	buffer_release(&path);
	buffer_release(&octets);
}

/* A position after the older message, chosen by three octets. */
static void append_place(struct buffer *name, struct input *line)
{
	struct mbox_place place = { .at = sizeof message - 1 + input_octet(line) % 64 };
	const uint64_t start = input_octet(line) % 64;
	struct buffer within = { 0 }, path = { 0 };
	const int spool = open(scratch_name(&path, name_spool(&within)), O_RDONLY | O_CLOEXEC);

	if (mbox_place_take(&place, spool, start, input_octet(line) % 64) == 0)
		mbox_place_write(&place, name);
	close(spool);
	buffer_release(&within);
	buffer_release(&path);
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
		if (strcmp(kind, "mbox") == 0)
			append_place(&item.name, &line);
		else
			buffer_append(&item.name, line.data, line.length);
		must(journal_begin(&journal, &item, 1, &err) == 0,
		     "an entry can be written to the journal");
		delivery_item_release(&item);
		free(copy);
	}
	buffer_release(&destination);
}

static int postpone(struct journal_recovery *recovery, const char *destination,
		    const struct pop3_error *why, struct pop3_error *err)
{
	(void)recovery, (void)destination;
	*err = *why;
	return -1;
}

static void recover(struct state *state)
{
	const struct delivery_settings settings = {
		.account = "ann", .mark = mark, .timeouts = &timeouts,
	};
	struct journal_recovery first = { .postpone = postpone }, again = first;
	struct pop3_error err;

	must(journal_recover(state, &settings, &first, &err) == 0, "recovery settles all entries");
	must(journal_recover(state, &settings, &again, &err) == 0 && again.arrived == 0,
	     "recovery settles each entry once");
	must_begin("to/other");
	must_begin("to/mbox");
	must_begin("to/dir/1.eml");
	must_begin("to/maildir/new/1.a.h");
}

/*
 * The first octet is the size of the mbox's spool, the next the number of octets after the message
 * in the mbox. The lines after those octets are kind, UID, TAB and name.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buffer path;
	struct input rest = input_of(data, size);
	const struct input spool = input_take(&rest, input_octet(&rest));
	const struct input behind = input_take(&rest, input_octet(&rest));
	struct pop3_error err;
	struct state *state;

	if (path.data == NULL)
		scratch_name(&path, "state.db");
	unlink(path.data);
	fill(&spool, &behind);
	state = state_open(path.data, STATE_WRITE, 0, &timeouts, &err);
	must(state != NULL, "a state can be created");
	state_relax(state, true);
	depart(state, &rest);
	recover(state);
	state_close(state);
	return 0;
}
