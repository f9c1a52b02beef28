/* pop3 wait: waits until a selected message arrives. */
#include "base/clock.h"
#include "base/deadline.h"
#include "base/tracer.h"
#include "cli/connection.h"
#include "cli/report.h"
#include "cli/select.h"
#include "cmd/commands.h"
#include "state/seen.h"

#define LAST_LOOK_MS 1000

struct wait_options {
	uint64_t interval, max_size;
};

#define FIELD(name) offsetof(struct wait_options, name)

static const struct option_spec options[] = {
	{ OPTION_DURATION, 0, "interval", FIELD(interval), "TIME",
	  "time between two sessions, or LOGIN-DELAY if longer", "10" },
	{ OPTION_SIZE, 0, "max-size", FIELD(max_size), "SIZE",
	  "ignore larger messages, as fetch does", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};

/* Wait on after "no such message" and after temporary failures. */
static bool may_change(const struct pop3_error *err)
{
	return err->code == POP3_E_NO_MESSAGE || err->code == POP3_E_NOTHING ||
	       (pop3_recovery(err->code, POP3_CONNECTING) & POP3_RETRY) != 0;
}

/* Messages that "fetch new" skips would make a loop of "wait new" and "fetch new" spin. */
static int ignore_skipped(struct messages *m, struct pop3_error *err)
{
	size_t count = 0;

	state_begin_reading(m->state);
	for (size_t i = 0; i < m->count; i++) {
		const char *const uid = messages_uid(m, i);

		if (uid[0] != '\0' && seen_failures(m->state, m->cursor, uid) < SEEN_FAILURES_MAX)
			m->chosen[count++] = m->chosen[i];
	}
	messages_cut(m, count);
	return state_end_reading(m->state, err);
}

/* Checks once: 1 when a message is there, 0 to check again later, or -1. */
static int look(struct invocation *in, bool again, struct pop3_error *err)
{
	struct messages *const m = in->messages;

	in->failed = 0; /* in an earlier check */
	if ((again && pop3_session_reopen(in->session, err) < 0) ||
	    messages_choose(m, POP3_LIST_UIDS | POP3_LIST_OCTETS, err) < 0)
		return may_change(err) ? 0 : -1;
	if (selection_has(&m->selection, SELECTOR_NEW) && ignore_skipped(m, err) < 0)
		return -1;
	if (m->limit > 0)
		messages_cut(m, m->limit);
	return m->count > 0;
}

/* The error repeats the operands and, if the last check failed, says why. */
static int fail_in_vain(const struct invocation *in, const struct pop3_error *last,
			struct pop3_error *err)
{
	struct buffer what = { 0 };

	for (size_t i = 0; i < in->operand_count; i++)
		buffer_append_format(&what, " %s", in->operands[i]);
	for (const struct option_spec *row = message_options; row->type != OPTION_END; row++)
		if (option_origin(in->set, row->name) == FROM_COMMAND_LINE)
			report_option(&what, option_find(in->set, row->name));
	if (what.length == 0)
		buffer_append_text(&what, " all");
	pop3_fail(err, POP3_E_TIMEOUT, "--max-time exceeded, and no message arrived for:%s%s%s",
		  buffer_text(&what), last->text[0] != '\0' ? "; the last look failed: " : "",
		  last->text);
	buffer_release(&what);
	return -1;
}

/* Ends at the latest one second before --max-time, for a last check; 0 = no time left. */
static int64_t pause_before_look(const struct invocation *in, const struct pop3_error *last)
{
	const struct pop3_timeouts *const timeouts = &in->connection->target.timeouts;
	const uint64_t interval = ((const struct wait_options *)in->options)->interval;
	const unsigned delay = pop3_session_login_delay(in->session);
	const unsigned asked = last->retry_after > delay ? last->retry_after : delay;
	const int64_t soonest = (int64_t)asked * 1000; /* the server's minimum between two logins */
	const int64_t usual = (int64_t)(interval < 86400 ? interval : 86400) * 1000;
	const int64_t ms = usual > soonest ? usual : soonest;
	const int64_t left = timeouts->until_ms - clock_ms() - LAST_LOOK_MS;

	if (timeouts->until_ms == 0 || ms < left)
		return ms > 0 ? ms : 1;
	return left > soonest ? left : 0;
}

static int run(struct invocation *in, struct pop3_error *err)
{
	for (bool again = false;; again = true) {
		struct pop3_error last = { .code = POP3_E_NONE };
		const int found = look(in, again, &last);
		int64_t pause_ms;

		if (found > 0)
			return list_chosen(in, err);
		if (found < 0) {
			*err = last;
			return -1;
		}
		pop3_session_abandon(in->session);
		pause_ms = pause_before_look(in, &last);
		if (pause_ms == 0)
			return fail_in_vain(in, &last, err);
		tracer_print(in->connection->target.tracer, POP3_STEP,
			     "%s: looking again in %lld s",
			     last.text[0] != '\0' ? last.text : "no message yet",
			     (long long)(pause_ms + 999) / 1000);
		if (deadline_pause(&in->connection->target.timeouts, pause_ms, err) < 0)
			return -1;
	}
}

static int prepare(struct invocation *in, struct pop3_error *err)
{
	(void)err;
	in->messages->limits_later = true;
	in->messages->max_size = ((const struct wait_options *)in->options)->max_size;
	return 0;
}

const struct command cmd_wait = {
	.name = "wait", .summary = "Wait for a message, then list it",
	.operands = "[MESSAGE...]", .max = OPERANDS_ANY,
	.needs = NEEDS_SESSION | NEEDS_MESSAGES | KEEPS_TRYING | REOPENS,
	.options = options, .options_size = sizeof(struct wait_options),
	.prepare = prepare, .run = run,
	.examples = "  pop3 wait new --max-time 300\n"
		    "  pop3 wait all --match 'subject~code' --limit 1 --max-time 60\n",
};
