/*
 * Delivery to a command, run once per message. The message is spooled first, so that the command
 * never reads one whose retrieval may still fail.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/file.h"
#include "base/shell.h"
#include "mail/delivery-kind.h"

#define EXIT_NOT_NOW 75 /* EX_TEMPFAIL in sysexits.h */
#define EXIT_DROP 99	/* as in qmail-command(8) */

/* The command inherits the sandbox, and what it has to write and execute is not known. */
static void allow(const struct delivery *delivery, struct sandbox *sandbox)
{
	(void)delivery;
	sandbox->may_write = sandbox->may_exec = true;
}

static int begin(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	/* An unnamed file, which disappears with this process. */
	item->fd = file_create_unnamed();
	if (item->fd < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION,
				       "cannot create a spool file in '%s'",
				       file_temporary_directory());
	spool_begin(&delivery->spool, item->fd, file_temporary_directory(), true, NULL);
	return 0;
}

static int end(struct delivery *delivery, struct delivery_item *item, struct pop3_error *err)
{
	(void)item;
	return spool_end(&delivery->spool, err);
}

static void abort_item(struct delivery *delivery, struct delivery_item *item)
{
	(void)delivery;
	delivery_close_file(item);
}

/* --- the command --- */

/* The command's output goes to stderr, because stdout carries only our own records. */
static int run_command(const struct delivery *delivery, const struct delivery_item *item,
		       struct pop3_error *err)
{
	const struct pop3_timeouts *const timeouts = delivery->settings.timeouts;
	const char *const command = delivery->settings.path;
	char number[32], octets[32];
	int status;
	pid_t child;

	if (lseek(item->fd, 0, SEEK_SET) < 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot read the spool in '%s'",
				       file_temporary_directory());
	snprintf(number, sizeof number, "%u", item->number);
	snprintf(octets, sizeof octets, "%llu", (unsigned long long)item->octets);
	/* A variable that could not be set would keep the value for the previous message. */
	if (setenv("POP3_NUMBER", number, 1) < 0 || setenv("POP3_OCTETS", octets, 1) < 0 ||
	    setenv("POP3_UID", item->uid, 1) < 0 ||
	    setenv("POP3_ACCOUNT", delivery->settings.account, 1) < 0)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (shell_spawn(command, item->fd, STDERR_FILENO, false, &child, err) < 0 ||
	    shell_wait(child, timeouts, deadline_after(timeouts, timeouts->progress_ms), &status,
		       err) < 0)
		return -1;
	if (!WIFEXITED(status))
		return pop3_fail(err, POP3_E_DESTINATION, "'%s' was killed by signal %d", command,
				 WTERMSIG(status));
	if (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == EXIT_DROP)
		return 0;
	if (WEXITSTATUS(status) == EXIT_NOT_NOW)
		return pop3_fail(err, POP3_E_DESTINATION,
				 "'%s' asked to try again later (exit status 75)", command);
	return pop3_fail(err, POP3_E_DESTINATION, "'%s' exited with status %d", command,
			 WEXITSTATUS(status));
}

static int publish(struct delivery *delivery, struct delivery_item *items, size_t count,
		   struct pop3_error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct pop3_error why;
		const int result = run_command(delivery, &items[i], &why);

		abort_item(delivery, &items[i]);
		if (result == 0)
			continue;
		delivery_item_fail(&items[i], &why);
		if (why.code == POP3_E_INTERRUPTED) {
			*err = why;
			return -1;
		}
	}
	return 0;
}

const struct delivery_kind delivery_pipe = {
	.batch = 1, .keeps_messages = true, .size = sizeof(struct delivery),
	.allow = allow,
	.begin = begin, .write = spool_write, .end = end, .abort = abort_item,
	.publish = publish,
};
