/*
 * Runs an action repeatedly; each time the next fallible call fails once, and the result is
 * checked.
 */
#ifndef UNIT_TRIALS_H
#define UNIT_TRIALS_H

#include "check.h"
#include "faults.h"
#include "pop3/error.h"
#include "error-texts.h"

struct trial {
	const char *name;
	void (*prepare)(void);
	/* The action. Fills in err when it returns -1. */
	int (*run)(struct pop3_error *err);
	/* Whether the state is correct after run succeeded (done) or failed. */
	bool (*holds)(bool done);
};

static size_t trial_descriptors(void)
{
	size_t open = 0;

	for (int fd = 0; fd < 256; fd++)
		open += fcntl(fd, F_GETFD) >= 0;
	return open;
}

/* Whether the result is correct when call number "at" fails. */
static bool trial_holds(const struct trial *trial, unsigned at)
{
	struct pop3_error err = { .text = "" };
	size_t descriptors;
	bool done, reported;

	trial->prepare();
	descriptors = trial_descriptors();
	faults = (struct faults){ .call = FAULTS_ANY, .at = at };
	done = trial->run(&err) == 0;
	faults.call = NULL;
	if (!done)
		error_text_note(err.text);
	reported = done || (err.code != POP3_E_NONE && err.text[0] != '\0');
	if (reported && (done || faults.struck != NULL) && trial_descriptors() == descriptors &&
	    trial->holds(done))
		return true;
	printf("# call %u (%s): %s\n", at, faults.struck != NULL ? faults.struck : "none",
	       done ? "done" : err.text);
	return false;
}

/* Runs a trial for each of its calls and reports the first whose failure breaks something. */
static void trial_sweep(const struct trial *trial)
{
	unsigned at = 0;
	bool holds;

	do
		holds = trial_holds(trial, ++at);
	while (holds && faults.struck != NULL);
	check_number(trial->name, holds ? 0 : at, 0);
	printf("# %u calls failed\n", at - 1);
}

#endif
