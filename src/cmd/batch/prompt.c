/* Lines typed at a terminal. Without libedit, only the terminal's own editing is available. */
#include "cmd/batch/prompt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/signals.h"
#include "cmd/batch/editor.h"

struct prompt {
	struct editor *editor; /* or NULL, and then: */
	char *line;
	size_t room;
};

bool prompt_is_possible(void)
{
	return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
}

struct prompt *prompt_open(bool manages, struct pop3_error *err)
{
	struct prompt *const prompt = calloc(1, sizeof *prompt);

	if (prompt == NULL)
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
	else
		prompt->editor = editor_open(manages);
	return prompt;
}

static const char *read_line(struct prompt *prompt, int *length)
{
	if (prompt->editor != NULL)
		return editor_line(prompt->editor, length);
	fputs(PROMPT, stdout);
	fflush(stdout);
	clearerr(stdin);
	*length = (int)getline(&prompt->line, &prompt->room, stdin);
	return *length > 0 ? prompt->line : NULL;
}

void prompt_close(struct prompt *prompt)
{
	if (prompt == NULL)
		return;
	editor_close(prompt->editor);
	free(prompt->line);
	free(prompt);
}

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
