/* Converts messages to mboxrd format: adds a From_ line, and quotes lines that look like one. */
#include "mail/mboxrd.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "mail/date.h"
#include "mail/header.h"

#ifndef HELD_MAX
#define HELD_MAX 65536 /* maximum size of a header that is examined */
#endif

void mboxrd_begin(struct mboxrd *m, bool crlf, int64_t now, struct buffer *out)
{
	m->crlf = crlf;
	m->now = now;
	m->eol = (struct eol){ .after_cr = false };
	m->begun = m->in_line = false;
	m->ends_line = true;
	m->out = out;
	buffer_clear(&m->held);
	buffer_clear(&m->line);
}

void mboxrd_release(struct mboxrd *m)
{
	buffer_release(&m->held);
	buffer_release(&m->line);
}

/* --- quoting --- */

#define FROM "From "
#define FROM_LENGTH 5

/* How much of FROM is at the beginning of the line, after any ">"; -1 if it is another line. */
static int from_length(const char *line, size_t length)
{
	size_t quotes = 0, rest;

	while (quotes < length && line[quotes] == '>')
		quotes++;
	rest = length - quotes < FROM_LENGTH ? length - quotes : FROM_LENGTH;
	return memcmp(line + quotes, FROM, rest) == 0 ? (int)rest : -1;
}

static void leave_line_start(struct mboxrd *m)
{
	const char *const line = buffer_text(&m->line);

	if (from_length(line, m->line.length) == FROM_LENGTH)
		buffer_append_octet(m->out, '>');
	buffer_append(m->out, line, m->line.length);
	buffer_clear(&m->line);
	m->in_line = true;
}

/* Adds an octet to the beginning of a line; for most lines the first one decides. */
static void try_line_start(struct mboxrd *m, char octet)
{
	int length;

	if (octet == '\n') {
		leave_line_start(m);
		buffer_append_octet(m->out, '\n');
		m->in_line = false;
		return;
	}
	buffer_append_octet(&m->line, octet);
	length = from_length(buffer_text(&m->line), m->line.length);
	if (length < 0 || length == FROM_LENGTH)
		leave_line_start(m);
}

/* Quotes and appends octets whose line ends are converted already. */
static void quote(struct mboxrd *m, const char *data, size_t length)
{
	const char *const end = data + length;

	if (length > 0)
		m->ends_line = end[-1] == '\n';
	while (data < end) {
		const char *lf, *stop;

		if (!m->in_line && m->line.length == 0 && *data != '>' && *data != 'F' &&
		    *data != '\n')
			m->in_line = true;
		if (!m->in_line) {
			try_line_start(m, *data++);
			continue;
		}
		lf = memchr(data, '\n', (size_t)(end - data));
		stop = lf != NULL ? lf + 1 : end;
		buffer_append(m->out, data, (size_t)(stop - data));
		m->in_line = lf == NULL;
		data = stop;
	}
}

/* Converts line ends and quotes octets that are not whole lines. */
static void pass_part(struct mboxrd *m, const char *data, size_t length)
{
	size_t run = 0;

	if (m->crlf) {
		quote(m, data, length);
		return;
	}
	if (length > 0 && m->eol.after_cr && data[0] != '\n')
		quote(m, "\r", 1);
	m->eol.after_cr = false;
	while (run < length) {
		const char *const cr = memchr(data + run, '\r', length - run);
		const size_t upto = cr != NULL ? (size_t)(cr - data) : length;

		if (cr != NULL && upto + 1 < length) {
			quote(m, data + run, upto - run + (cr[1] != '\n'));
		} else {
			quote(m, data + run, upto - run);
			m->eol.after_cr = cr != NULL;
		}
		run = upto + 1;
	}
}

/* --- whole lines, the bulk of a message: one search and one copy for each --- */

static void pass_lines(struct mboxrd *m, const char *data, size_t length)
{
	const char *const end = data + length;
	/* A line that gets a ">" has at least five octets. */
	char *const room = buffer_room(m->out, length + length / 5);
	const bool keeps_cr = m->crlf;
	char *to = room;

	if (room == NULL || length == 0)
		return;
	while (data < end) {
		const char *const lf = memchr(data, '\n', (size_t)(end - data));
		const bool drops_cr = !keeps_cr && lf > data && lf[-1] == '\r';
		const size_t kept = (size_t)(lf - data) - drops_cr;

		if ((*data == 'F' || *data == '>') && from_length(data, kept) == FROM_LENGTH)
			*to++ = '>';
		memcpy(to, data, kept);
		to[kept] = '\n';
		to += kept + 1;
		data = lf + 1;
	}
	buffer_grew(m->out, (size_t)(to - room));
	m->ends_line = true;
}

static void pass_on(struct mboxrd *m, const char *data, size_t length)
{
	const char *lf, *last;
	size_t rest = 0;

	/* The octets that complete a line begun earlier. */
	if (m->in_line || m->line.length > 0 || m->eol.after_cr) {
		lf = memchr(data, '\n', length);
		rest = lf != NULL ? (size_t)(lf + 1 - data) : length;
	}
	last = memrchr(data + rest, '\n', length - rest);
	if (last == NULL) {
		pass_part(m, data, length);
		return;
	}
	pass_part(m, data, rest);
	pass_lines(m, data + rest, (size_t)(last + 1 - data) - rest);
	pass_part(m, last + 1, (size_t)(data + length - last - 1));
}

/* --- the From_ line --- */

/* Appends the address in angle brackets, or the field up to a blank. */
static void append_sender(struct buffer *out, const struct header_field *path)
{
	const char *start = path->name != NULL ? path->value : "", *stop;
	const char *const end = start + path->value_length;
	const char *const bracket = memchr(start, '<', path->value_length);

	if (bracket != NULL)
		start = bracket + 1;
	while (bracket == NULL && start < end && (unsigned char)*start <= ' ')
		start++;
	stop = start;
	while (stop < end && (unsigned char)*stop > ' ' && *stop != '>' && *stop != '"')
		stop++;
	if (stop > start)
		buffer_append(out, start, (size_t)(stop - start));
	else
		buffer_append_text(out, "MAILER-DAEMON");
}

/* octets is the message so far. last: the header must be judged by them alone. */
static bool begin_message(struct mboxrd *m, const char *octets, size_t count, bool last)
{
	struct header_wanted origin[] = { { .name = "Return-Path" }, { .name = "Date" } };
	const struct header_field *const date = &origin[1].field;
	int64_t sent = m->now;
	char text[32];
	struct tm utc;

	if (!header_find_all(octets, count, origin, 2) && !last && count < HELD_MAX)
		return false;
	date_parse(date->value, date->value_length, &sent);
	buffer_append_text(m->out, "From ");
	append_sender(m->out, &origin[0].field);
	buffer_append_octet(m->out, ' ');
	/* "Tue Nov 17 10:00:00 2026", in UTC. */
	if (clock_utc(sent, &utc) && asctime_r(&utc, text) != NULL)
		buffer_append(m->out, text, strcspn(text, "\n"));
	buffer_append_text(m->out, m->crlf ? "\r\n" : "\n");
	m->begun = true;
	pass_on(m, octets, count);
	return true;
}

void mboxrd_feed(struct mboxrd *m, const char *data, size_t length)
{
	if (m->begun) {
		pass_on(m, data, length);
		return;
	}
	if (m->held.length == 0) {
		if (!begin_message(m, data, length, false))
			buffer_append(&m->held, data, length);
		return;
	}
	buffer_append(&m->held, data, length);
	if (begin_message(m, buffer_text(&m->held), m->held.length, false))
		buffer_clear(&m->held);
}

void mboxrd_end(struct mboxrd *m)
{
	if (!m->begun)
		begin_message(m, buffer_text(&m->held), m->held.length, true);
	if (m->eol.after_cr)
		quote(m, "\r", 1);
	m->eol.after_cr = false;
	if (!m->in_line && m->line.length > 0)
		leave_line_start(m);
	if (!m->ends_line)
		buffer_append_text(m->out, m->crlf ? "\r\n" : "\n");
	buffer_append_text(m->out, m->crlf ? "\r\n" : "\n");
}
