#ifndef OPTIONS_OPTION_H
#define OPTIONS_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Options as typed rows. A row feeds getopt_long, --help, the completions and the configuration
 * file's keys; its value lands in a field of a plain struct. Tables end with { 0 }.
 */
enum option_type {
	OPTION_END,
	OPTION_FLAG,	 /* bool; "--name=no" takes it back */
	OPTION_TEXT,	 /* const char * */
	OPTION_PATH,	 /* const char *, "~" in front stands for $HOME */
	OPTION_NUMBER,	 /* uint32_t */
	OPTION_SIZE,	 /* uint64_t octets: 10M */
	OPTION_DURATION, /* uint64_t seconds: 14d */
	OPTION_CHOICE,	 /* int: which of the words in argument, "a|b|c", from 1; 0 = unset */
	OPTION_LIST,	 /* struct text_list: may be repeated */
};

#define TEXT_LIST_MAX 64

struct text_list {
	const char *items[TEXT_LIST_MAX];
	size_t count;
};

struct option_spec {
	enum option_type type;
	char letter; /* 0 for none; one letter means one thing in every subcommand */
	const char *name;
	size_t offset;
	const char *argument; /* its name in help; for OPTION_CHOICE the words */
	const char *help;     /* a phrase without a full stop */
	const char *initial;  /* what holds when nobody says anything, NULL = all zero */
};

#endif
