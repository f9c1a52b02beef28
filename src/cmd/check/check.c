/* pop3 check: reports what a user needs to set up or repair an account, step by step. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cmd/check/advice.h"
#include "cmd/commands.h"
#include "state/quirks.h"

#define QUIRKS_MAX 32	/* reported at most */
#define QUIRK_OCTETS 256

/* One check; lives from prepare to release. */
struct check {
	struct pop3_tracer tracer; /* first: its callbacks cast it to struct check */
	struct pop3_tracer *next;    /* that of --trace and -v */
	struct pop3_diagnostics report;
	struct probe probe;
	char quirks[QUIRKS_MAX][QUIRK_OCTETS];
	size_t quirk_count;
};

/* --- looking --- */

static void keep_quirk(struct check *check, const char *text, size_t length)
{
	char *quirk;

	if (check->quirk_count == QUIRKS_MAX)
		return;
	quirk = check->quirks[check->quirk_count];
	snprintf(quirk, QUIRK_OCTETS, "%.*s", (int)length, text);
	for (size_t i = 0; i < check->quirk_count; i++)
		if (strcmp(check->quirks[i], quirk) == 0)
			return;
	check->quirk_count++;
}

static void take_trace(struct pop3_tracer *tracer, enum pop3_direction direction, const char *text,
		 size_t length)
{
	struct check *const check = (struct check *)tracer;

	if (direction == POP3_NOTED)
		keep_quirk(check, text, length);
	if (check->next != NULL)
		check->next->trace(check->next, direction, text, length);
}

static int keep_earlier(void *arg, const char *quirk, struct pop3_error *err)
{
	(void)err;
	keep_quirk(arg, quirk, strlen(quirk));
	return 0;
}

/* Of earlier runs it uses only the quirks that fetches have recorded, and it records nothing. */
static int prepare(struct invocation *in, struct pop3_error *err)
{
	struct pop3_account *const account = &in->connection->target;
	struct check *const check = calloc(1, sizeof *check);
	struct pop3_error ignored;

	if (check == NULL)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	check->tracer.trace = take_trace;
	check->next = account->tracer;
	account->tracer = &check->tracer;
	account->diagnostics = &check->report;
	account->cache_dir = NULL;
	in->work = check;
	/* An unreadable state does not stop the check. */
	if (account->user != NULL && state_file_open(in, STATE_READ, 0, &ignored) == 0)
		quirks_each(in->state, keep_earlier, check, &ignored);
	return 0;
}

static int run(struct invocation *in, struct pop3_error *err)
{
	struct check *const check = in->work;

	if (in->connection->target.user == NULL)
		return 0;
	return probe_maildrop(in->session, &check->probe, err);
}

/* --- telling --- */

/* The records being printed, and whether one of them failed. */
struct sheet {
	struct output *output;
	struct pop3_error *err;
	int result;
};

static void put_octets(struct sheet *sheet, const char *name, const char *value, size_t length)
{
	if (sheet->result < 0)
		return;
	output_begin(sheet->output);
	output_text(sheet->output, "name", name);
	output_octets(sheet->output, "value", value, length);
	sheet->result = output_end(sheet->output, sheet->err);
}

static void put(struct sheet *sheet, const char *name, const char *value)
{
	put_octets(sheet, name, value, strlen(value));
}

__attribute__((format(printf, 3, 4)))
static void put_format(struct sheet *sheet, const char *name, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	put(sheet, name, text);
}

static void put_moment(struct sheet *sheet, const char *name, int64_t moment)
{
	char text[CLOCK_TEXT];

	if (clock_text(moment, text))
		put(sheet, name, text);
}

static void put_address(struct sheet *sheet, const struct pop3_address *address, unsigned port)
{
	static const char *const outcomes[] = {
		[POP3_NOT_TRIED] = "not tried", [POP3_NOT_CONNECTED] = "no answer",
		[POP3_FAILED] = NULL, [POP3_CONNECTED] = "connected",
	};
	const char *const outcome = outcomes[address->attempt];

	put_format(sheet, "address",
		   strchr(address->text, ':') != NULL ? "[%s]:%u %s" : "%s:%u %s",
		   address->text, port, outcome != NULL ? outcome : strerror(address->failure));
}

static void put_tls(struct sheet *sheet, const struct check_results *f)
{
	const struct pop3_diagnostics *const report = f->report;

	if (report->tls_version != NULL) {
		put(sheet, "tls", report->tls_version);
		put(sheet, "cipher", report->cipher);
	}
	for (size_t i = 0; i < report->chain_length; i++) {
		const struct pop3_certificate *const c = &report->chain[i];

		put(sheet, "certificate", c->subject);
		if (c->names[0] != '\0')
			put(sheet, "names", c->names);
		put(sheet, "issuer", c->issuer);
		put_moment(sheet, "valid-from", c->not_before);
		put_moment(sheet, "valid-until", c->not_after);
		put_format(sheet, "days-left", "%" PRId64, results_days_left(f, c));
	}
	if (report->pin[0] != '\0')
		put(sheet, "pin", report->pin);
}

static void put_capa(struct sheet *sheet, const char *name, const struct pop3_capa *capa)
{
	const char *line = capa->text;

	for (size_t i = 0; i < capa->lines; i++) {
		const size_t length = strcspn(line, "\n");

		put_octets(sheet, name, line, length);
		line += length + 1;
	}
}

static void put_argument(struct sheet *sheet, const char *name, const struct check_results *f,
			 const char *capability)
{
	size_t length;
	const char *const text = pop3_capa_find(results_capa(f), capability, &length);

	if (text != NULL)
		put_octets(sheet, name, text, length);
}

static void put_answer(struct sheet *sheet, const char *name, enum probe_answer answer)
{
	if (answer != PROBE_UNKNOWN)
		put(sheet, name, answer == PROBE_WORKS ? "works" : "refused");
}

static void put_mailbox(struct sheet *sheet, const struct check_results *f)
{
	const struct probe *const in = f->probe;

	if (in->counted)
		put_format(sheet, "messages", "%" PRIu64, (uint64_t)in->drop.messages);
	if (in->counted && in->drop.octets != POP3_OCTETS_UNKNOWN)
		put_format(sheet, "octets", "%" PRIu64, in->drop.octets);
	put_answer(sheet, "uidl", in->uidl);
	put_answer(sheet, "top", in->top);
	if (results_clock_ahead(f) != 0)
		put_format(sheet, "clock-ahead", "%" PRId64, results_clock_ahead(f));
}

static int conclude(struct invocation *in, const struct pop3_error *failure,
		    struct pop3_error *err)
{
	const struct check *const check = in->work;
	const struct pop3_diagnostics *const report = &check->report;
	const struct check_results results = {
		.account = &in->connection->target, .report = report,
		.probe = &check->probe, .now = (int64_t)time(NULL),
		.failure = failure != NULL ? failure->code : POP3_E_NONE,
	};
	struct sheet sheet = { .output = in->output, .err = err };
	struct buffer sentence = { 0 };

	output_wrap(in->output);
	for (size_t i = 0; i < report->address_count; i++)
		put_address(&sheet, &report->addresses[i], results_port(&results));
	if (report->greeted_at != 0)
		put(&sheet, "greeting", report->greeting);
	put_tls(&sheet, &results);
	put_capa(&sheet, "capa-before-login", &report->capa);
	put_capa(&sheet, "capa-after-login", &check->probe.capa);
	put_argument(&sheet, "mechanisms", &results, "SASL");
	if (report->mechanism != NULL)
		put_format(&sheet, "login", "%s %s", report->mechanism,
			   report->logged_in ? "accepted" : "not accepted");
	put_argument(&sheet, "expire", &results, "EXPIRE");
	put_argument(&sheet, "login-delay", &results, "LOGIN-DELAY");
	put_mailbox(&sheet, &results);
	for (size_t i = 0; i < check->quirk_count; i++)
		put(&sheet, "quirk", check->quirks[i]);
	for (size_t at = 0; advice_next(&results, &at, &sentence);)
		put(&sheet, "advice", buffer_text(&sentence));
	buffer_release(&sentence);
	return sheet.result;
}

static void release(struct invocation *in)
{
	struct check *const check = in->work;

	if (check == NULL)
		return;
	pop3_diagnostics_release(&check->report);
	probe_release(&check->probe);
	free(check);
}

const struct command cmd_check = {
	.name = "check", .summary = "Check an account and its server, and suggest fixes",
	.operands = "", .needs = NEEDS_SESSION | MAY_STAY_OUT,
	.prepare = prepare, .run = run, .conclude = conclude, .release = release,
	.examples = "  pop3 check\n"
		    "  pop3 check -v\n",
};
