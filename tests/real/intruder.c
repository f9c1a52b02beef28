/*
 * Preloaded into the program, in place of code injected over the network: once there is a
 * connection, it tries to write INTRUDER_FILE and to run a program, and reports the results on
 * stderr.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The program does not exist on purpose: ENOENT shows that running one is allowed. */
static void intrude(void)
{
	char *const nothing[] = { NULL };
	const int saved = errno;
	const int fd = open(getenv("INTRUDER_FILE"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	const char *const opened = fd >= 0 ? "done" : strerrorname_np(errno);

	execve("/no/such/program", nothing, nothing);
	dprintf(STDERR_FILENO, "intruder: write %s exec %s\n", opened, strerrorname_np(errno));
	if (fd >= 0)
		close(fd);
	errno = saved;
}

int connect(int fd, const struct sockaddr *address, socklen_t length)
{
	static int (*real)(int, const struct sockaddr *, socklen_t);
	int result;

	*(void **)&real = dlsym(RTLD_NEXT, "connect");
	result = real(fd, address, length);
	intrude();
	return result;
}

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
	static int (*real)(int, struct sockaddr *, socklen_t *, int);
	int result;

	*(void **)&real = dlsym(RTLD_NEXT, "accept4");
	result = real(fd, address, length, flags);
	if (result >= 0)
		intrude();
	return result;
}
