/* Command lines: verb, arguments, and whether they fit together (RFC 1939 section 3). */
#include "serve/session/request.h"

#include <string.h>

#include "base/text.h"

static const struct request_verb *find_verb(const struct request_verb *verbs, const char *name,
					    size_t length)
{
	for (; verbs->name != NULL; verbs++)
		if (text_equal_nocase(name, length, verbs->name))
			return verbs;
	return NULL;
}

/* False when there are more than the verb takes. */
static bool cut_arguments(char *rest, struct request *request)
{
	for (;;) {
		rest += strspn(rest, " ");
		if (*rest == '\0')
			return true;
		if (request->count == request->verb->max)
			return false;
		request->arguments[request->count++] = rest;
		rest += strcspn(rest, " ");
		if (*rest != '\0')
			*rest++ = '\0';
	}
}

enum request_found request_parse(const struct request_verb *verbs, unsigned state, char *line,
				 size_t length, struct request *request)
{
	const size_t name = strcspn(line, " ");
	char *const rest = line + name;

	*request = (struct request){ .verb = find_verb(verbs, line, name) };
	if (request->verb == NULL)
		return REQUEST_UNKNOWN;
	if ((request->verb->states & state) == 0)
		return REQUEST_WRONG_STATE;
	if (strlen(line) != length || text_has_control(line))
		return REQUEST_BAD_ARGUMENTS;
	if (request->verb->whole_rest && *rest != '\0') {
		request->arguments[request->count++] = rest + 1;
		return REQUEST_FOUND;
	}
	if (!cut_arguments(rest, request) || request->count < request->verb->min)
		return REQUEST_BAD_ARGUMENTS;
	return REQUEST_FOUND;
}
