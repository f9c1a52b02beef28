/* The progress of a run, as one line on stderr. */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/terminal.h"

#define REDRAW_MS 100
#define NARROW 40 /* nothing is drawn in fewer columns */

static struct progress {
	bool is_shown;
	const char *what;
	uint64_t messages, octets;	   /* done */
	uint64_t all_messages, all_octets; /* in total; the server's sizes are only a hint */
	int64_t started_ms, drawn_ms;
	size_t width; /* of the line on the screen */
} progress;

static void print_size(char *out, size_t size, uint64_t octets)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double value = (double)octets;
	size_t unit = 0;

	while (value >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
		value /= 1024;
		unit++;
	}
	snprintf(out, size, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
}

static void draw(struct progress *p, int64_t now)
{
	const double seconds = (double)(now - p->started_ms + 1) / 1000;
	const bool by_octets = p->all_octets > 0;
	const double done = (double)(by_octets ? p->octets : p->messages);
	const double all = (double)(by_octets ? p->all_octets : p->all_messages);
	const double left = done > 0 && all > done ? (all - done) / (done / seconds) : -1;
	const size_t room = terminal_width(STDERR_FILENO);
	char octets[32], speed[32], time_left[32] = "", line[160];
	int length;

	if (room < NARROW)
		return;
	print_size(octets, sizeof octets, p->octets);
	print_size(speed, sizeof speed, (uint64_t)((double)p->octets / seconds));
	if (left >= 0 && left < 360000)
		snprintf(time_left, sizeof time_left, ", %u:%02u left", (unsigned)left / 60,
			 (unsigned)left % 60);
	length = snprintf(line, sizeof line, "%llu of %llu %s%s, %s, %s/s%s",
			  (unsigned long long)p->messages, (unsigned long long)p->all_messages,
			  p->what, p->all_messages == 1 ? "" : "s", octets, speed, time_left);
	if ((size_t)length >= room)
		length = (int)room - 1;
	fprintf(stderr, "\r%.*s%*s", length, line,
		(size_t)length < p->width ? (int)(p->width - (size_t)length) : 0, "");
	p->width = (size_t)length;
	p->drawn_ms = now;
}

void progress_begin(enum progress_when when, const char *what, uint64_t messages, uint64_t octets)
{
	progress_end();
	progress = (struct progress){
		.is_shown = when == PROGRESS_ALWAYS ||
			    (when == PROGRESS_AUTO && isatty(STDERR_FILENO) == 1),
		.what = what, .all_messages = messages, .all_octets = octets,
	};
	if (progress.is_shown)
		progress.started_ms = progress.drawn_ms = clock_ms();
}

void progress_advance(uint64_t messages, uint64_t octets)
{
	struct progress *const p = &progress;
	int64_t now;

	if (!p->is_shown)
		return;
	p->messages += messages;
	if (p->messages > p->all_messages) /* some were fetched twice */
		p->messages = p->all_messages;
	p->octets += octets;
	now = clock_ms();
	if (now - p->drawn_ms >= REDRAW_MS)
		draw(p, now);
}

void progress_hide(void)
{
	if (progress.width > 0)
		fprintf(stderr, "\r%*s\r", (int)progress.width, "");
	progress.width = 0;
}

void progress_end(void)
{
	progress_hide();
	progress.is_shown = false;
}
