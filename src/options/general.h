#ifndef OPTIONS_GENERAL_H
#define OPTIONS_GENERAL_H

#include "options/option.h"

/* Options that every subcommand has. */
struct general {
	bool json, nul, header;
	bool quiet, verbose;
	bool help, version;
};

extern const struct option_spec general_options[];

#endif
