/* Sockets that systemd has opened (sd_listen_fds(3)). */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/number.h"
#include "serve/address.h"
#include "serve/listener.h"

#define FIRST_FD 3
#define FDS_MAX 64

/* The names of FileDescriptorName= are ours; without one port 995 is pop3s and all else pop3. */
static enum protocol protocol_of(int fd, const char *name, size_t length)
{
	struct sockaddr_storage own = { 0 };
	socklen_t size = sizeof own;

	for (enum protocol i = 0; i < PROTOCOLS; i++)
		if (strlen(protocol_name(i)) == length &&
		    memcmp(protocol_name(i), name, length) == 0)
			return i;
	if (getsockname(fd, (struct sockaddr *)&own, &size) == 0 &&
	    address_port((const struct sockaddr *)&own) == 995)
		return POP3S;
	return POP3;
}

static uint64_t environment_number(const char *name)
{
	const char *const text = getenv(name);
	uint64_t number = 0;

	if (text != NULL)
		number_parse(text, strlen(text), INT32_MAX, &number);
	return number;
}

int activation_adopt(struct server *server, struct pop3_error *err)
{
	const char *names = getenv("LISTEN_FDNAMES");
	const uint64_t count = environment_number("LISTEN_FDS");

	if (environment_number("LISTEN_PID") != (uint64_t)getpid())
		return 0;
	if (count > FDS_MAX)
		return pop3_fail(err, POP3_E_CONFIG, "more than %d sockets handed over",
				 FDS_MAX);
	for (int fd = FIRST_FD; fd < FIRST_FD + (int)count; fd++) {
		const char *const name = names != NULL ? names : "";
		const size_t length = strcspn(name, ":");

		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
		(void)fcntl(fd, F_SETFL, O_NONBLOCK);
		if (listener_add(server, protocol_of(fd, name, length), fd, err) < 0)
			return -1;
		names = name[length] == ':' ? name + length + 1 : NULL;
	}
	return 0;
}
