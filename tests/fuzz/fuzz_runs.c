/*
 * Three runs of fetch, with or without --delete: cut off at any octet, with commands refused,
 * killed between any two steps of a delivery. Then clean runs. Messages reported as fetched, and
 * those deleted on the server, are in the destination, and in the end each message is there once.
 */
#include "peer.h"

#include "cmd/fetch/fetch.h"
#include "mail/delivery-kind.h"
#include "scratch.h"
#include "state/seen.h"

#define MESSAGES 6
#define RUNS 3

static const struct pop3_timeouts timeouts = { .progress_ms = 100, .cancel_fd = -1 };
static const char *const uids[MESSAGES] = { "u1", "u2", "u3", "u4", "u5", "u6" };

/* --- the world --- */

static struct buffer destination, found;
static size_t messages;
static size_t lines; /* per message */
static bool present[MESSAGES]; /* on the server */

static struct run {
	bool deletes, unconfirmed; /* QUIT takes effect, but is not answered +OK */
	unsigned refused;	   /* RETR of these messages, one bit each */
	unsigned undeletable;	   /* DELE of these */
	size_t octets;		   /* until the connection is cut */
	unsigned steps;		   /* of deliveries until the run is killed; 0 = all */
	unsigned part;		   /* messages that the last step publishes */
} run;

static void write_message(struct buffer *text, size_t i, const char *line_end)
{
	buffer_append_format(text, "Subject: %zu%s%s", i + 1, line_end, line_end);
	for (size_t line = 0; line < lines; line++)
		buffer_append_format(text, "%zu of %zu%s", line, i + 1, line_end);
	buffer_append_format(text, "the end of %zu.%s", i + 1, line_end);
}

/* --- the server --- */

static struct buffer answers;

static void closing(void)
{
}

/* Appends to the server's octets, until the connection is cut. */
static void speak(void)
{
	const size_t length = answers.length < run.octets ? answers.length : run.octets;

	run.octets -= length;
	peer.turns = (struct input){ answers.data, length };
}

static void say(const char *text)
{
	buffer_append_format(&answers, "|%s\r\n", text);
}

/* The message with that number in this session. */
static size_t message_of(uint32_t number)
{
	size_t i = 0;

	for (uint32_t n = 0; i < messages; i++)
		if (present[i] && ++n == number)
			break;
	return i;
}

static void say_lists(void)
{
	buffer_clear(&answers);
	for (int uidl = 0; uidl <= 1; uidl++) {
		uint32_t number = 0;

		say("+OK");
		for (size_t i = 0; i < messages; i++)
			if (present[i])
				buffer_append_format(&answers, "%u %s\r\n", ++number,
						     uidl ? uids[i] : "100");
		buffer_append_text(&answers, ".\r\n");
	}
	speak();
}

static void say_messages(const struct transfer *t)
{
	buffer_clear(&answers);
	for (size_t i = 0; i < t->count; i++) {
		const size_t message = message_of(t->requests[i].number);

		if ((run.refused & 1U << message) != 0) {
			say("-ERR damaged");
			continue;
		}
		say("+OK");
		write_message(&answers, message, "\r\n");
		buffer_append_text(&answers, ".\r\n");
	}
	speak();
}

/* --- the contents of the destination --- */

static int take_file(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	if (type == FTW_F && strncmp(path + place->base, ".pop3-", 6) != 0 &&
	    strstr(path, "/tmp/") == NULL)
		must(file_read(path, &found) == 0, "a file can be read");
	return 0;
}

static unsigned times_there(size_t message)
{
	struct buffer path = { 0 }, text = { 0 };
	const char *at;
	unsigned times = 0;
	size_t kept = 0;

	buffer_clear(&found);
	buffer_append_octet(&found, '\n');
	nftw(scratch_name(&path, "to"), take_file, 16, FTW_PHYS);
	for (size_t i = 0; i < found.length; i++)
		if (found.data[i] != '\r')
			found.data[kept++] = found.data[i];
	found.data[kept] = '\0';
	write_message(&text, message, "\n");
	for (at = found.data; (at = strstr(at, text.data)) != NULL; at++)
		times++;
	buffer_release(&path);
	buffer_release(&text);
	return times;
}

/* --- deliveries that are killed --- */

static const struct delivery_kind *real;
static unsigned steps; /* done so far */

static bool is_dead(void)
{
	return run.steps > 0 && steps >= run.steps;
}

static int take_step(int result, struct pop3_error *err)
{
	steps++;
	return is_dead() ? pop3_fail(err, POP3_E_DESTINATION, "killed") : result;
}

static int begin(struct delivery *d, struct delivery_item *item, struct pop3_error *err)
{
	return is_dead() ? -1 : take_step(real->begin(d, item, err), err);
}

static int end(struct delivery *d, struct delivery_item *item, struct pop3_error *err)
{
	return is_dead() ? -1 : take_step(real->end(d, item, err), err);
}

static void abort_item(struct delivery *d, struct delivery_item *item)
{
	if (!is_dead())
		real->abort(d, item);
	else
		delivery_close_file(item);
}

static int sync_items(struct delivery *d, struct delivery_item *items, size_t count,
		      struct pop3_error *err)
{
	return is_dead() ? pop3_fail(err, POP3_E_DESTINATION, "killed")
			 : take_step(real->sync(d, items, count, err), err);
}

/* Here an mbox gets all of a batch or nothing; test_unfinished.c tests partial appends. */
static int publish(struct delivery *d, struct delivery_item *items, size_t count,
		   struct pop3_error *err)
{
	const bool last = run.steps > 0 && steps + 1 >= run.steps;
	const bool in_parts = real->finish == NULL;
	size_t part = last ? run.part % (count + 1) : count;
	int result = 0;

	if (!in_parts)
		part = part > 0 ? count : 0;
	if (part > 0)
		result = real->publish(d, items, part, err);
	for (size_t i = part; i < count; i++)
		delivery_close_file(&items[i]);
	return take_step(result, err);
}

static void finish(struct delivery *d)
{
	steps++;
	if (!is_dead() && real->finish != NULL)
		real->finish(d);
}

static struct delivery_kind killable;

static void make_killable(struct delivery *delivery)
{
	real = delivery->kind;
	killable = *real;
	killable.begin = begin;
	killable.end = end;
	killable.abort = abort_item;
	killable.sync = sync_items;
	killable.publish = publish;
	killable.finish = finish;
	delivery->kind = &killable;
	steps = 0;
}

/* --- a run --- */

static int report(struct transfer *t, const struct delivery_item *item, struct pop3_error *err)
{
	(void)t;
	if (item->failure == NULL)
		must(times_there(message_of(item->number)) == 1,
		     "a message reported as fetched is in the destination");
	return is_dead() ? pop3_fail(err, POP3_E_DESTINATION, "killed") : 0;
}

static int postpone(struct journal_recovery *recovery, const char *where,
		    const struct pop3_error *why, struct pop3_error *err)
{
	(void)recovery, (void)where;
	*err = *why;
	return -1;
}

static int choose(struct fetch *f, struct pop3_error *err)
{
	const struct pop3_listing *const listing = &f->in->mailbox->listing;
	struct transfer *const t = &f->transfer;

	say_lists();
	if (pop3_list(f->in->session, POP3_LIST_UIDS | POP3_LIST_OCTETS,
		      &f->in->mailbox->listing, err) < 0)
		return -1;
	state_begin_reading(f->in->state);
	for (size_t i = 0; i < listing->count; i++) {
		if (seen_has(f->in->state, "", pop3_listing_uid(listing, i)))
			continue;
		t->requests[t->count].number = listing->entries[i].number;
		t->uids[t->count++] = pop3_listing_uid(listing, i);
	}
	return state_end_reading(f->in->state, err);
}

/* The server's answers depend on the marked messages, which follow from the pending deletions. */
static int mark(struct fetch *f, struct pop3_error *err)
{
	const struct pop3_listing *const listing = &f->in->mailbox->listing;

	buffer_clear(&answers);
	state_begin_reading(f->in->state);
	for (size_t i = 0; i < listing->count; i++)
		if (seen_is_doomed(f->in->state, pop3_listing_uid(listing, i),
				   listing->entries[i].octets))
			say((run.undeletable & 1U << message_of((uint32_t)i + 1)) != 0 ? "-ERR"
											: "+OK");
	if (state_end_reading(f->in->state, err) < 0)
		return -1;
	speak();
	return is_dead() ? -1 : fetch_mark(f, err);
}

static void obey(const struct fetch *f)
{
	bool gone[MESSAGES] = { false };

	for (size_t i = 0; i < f->marked_count; i++)
		if (f->marked_uids[i] != NULL)
			gone[message_of(f->marked[i])] = true;
	for (size_t i = 0; i < messages; i++) {
		must(!gone[i] || times_there(i) == 1, "a deleted message is in the destination");
		present[i] = present[i] && !gone[i];
	}
}

static int quit(struct fetch *f, struct pop3_error *err)
{
	int result;

	buffer_clear(&answers);
	say(run.unconfirmed ? "-ERR" : "+OK");
	speak();
	result = pop3_session_quit(f->in->session, err);
	obey(f);
	return result < 0 ? -1
			  : seen_set_place(f->in->state, f->marked_uids, f->marked_count,
					   SEEN_DELETED, err);
}

static int fetch_all(struct fetch *f, struct pop3_error *err)
{
	struct pop3_request requests[MESSAGES] = { 0 };
	const char *wanted[MESSAGES];

	f->transfer.requests = requests;
	f->transfer.uids = wanted;
	if (choose(f, err) < 0)
		return -1;
	say_messages(&f->transfer);
	f->transfer.session = f->in->session;
	if (transfer_run(&f->transfer, err) < 0 || mark(f, err) < 0)
		return -1;
	return quit(f, err);
}

static int fetch_run(struct pop3_error *err)
{
	static char password[] = "secret";
	static struct pop3_secret secret = { password, sizeof password - 1, sizeof password };
	static const char greeting[] = "+OK\r\n|-ERR\r\n|+OK\r\n|+OK\r\n";
	const struct pop3_account account = {
		.host = "host", .user = "ann", .secret = &secret, .tls = POP3_TLS_OFF,
		.timeouts = { .cancel_fd = -1 },
	};
	const struct general general = { .quiet = true };
	const struct fetch_options options = { .delete = run.deletes };
	struct messages chosen = { .cursor = "" };
	struct mailbox mailbox = { .marked = NULL };
	struct invocation in = { .general = &general, .mailbox = &mailbox, .messages = &chosen };
	struct fetch f = { .in = &in, .options = &options };
	struct delivery_settings settings = { .account = "ann", .timeouts = &timeouts };
	struct journal_recovery recovery = { .postpone = postpone };
	struct buffer path = { 0 };
	int result = -1;

	in.state = state_open(scratch_name(&path, "state.db"), STATE_WRITE, 0, &timeouts, err);
	must(in.state != NULL, "the state can be opened");
	state_relax(in.state, true);
	settings.mark = state_mark(in.state, err);
	must(journal_recover(in.state, &settings, &recovery, err) == 0,
	     "recovery settles all entries");
	f.transfer.delivery = delivery_open(destination.data, &settings, err);
	must(f.transfer.delivery != NULL, "the destination can be opened");
	must(f.transfer.delivery->kind->tidy(f.transfer.delivery, err) == 0,
	     "the destination can be tidied");
	make_killable(f.transfer.delivery);
	f.transfer.report = report;
	f.transfer.journal = (struct journal){
		.state = in.state, .cursor = "", .destination = destination.data,
		.doomed = run.deletes, .can_recover = real->recover != NULL,
	};
	peer = (struct peer){
		.script = { greeting, sizeof greeting - 1 }, .step = SIZE_MAX, .closing = closing,
	};
	in.session = pop3_session_open(&account, err);
	if (in.session != NULL)
		result = fetch_all(&f, err);
	pop3_session_close(in.session);
	delivery_close(f.transfer.delivery);
	state_close(in.state);
	mailbox_forget(&mailbox);
	free(f.marked);
	free(f.marked_uids);
	buffer_release(&peer.sent);
	buffer_release(&peer.received);
	buffer_release(&path);
	return result;
}

static void draw_run(struct input *rest)
{
	const unsigned flags = input_octet(rest);
	const unsigned cut = input_octet(rest);

	run = (struct run){
		.deletes = (flags & 1) != 0, .unconfirmed = (flags & 2) != 0,
		.refused = (flags & 4) != 0 ? input_octet(rest) : 0,
		.undeletable = (flags & 8) != 0 ? input_octet(rest) : 0,
		.octets = cut > 0 ? 5 * cut : SIZE_MAX, .steps = input_octet(rest) % 32,
		.part = flags >> 4,
	};
}

static void begin_world(struct input *rest)
{
	static const char *const kinds[] = { "maildir:", "dir:", "mbox:" };
	struct buffer path = { 0 };

	scratch_empty(scratch());
	must(mkdir(scratch(), 0700) == 0, "the directory can be created");
	scratch_directory("to");
	buffer_clear(&destination);
	buffer_append_format(&destination, "%s%s/to/box", kinds[input_octet(rest) % 3], scratch());
	messages = 1 + input_octet(rest) % MESSAGES;
	lines = input_octet(rest) % 64;
	for (size_t i = 0; i < messages; i++)
		present[i] = true;
	buffer_release(&path);
}

/* The kind, the number of messages, their length; then three or more octets for each run. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input rest = input_of(data, size);
	struct pop3_error err;

	begin_world(&rest);
	for (int i = 0; i < RUNS; i++) {
		draw_run(&rest);
		fetch_run(&err);
	}
	for (int i = 0; i < 2; i++) {
		run = (struct run){ .octets = SIZE_MAX };
		must(fetch_run(&err) == 0, "a clean run succeeds");
	}
	for (size_t i = 0; i < messages; i++)
		must(times_there(i) == 1, "in the end each message is there once");
	buffer_release(&answers);
	buffer_release(&found);
	return 0;
}
