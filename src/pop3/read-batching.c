/* A socket's low-water mark, raised while octets come in fast. */
#include "pop3/read-batching.h"

#include <poll.h>
#include <sys/socket.h>

#define MARK 65536			/* octets */
#define PATIENCE_MS 2			/* for so many */
#define FIRST_TRY (1024ULL * 1024)	/* after so many octets */
#define LAST_TRY (64ULL * 1024 * 1024)

void gather_init(struct gather *gather)
{
	*gather = (struct gather){ .enough = FIRST_TRY };
}

void gather_came(struct gather *gather, size_t octets)
{
	gather->come += octets;
}

/* What is no TCP socket has no such mark, and is told of the first octet: as good as before. */
static void set_mark(struct gather *gather, const struct stream *stream, int octets)
{
	setsockopt(stream->fd, SOL_SOCKET, SO_RCVLOWAT, &octets, sizeof octets);
	gather->on = octets > 1;
}

int gather_wait(struct gather *gather, const struct stream *stream,
		const struct pop3_timeouts *timeouts, struct pop3_error *err)
{
	struct pop3_error why;

	if (gather->come < gather->enough)
		return 0;
	if (!gather->on)
		set_mark(gather, stream, MARK);
	if (deadline_wait(timeouts, stream->fd, POLLIN, deadline_after(timeouts, PATIENCE_MS),
			  &why) == 0)
		return 1;
	if (why.code != POP3_E_TIMEOUT) {
		*err = why;
		return -1;
	}
	gather_end(gather, stream);
	gather->come = 0;
	gather->enough = gather->enough < LAST_TRY ? gather->enough * 4 : LAST_TRY;
	return 0;
}

void gather_end(struct gather *gather, const struct stream *stream)
{
	if (gather->on)
		set_mark(gather, stream, 1);
}
