/* Writing to a socket whose peer has closed fails without SIGPIPE, whatever its disposition. */
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "net/stream.h"

int main(void)
{
	struct pop3_error err = { .code = POP3_E_NONE };
	struct stream *stream;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0)
		return 1;
	close(ends[1]);
	stream = socket_stream(ends[0], &err);
	check_number("reading ends", stream_read(stream, &(char){ 0 }, 1, &err), STREAM_ENDED);
	check_number("writing fails", stream_write(stream, "x", 1, &err), STREAM_FAILED);
	check_number("the error is a lost connection", err.code, POP3_E_LOST);
	stream_close(stream);
	return check_end();
}
