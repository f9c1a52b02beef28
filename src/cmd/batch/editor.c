/* The editor of a prompt: libedit, which is small and permissively licensed. */
#include "cmd/batch/editor.h"

#include <stddef.h>

#ifdef HAVE_LIBEDIT

#include <dlfcn.h>
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

#define HISTORY_LINES 500

struct editor {
	EditLine *lines;
	History *history;
	bool manages;
};

/*
 * Loaded when lines are wanted: linked, libedit and the libraries it needs would slow the start of
 * every subcommand.
 */
#define LIBEDIT_FUNCTIONS(use)                                                                     \
	use(el_init) use(el_end) use(el_set) use(el_wset) use(el_get) use(el_source) use(el_line)  \
	use(el_insertstr) use(el_gets) use(history_init) use(history_end) use(history)

static struct {
#define DECLARE(name) __typeof__(name) *name;
	LIBEDIT_FUNCTIONS(DECLARE)
} libedit;

static bool load_libedit(void)
{
	void *library = dlopen("libedit.so.2", RTLD_NOW); /* Debian's name */

	if (library == NULL)
		library = dlopen("libedit.so.0", RTLD_NOW);
	if (library == NULL)
		return false;
#define FIND(name) *(void **)&libedit.name = dlsym(library, #name);
	LIBEDIT_FUNCTIONS(FIND)
#define IS_FOUND(name) &&libedit.name != NULL
	return true LIBEDIT_FUNCTIONS(IS_FOUND);
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

static unsigned char complete(EditLine *lines, int key)
{
	const LineInfo *const line = libedit.el_line(lines);
	struct completion c = {
		.typed = line->buffer, .length = (size_t)(line->cursor - line->buffer),
	};
	const struct editor *editor;
	char rest[64];

	(void)key;
	/* Only the first word is a subcommand. */
	if (memchr(c.typed, ' ', c.length) != NULL)
		return CC_ERROR;
	libedit.el_get(lines, EL_CLIENTDATA, &editor);
	offer_all(&c, commands, editor->manages);
	offer_all(&c, line_commands, editor->manages);
	if (c.count == 0 || (c.count > 1 && c.common == c.length))
		return CC_ERROR;
	snprintf(rest, sizeof rest, "%.*s%s", (int)(c.common - c.length), c.first + c.length,
		 c.count == 1 ? " " : "");
	return libedit.el_insertstr(lines, rest) == 0 ? CC_REFRESH : CC_ERROR;
}

/* --- lines --- */

static char *prompt_text(EditLine *lines)
{
	static char text[] = PROMPT;

	(void)lines;
	return text;
}

struct editor *editor_open(bool manages)
{
	struct editor *const editor = load_libedit() ? calloc(1, sizeof *editor) : NULL;
	HistEvent event;

	if (editor == NULL)
		return NULL;
	editor->manages = manages;
	editor->lines = libedit.el_init("pop3", stdin, stdout, stderr);
	editor->history = libedit.history_init();
	if (editor->lines == NULL || editor->history == NULL) {
		editor_close(editor);
		return NULL;
	}
	libedit.el_set(editor->lines, EL_CLIENTDATA, editor);
	libedit.history(editor->history, &event, H_SETSIZE, HISTORY_LINES);
	libedit.history(editor->history, &event, H_SETUNIQUE, 1);
	libedit.el_set(editor->lines, EL_HIST, libedit.history, editor->history);
	libedit.el_set(editor->lines, EL_EDITOR, "emacs");
	libedit.el_set(editor->lines, EL_PROMPT, prompt_text);
	/* el_set, without wide characters, would copy these strings and never free the copies. */
	libedit.el_wset(editor->lines, EL_ADDFN, L"pop3-complete", L"Complete a subcommand", complete);
	libedit.el_set(editor->lines, EL_BIND, "^I", "pop3-complete", NULL);
	libedit.el_source(editor->lines, NULL);
	return editor;
}

const char *editor_line(struct editor *editor, int *length)
{
	const char *const line = libedit.el_gets(editor->lines, length);
	HistEvent event;

	if (line != NULL && *line != '\n')
		libedit.history(editor->history, &event, H_ENTER, line);
	return line;
}

void editor_close(struct editor *editor)
{
	if (editor == NULL)
		return;
	if (editor->history != NULL)
		libedit.history_end(editor->history);
	if (editor->lines != NULL)
		libedit.el_end(editor->lines);
	free(editor);
}

#else

struct editor *editor_open(bool manages)
{
	(void)manages;
	return NULL;
}

const char *editor_line(struct editor *editor, int *length)
{
	(void)editor, (void)length;
	return NULL;
}

void editor_close(struct editor *editor)
{
	(void)editor;
}

#endif
