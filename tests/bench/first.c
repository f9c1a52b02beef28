/*
 * first DESCRIPTOR LISTENER GREETING COMMAND [ARGUMENT…] measures the time until a client sends its
 * first octet. It starts the command, accepts its connection on the listener, sends the greeting
 * ("" for none) and waits for an octet. Writes a line to the descriptor in the format of measure: 0
 * on success, wall time in s, CPU time in s and peak memory in KiB.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT 10 /* seconds that a command may take to send an octet */

static double seconds(clockid_t clock)
{
	struct timespec now = { 0, 0 };

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void become(char **command)
{
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

static bool wait_for_octet(int listener, const char *greeting)
{
	const struct timeval limit = { LIMIT, 0 };
	int peer;
	char octet;

	setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	peer = accept(listener, NULL, NULL);
	if (peer < 0)
		return false;
	setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (write(peer, greeting, strlen(greeting)) < 0)
		return false;
	return read(peer, &octet, 1) == 1; /* closed when this process exits */
}

int main(int count, char **arguments)
{
	struct rusage used;
	double start, wall, cpu;
	int report, listener;
	bool came;
	clockid_t clock;
	pid_t child;

	if (count < 5)
		return 2;
	report = (int)strtol(arguments[1], NULL, 10);
	listener = (int)strtol(arguments[2], NULL, 10);
	start = seconds(CLOCK_MONOTONIC);
	child = fork();
	if (child == 0)
		become(arguments + 4);
	if (child < 0 || clock_getcpuclockid(child, &clock) != 0)
		return 2;
	came = wait_for_octet(listener, arguments[3]);
	cpu = seconds(clock);
	wall = seconds(CLOCK_MONOTONIC) - start;
	kill(child, SIGKILL);
	if (wait4(child, NULL, 0, &used) < 0)
		return 2;
	dprintf(report, "%d %.6f %.6f %ld\n", came ? 0 : 1, wall, cpu, used.ru_maxrss);
	return 0;
}
