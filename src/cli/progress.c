/* One line on stderr with how far a fetch is. */
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/fetch/fetch.h"

#define REDRAW_MS 100
#define NARROW 40 /* columns below which nothing is drawn */

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

static size_t columns(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void draw(struct progress *p, int64_t now)
{
	const double seconds = (double)(now - p->started_ms + 1) / 1000;
	const double rate = (double)p->octets / seconds;
	const size_t room = columns();
	char done[32], speed[32], line[160];
	int length;

	print_size(done, sizeof done, p->octets);
	print_size(speed, sizeof speed, (uint64_t)rate);
	length = snprintf(line, sizeof line, "%llu of %llu messages, %s, %s/s",
			  (unsigned long long)p->messages, (unsigned long long)p->all_messages,
			  done, speed);
	if (p->all_octets > p->octets && rate >= 1 && length > 0 && length < 120) {
		const uint64_t left = (uint64_t)((double)(p->all_octets - p->octets) / rate);

		length += snprintf(line + length, sizeof line - (size_t)length,
				   ", %llu:%02llu left", (unsigned long long)(left / 60),
				   (unsigned long long)(left % 60));
	}
	if (room < NARROW || length < 0)
		return;
	if ((size_t)length >= room)
		length = (int)room - 1;
	fprintf(stderr, "\r%.*s%*s", length, line,
		(size_t)length < p->width ? (int)(p->width - (size_t)length) : 0, "");
	p->width = (size_t)length;
	p->drawn_ms = now;
}

void progress_start(struct progress *p, enum progress_when when, uint64_t messages,
		    uint64_t octets)
{
	*p = (struct progress){
		.shown = when == PROGRESS_ALWAYS ||
			 (when == PROGRESS_AUTO && isatty(STDERR_FILENO) == 1),
		.all_messages = messages, .all_octets = octets, .started_ms = clock_ms(),
	};
	p->drawn_ms = p->started_ms;
}

void progress_advance(struct progress *p, uint64_t messages, uint64_t octets)
{
	int64_t now;

	p->messages += messages;
	p->octets += octets;
	if (!p->shown)
		return;
	now = clock_ms();
	if (now - p->drawn_ms >= REDRAW_MS)
		draw(p, now);
}

void progress_end(struct progress *p)
{
	if (p->shown && p->width > 0)
		fprintf(stderr, "\r%*s\r", (int)p->width, "");
	p->width = 0;
}
