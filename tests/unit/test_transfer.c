/*
 * Fetches in which one call of the C library fails, each followed by a fetch without failure. Every
 * message reported as delivered is in the destination, and in the end each message is there once,
 * octet for octet.
 */
#include "cmd/fetch/transfer.h"

#include "../fuzz/peer.h"
#include "../fuzz/scratch.h"
#include "check.h"
#include "faults-openssl.h"
#include "faults-sqlite.h"
#include "error-texts.h"
#include "mail/delivery-kind.h"
#include "state/seen.h"

#define MESSAGES 10 /* more than are synced individually */
#define LARGE 7	    /* this one takes several writes */
#define LARGE_LINES 1900

/* The octets around a message; "|" waits for the client. */
#define ANSWER "|+OK\r\n"
#define END ".\r\n"

static char password[] = "secret";
static struct pop3_secret secret = { password, sizeof password - 1, sizeof password };
static struct buffer texts[MESSAGES];	/* each message, with LF */
static struct buffer answers[MESSAGES]; /* the same as the server sends it */
static const char *const uids[MESSAGES] = { "u1", "u2", "u3", "u4", "u5",
					    "u6", "u7", "u8", "u9", "u10" };

static void write_messages(void)
{
	for (int i = 0; i < MESSAGES; i++) {
		buffer_append_format(&texts[i], "Subject: %d\n\n", i + 1);
		for (int line = 0; i + 1 == LARGE && line < LARGE_LINES; line++)
			buffer_append_format(&texts[i], "%070d\n", line);
		buffer_append_format(&texts[i], "this is the end of %d.\n", i + 1);
		buffer_append_text(&answers[i], ANSWER);
		for (const char *c = texts[i].data; *c != '\0'; c++)
			buffer_append(&answers[i], *c == '\n' ? "\r\n" : c, *c == '\n' ? 2 : 1);
		buffer_append_text(&answers[i], END);
	}
}

/* --- a run --- */

static struct kind {
	const char *name;
	uint32_t messages;
	bool repeats; /* after a crash, it may get a message again */
} kind;

static struct buffer destination, state_path;
static unsigned reported, failed; /* messages reported as delivered or failed, one bit each */

static void ignore(void)
{
}

/* Writes the server's script for the requested messages. */
static void answer(const struct pop3_request *requests, size_t count, struct buffer *script)
{
	buffer_append_text(script, "+OK\r\n|-ERR\r\n|+OK\r\n|+OK\r\n");
	for (size_t i = 0; i < count; i++) {
		const struct buffer *const next = &answers[requests[i].number - 1];

		buffer_append(script, next->data, next->length);
	}
	peer = (struct peer){
		.script = { script->data, script->length }, .step = SIZE_MAX, .closing = ignore,
	};
}

static int report(struct transfer *t, const struct delivery_item *item, struct pop3_error *err)
{
	const char *const pending = faults.call;

	(void)t, (void)err;
	faults.call = NULL;
	if (item->failure != NULL)
		error_text_note(item->failure->text);
	faults.call = pending;
	*(item->failure == NULL ? &reported : &failed) |= 1U << (item->number - 1);
	return 0;
}

static void find_wanted(struct transfer *t)
{
	for (uint32_t i = 0; i < kind.messages; i++) {
		if (seen_has(t->journal.state, "", uids[i]))
			continue;
		t->requests[t->count].number = i + 1;
		t->uids[t->count++] = uids[i];
	}
}

static int transfer(struct state *state, struct delivery *delivery,
		    const struct pop3_account *account, struct pop3_error *err)
{
	struct pop3_request requests[MESSAGES] = { 0 };
	const char *wanted[MESSAGES];
	struct transfer t = {
		.delivery = delivery, .requests = requests, .uids = wanted, .report = report,
		.journal = {
			.state = state, .cursor = "", .destination = destination.data,
			.can_recover = delivery->kind->recover != NULL,
		},
	};
	struct buffer script = { 0 };
	const char *const pending = faults.call;
	int result;

	state_begin_reading(state);
	find_wanted(&t);
	if (state_end_reading(state, err) < 0)
		return -1;
	faults.call = NULL; /* no failures while the test builds the script */
	answer(requests, t.count, &script);
	faults.call = pending;
	t.session = pop3_session_open(account, err);
	result = t.session != NULL ? transfer_run(&t, err) : -1;
	pop3_session_close(t.session);
	buffer_release(&peer.sent);
	buffer_release(&peer.received);
	buffer_release(&script);
	return result;
}

/* There is only one destination. */
static int postpone(struct journal_recovery *recovery, const char *where,
		    const struct pop3_error *why, struct pop3_error *err)
{
	(void)recovery, (void)where;
	*err = *why;
	return -1;
}

static int fetch(struct pop3_error *err)
{
	/* A lock that is not released was left by this process itself. */
	const struct pop3_timeouts lock_timeouts = {
		.progress_ms = kind.repeats ? 0 : 100, .cancel_fd = -1,
	};
	const struct pop3_account account = {
		.host = "host", .user = "ann", .secret = &secret, .tls = POP3_TLS_OFF,
		.timeouts = { .cancel_fd = -1 },
	};
	struct delivery_settings settings = { .account = "ann", .timeouts = &lock_timeouts };
	struct journal_recovery recovery = { .postpone = postpone };
	struct state *const state =
		state_open(state_path.data, STATE_WRITE, 0, &account.timeouts, err);
	struct delivery *delivery = NULL;
	int result = -1;

	reported = failed = 0;
	settings.mark = state != NULL ? state_mark(state, err) : NULL;
	if (settings.mark != NULL && journal_recover(state, &settings, &recovery, err) == 0)
		delivery = delivery_open(destination.data, &settings, err);
	if (delivery != NULL &&
	    (delivery->kind->tidy == NULL || delivery->kind->tidy(delivery, err) == 0))
		result = transfer(state, delivery, &account, err);
	delivery_close(delivery);
	state_close(state);
	return result;
}

/* --- checking the destination --- */

static unsigned others_there; /* older messages of others */
static struct buffer found;  /* everything a reader of the destination finds */
static unsigned leftovers;

static int take_file(const char *path, const struct stat *status, int type, struct FTW *place)
{
	const char *const name = path + place->base;
	struct buffer octets = { 0 };

	(void)status;
	if (type != FTW_F)
		return 0;
	if (strncmp(name, ".pop3-", 6) == 0 || strstr(path, "/tmp/") != NULL ||
	    strstr(name, ".lock") != NULL)
		leftovers++;
	else if (file_read(path, &octets) == 0)
		buffer_append(&found, octets.data, octets.length);
	buffer_release(&octets);
	return 0;
}

static void look_at_destination(void)
{
	struct buffer path = { 0 };
	size_t kept = 0;

	buffer_clear(&found);
	leftovers = 0;
	nftw(scratch_name(&path, "to"), take_file, 16, FTW_PHYS);
	for (size_t i = 0; i < found.length; i++)
		if (found.data[i] != '\r')
			found.data[kept++] = found.data[i];
	if (found.length > 0)
		found.length = kept;
	buffer_release(&path);
}

static unsigned times_there(const void *text, size_t length)
{
	const char *at = buffer_text(&found);
	const char *const end = at + found.length;
	unsigned times = 0;

	while ((at = memmem(at, (size_t)(end - at), text, length)) != NULL) {
		times++;
		at += length;
	}
	return times;
}

static bool is_there_as_reported(void)
{
	for (int i = 0; i < MESSAGES; i++)
		if ((reported & 1U << i) != 0 && times_there(texts[i].data, texts[i].length) == 0)
			return false;
	return true;
}

/* A pipe's destination cannot be checked, so a message may have been delivered to it twice. */
static bool is_all_there(void)
{
	for (uint32_t i = 0; i < kind.messages; i++) {
		const unsigned times = times_there(texts[i].data, texts[i].length);

		if (times == 0 || (times > 1 && !kind.repeats))
			return false;
	}
	return kind.repeats || times_there("Subject: ", 9) == kind.messages + others_there;
}

/* --- trials --- */

/*
 * An mbox without a final line end; or a file with the name, but not the content, of a later
 * message.
 */
static void fill(void)
{
	const struct buffer *const first = &answers[0];
	struct buffer other = { 0 };

	scratch_directory("to");
	others_there = 0;
	if (strcmp(kind.name, "mbox") == 0)
		scratch_write("to/box", OCTETS("From somebody\n\nno line end"));
	if (strcmp(kind.name, "dir") != 0)
		return;
	others_there = 1;
	scratch_directory("to/box");
	buffer_append(&other, first->data + strlen(ANSWER),
		      first->length - strlen(ANSWER) - strlen(END));
	other.data[other.length - strlen(".\r\n")] = '?';
	scratch_write("to/box/u1.eml", other.data, other.length);
	buffer_release(&other);
}

/* Empties everything except the directory of the destination. */
static void begin_anew(void)
{
	struct buffer path = { 0 };

	scratch_empty(scratch_name(&path, "to"));
	scratch_empty(scratch_name(&path, "state"));
	fill();
	buffer_release(&path);
}

/* A lock that could not be removed names this process, which still runs. */
static void forget_lock(void)
{
	struct buffer path = { 0 };

	unlink(scratch_name(&path, "to/box.lock"));
	buffer_release(&path);
}

/* Runs once with a fault and once without. Returns whether the result is correct. */
static bool holds_after(const struct faults *fault)
{
	struct pop3_error err = { .code = POP3_E_NONE }, again = { .code = POP3_E_NONE };
	bool holds;
	int result;

	faults = *fault;
	result = fetch(&err);
	faults.call = NULL;
	if (result < 0)
		error_text_note(err.text);
	look_at_destination();
	holds = is_there_as_reported() && (result == 0 || err.code != POP3_E_NONE);
	forget_lock();
	holds = fetch(&again) == 0 && failed == 0 && holds;
	look_at_destination();
	if (holds && is_all_there() && leftovers == 0)
		return true;
	printf("# %s %u, error %d: '%s', then '%s', reported %x, %u left\n", fault->call, fault->at,
	       fault->error, err.text, again.text, reported, leftovers);
	return false;
}

static const struct faults rows[] = {
	{ .call = "malloc", .error = ENOMEM },
	{ .call = "open", .error = EACCES },
	{ .call = "openat", .error = EMFILE },
	{ .call = "fstat", .error = EIO },
	{ .call = "faccessat", .error = EACCES },
	{ .call = "mkdirat", .error = EROFS },
	{ .call = "fdopendir", .error = ENOMEM },
	{ .call = "readdir", .error = EIO },
	{ .call = "flock", .error = ENOLCK },
	{ .call = "fcntl", .error = ENOLCK },
	{ .call = "linkat", .error = EXDEV },
	{ .call = "linkat", .error = EACCES, .lasting = true },
	{ .call = "unlink", .error = EACCES },
	{ .call = "renameat2", .error = ENOSYS, .lasting = true },
	{ .call = "renameat2", .error = EACCES },
	{ .call = "write", .error = EIO },
	{ .call = "write", .error = ENOSPC, .lasting = true },
	{ .call = "pwrite", .error = EIO },
	{ .call = "pread", .error = EIO },
	{ .call = "lseek", .error = EIO },
	{ .call = "ftruncate", .error = EIO },
	{ .call = "fsync", .error = EIO },
	{ .call = "fdatasync", .error = EIO },
	{ .call = "syncfs", .error = EIO },
};

/*
 * Tests a fault in every step-th call, after a run with an earlier fault. Returns the number of
 * calls.
 */
static unsigned test_row(const struct faults *earlier, const struct faults *row, unsigned step)
{
	struct faults fault = *row;
	struct buffer title = { 0 };
	struct pop3_error ignored;
	bool holds = true;

	do {
		fault.at += step;
		begin_anew();
		faults = *earlier;
		if (earlier->call != NULL)
			fetch(&ignored);
		faults.call = NULL;
		holds = holds_after(&fault) && holds;
	} while (faults.struck != NULL);
	buffer_append_format(&title, "%s, %s%s: each %s of %u", kind.name,
			     earlier->call != NULL ? "after " : "anew",
			     earlier->call != NULL ? earlier->call : "", fault.call, fault.at - step);
	if (fault.at > step || !holds)
		check_report(title.data, holds);
	buffer_release(&title);
	return fault.at - step;
}

/*
 * When the last call of some kinds fails, a batch stays unfinished, and the next run has to resolve
 * it.
 */
static void test_kind(void)
{
	static const struct faults nothing = { .call = NULL };
	struct faults last[ROWS(rows)];

	for (size_t i = 0; i < ROWS(rows); i++) {
		last[i] = rows[i];
		last[i].at = test_row(&nothing, &rows[i], 1);
	}
	for (size_t i = 0; !kind.repeats && i < ROWS(rows); i++)
		if (strcmp(last[i].call, "fsync") == 0 ||
		    (strcmp(last[i].call, "write") == 0 && last[i].lasting))
			for (size_t j = 0; j < ROWS(rows); j++)
				test_row(&last[i], &rows[j], 1);
}

/* A command is run in a process of its own, so it gets few messages. */
static void choose_kind(const char *name, const char *scheme, const char *operand,
			const struct delivery_kind *its)
{
	const bool is_command = strcmp(operand, DELIVERY_COMMAND) == 0;

	kind = (struct kind){
		.name = name, .messages = is_command ? 2 : MESSAGES,
		.repeats = its->recover == NULL,
	};
	buffer_clear(&destination);
	buffer_append_format(&destination, "%s%s%s/to/box", scheme, is_command ? "cat >>" : "",
			     scratch());
}

/* A kind that keeps no messages is left out: the test could not find them. */
static void test_kinds(void)
{
#define ROW(name, scheme, operand)                                                                 \
	if (delivery_##name.keeps_messages) {                                                      \
		choose_kind(#name, scheme, operand, &delivery_##name);                             \
		test_kind();                                                                       \
	}
	DELIVERY_KINDS(ROW)
#undef ROW
}

static const char *const expected_texts[] = {
	"cannot append to '/to/box': No space left on device",
	"cannot create '/to/box': Permission denied",
	"cannot create a file in '/to/box': Too many open files",
	"cannot create a file in '/to/box/tmp': Too many open files",
	"cannot create a spool file in '/tmp': Permission denied",
	"cannot create the spool beside '/to/box': Too many open files",
	"cannot list '/to/box': Too many open files",
	"cannot lock '/to/box': No locks available",
	"cannot move the message to '/to/box/new': Permission denied",
	"cannot open '/to/box': Input/output error",
	"cannot open the spool of an interrupted run beside '/to/box': Too many open files",
	"cannot read '/to/box': Input/output error",
	"cannot read from '/to/box': Input/output error",
	"cannot read the spool beside '/to/box': Input/output error",
	"cannot rename a file in '/to/box' to 'u1.eml': Permission denied",
	"cannot sync '/to/box': Input/output error",
	"cannot sync the spool beside '/to/box': Input/output error",
	"cannot write into '/to/box': No space left on device",
	"cannot write the spool beside '/to/box': No space left on device",
	"/state/ann.db: cannot lock the state file: No locks available",
	"/state/ann.db: cannot open the state file: Permission denied",
	"/state/ann.db: cannot use the state file: change: database or disk is full",
	"/state/ann.db: the state file is damaged (database disk image is malformed): restore it, or move it away to start afresh",
};

int main(void)
{
	static const struct faults nothing = { .call = NULL };
	static const struct faults of_sqlite[] = {
		{ .call = "SQLite's malloc", .error = ENOMEM },
		{ .call = "pread", .error = EIO },
		{ .call = "pwrite", .error = ENOSPC, .lasting = true },
	};

	faults_of_openssl();
	faults_of_sqlite();
	write_messages();
	scratch_name(&state_path, "state/ann.db");
	test_kinds();
	/* There are many of these calls, and test_seen tests each one. */
	choose_kind("mbox", "mbox:", "PATH", &delivery_mbox);
	for (size_t i = 0; i < ROWS(of_sqlite); i++)
		test_row(&nothing, &of_sqlite[i], 7);
	for (int i = 0; i < MESSAGES; i++)
		buffer_release(&texts[i]), buffer_release(&answers[i]);
	buffer_release(&destination);
	buffer_release(&state_path);
	buffer_release(&found);
	check_error_texts(expected_texts, ROWS(expected_texts));
	return check_end();
}
