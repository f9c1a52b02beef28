/*
 * measure DESCRIPTOR COMMAND [ARGUMENT…] runs a command once, discards its stdout, and writes a
 * line to the descriptor: exit status, wall time in s, CPU time in s and peak memory in KiB. This
 * is a small separate program because the peak memory of a child is never less than its parent's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PIPE (1024 * 1024)

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double of_timeval(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void discard(int from)
{
	const int nowhere = open("/dev/null", O_WRONLY);
	ssize_t moved;

	do
		moved = splice(from, NULL, nowhere, NULL, PIPE, SPLICE_F_MOVE);
	while (moved > 0 || (moved < 0 && errno == EINTR));
}

static void become(char **command, int out)
{
	dup2(out, STDOUT_FILENO);
	execvp(command[0], command);
	perror(command[0]);
	_exit(127);
}

int main(int count, char **arguments)
{
	struct rusage used;
	int ends[2], status, report;
	double start, wall;
	pid_t child;

	if (count < 3 || pipe2(ends, O_CLOEXEC) < 0)
		return 2;
	report = (int)strtol(arguments[1], NULL, 10);
	fcntl(report, F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETPIPE_SZ, PIPE);
	start = seconds();
	child = fork();
	if (child == 0)
		become(arguments + 2, ends[1]);
	close(ends[1]);
	discard(ends[0]);
	if (child < 0 || wait4(child, &status, 0, &used) < 0)
		return 2;
	wall = seconds() - start;
	dprintf(report, "%d %.6f %.6f %ld\n",
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), wall,
		of_timeval(used.ru_utime) + of_timeval(used.ru_stime), used.ru_maxrss);
	return 0;
}
