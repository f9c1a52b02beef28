/* Options that every subcommand has. */
#include "options/general.h"

#define FIELD(name) offsetof(struct general, name)

const struct option_spec general_options[] = {
	{ OPTION_FLAG, 0, "json", FIELD(json), NULL, "one JSON object a line", NULL },
	{ OPTION_FLAG, '0', "null", FIELD(nul), NULL, "records end in NUL, also those read", NULL },
	{ OPTION_FLAG, 0, "header", FIELD(header), NULL, "begin with a line of field names", NULL },
	{ OPTION_FLAG, 'q', "quiet", FIELD(quiet), NULL, "no warnings", NULL },
	{ OPTION_FLAG, 'v', "verbose", FIELD(verbose), NULL, "say what is done and met", NULL },
	{ OPTION_FLAG, 'h', "help", FIELD(help), NULL, "show this help", NULL },
	{ OPTION_FLAG, 'V', "version", FIELD(version), NULL, "show the version", NULL },
	{ OPTION_END, 0, NULL, 0, NULL, NULL, NULL },
};
