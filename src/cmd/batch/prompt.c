/*
 * Lines typed at a terminal, edited with libedit, which is small and permissively licensed. Without
 * libedit, only the terminal's own editing is available.
 */
#include "cmd/batch/prompt.h"

#include <errno.h>
#ifdef HAVE_LIBEDIT
#include <histedit.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/signals.h"

#define PROMPT "pop3> "

bool prompt_is_possible(void)
{
	return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
}

#ifdef HAVE_LIBEDIT

#define HISTORY_LINES 500

struct prompt {
	EditLine *editor;
	bool manages; /* offer the subcommands for managing a server */
	History *history;
};

static char *prompt_text(EditLine *editor)
{
	static char text[] = PROMPT;

	(void)editor;
	return text;
}

/* --- completion --- */

/* The common prefix of the subcommands that begin with the typed letters. */
struct completion {
	const char *typed;
	size_t length;
	const char *first;
	size_t common, count;
};

static void offer(struct completion *c, const char *name)
{
	size_t same = 0;

	if (strncmp(name, c->typed, c->length) != 0)
		return;
	if (c->count++ == 0) {
		c->first = name;
		c->common = strlen(name);
		return;
	}
	while (same < c->common && name[same] == c->first[same])
		same++;
	c->common = same;
}

static void offer_all(struct completion *c, const struct command *const *list, bool manages)
{
	for (; *list != NULL; list++)
		if (command_fits_line(*list, manages))
			offer(c, (*list)->name);
}

static unsigned char complete(EditLine *editor, int key)
{
	const LineInfo *const line = el_line(editor);
	struct completion c = {
		.typed = line->buffer, .length = (size_t)(line->cursor - line->buffer),
	};
	const struct prompt *prompt;
	char rest[64];

	(void)key;
	/* Only the first word is a subcommand. */
	if (memchr(c.typed, ' ', c.length) != NULL)
		return CC_ERROR;
	el_get(editor, EL_CLIENTDATA, &prompt);
	offer_all(&c, commands, prompt->manages);
	offer_all(&c, line_commands, prompt->manages);
	if (c.count == 0 || (c.count > 1 && c.common == c.length))
		return CC_ERROR;
	snprintf(rest, sizeof rest, "%.*s%s", (int)(c.common - c.length), c.first + c.length,
		 c.count == 1 ? " " : "");
	return el_insertstr(editor, rest) == 0 ? CC_REFRESH : CC_ERROR;
}

/* --- lines --- */

struct prompt *prompt_open(bool manages, struct pop3_error *err)
{
	struct prompt *const prompt = calloc(1, sizeof *prompt);
	HistEvent event;

	if (prompt != NULL) {
		prompt->editor = el_init("pop3", stdin, stdout, stderr);
		prompt->history = history_init();
	}
	if (prompt == NULL || prompt->editor == NULL || prompt->history == NULL) {
		prompt_close(prompt);
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	prompt->manages = manages;
	el_set(prompt->editor, EL_CLIENTDATA, prompt);
	history(prompt->history, &event, H_SETSIZE, HISTORY_LINES);
	history(prompt->history, &event, H_SETUNIQUE, 1);
	el_set(prompt->editor, EL_HIST, history, prompt->history);
	el_set(prompt->editor, EL_EDITOR, "emacs");
	el_set(prompt->editor, EL_PROMPT, prompt_text);
	/* el_set, without wide characters, would copy these strings and never free the copies. */
	el_wset(prompt->editor, EL_ADDFN, L"pop3-complete", L"Complete a subcommand", complete);
	el_set(prompt->editor, EL_BIND, "^I", "pop3-complete", NULL);
	el_source(prompt->editor, NULL);
	return prompt;
}

static const char *read_line(struct prompt *prompt, int *count)
{
	HistEvent event;
	const char *const line = el_gets(prompt->editor, count);

	if (line != NULL && *line != '\n')
		history(prompt->history, &event, H_ENTER, line);
	return line;
}

void prompt_close(struct prompt *prompt)
{
	if (prompt == NULL)
		return;
	if (prompt->history != NULL)
		history_end(prompt->history);
	if (prompt->editor != NULL)
		el_end(prompt->editor);
	free(prompt);
}

#else

struct prompt {
	char *line;
	size_t room;
};

struct prompt *prompt_open(bool manages, struct pop3_error *err)
{
	struct prompt *const prompt = calloc(1, sizeof *prompt);

	(void)manages;
	if (prompt == NULL)
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
	return prompt;
}

static const char *read_line(struct prompt *prompt, int *count)
{
	fputs(PROMPT, stdout);
	fflush(stdout);
	clearerr(stdin);
	*count = (int)getline(&prompt->line, &prompt->room, stdin);
	return *count > 0 ? prompt->line : NULL;
}

void prompt_close(struct prompt *prompt)
{
	if (prompt != NULL)
		free(prompt->line);
	free(prompt);
}

#endif

int prompt_line(struct prompt *prompt, const char **line, size_t *length, struct pop3_error *err)
{
	int count = 0;

	for (;;) {
		errno = 0;
		*line = read_line(prompt, &count);
		if (*line != NULL && count > 0) {
			*length = strcspn(*line, "\n");
			return 1;
		}
		if (signals_caught() != SIGINT)
			break;
		signals_forget();
		putchar('\n');
	}
	if (signals_caught() != 0)
		return pop3_fail(err, POP3_E_INTERRUPTED, "interrupted");
	if (count < 0 && errno != 0)
		return pop3_fail_errno(err, POP3_E_IO, "cannot read from the terminal");
	putchar('\n');
	return 0;
}
