/* Finds the known word nearest to a mistyped one, by edit distance including transpositions. */
#include "options/option.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 40 /* only this many octets are compared */

static size_t distance(const char *a, const char *b)
{
	const size_t a_length = strnlen(a, WORD_MAX), b_length = strnlen(b, WORD_MAX);
	size_t rows[3][WORD_MAX + 1]; /* the last two rows and the current one */

	for (size_t j = 0; j <= b_length; j++)
		rows[1][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		rows[2][0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			const size_t change = a[i - 1] != b[j - 1];
			size_t least = rows[1][j - 1] + change;

			if (rows[1][j] + 1 < least)
				least = rows[1][j] + 1;
			if (rows[2][j - 1] + 1 < least)
				least = rows[2][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    rows[0][j - 2] + change < least)
				least = rows[0][j - 2] + change;
			rows[2][j] = least;
		}
		memcpy(rows[0], rows[1], sizeof rows[0]);
		memcpy(rows[1], rows[2], sizeof rows[1]);
	}
	return rows[1][b_length];
}

/*
 * Other programs' names for our subcommands, options, configuration keys and admin verbs. What has
 * become a name of ours is found before anything is offered here, so it may stay in the table.
 */
static const struct {
	const char *theirs, *ours;
} foreign[] = {
	{ "delete", "dele" },	   { "rm", "dele" },	       { "del", "dele" },
	{ "remove", "dele" },	   { "get", "fetch" },	       { "retr", "fetch" },
	{ "show", "fetch" },	   { "cat", "fetch" },	       { "read", "fetch" },
	{ "download", "fetch" },   { "ls", "list" },	       { "top", "headers" },
	{ "status", "stat" },	   { "count", "stat" },	       { "poll", "wait" },
	{ "watch", "wait" },	   { "test", "check" },	       { "doctor", "check" },
	{ "host", "server" },	   { "url", "server" },	       { "username", "user" },
	{ "login", "user" },	   { "ssl", "tls" },	       { "insecure", "no-verify" },
	{ "cacert", "ca-file" },   { "capath", "ca-dir" },     { "tls-trust-file", "ca-file" },
	{ "tls-fingerprint", "pin" }, { "passwordeval", "password-command" },
	{ "sslcertfile", "ca-file" }, { "debug", "trace" },    { "dest", "output" },
	{ "adduser", "user-add" }, { "deluser", "user-del" },  { "passwd", "user-passwd" },
	{ "stats", "metrics" },	   { "logs", "log" },	       { "pull", "fetch" },
	{ "sync", "fetch" },	   { "port", "server" },       { "config", "setup" },
	{ "configure", "setup" },  { "init", "setup" },
};

void nearest_offer(struct nearest *nearest, const char *typed, const char *candidate)
{
	const size_t allowed = strlen(candidate) <= 4 ? 1 : strlen(candidate) <= 8 ? 2 : 3;
	size_t found = distance(typed, candidate);

	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
		if (strcmp(typed, foreign[i].theirs) == 0 &&
		    strcmp(candidate, foreign[i].ours) == 0)
			found = 0;
	if (found > allowed || (nearest->word != NULL && found >= nearest->distance))
		return;
	nearest->word = candidate;
	nearest->distance = found;
}

const char *nearest_hint(const struct nearest *nearest, char *out, size_t size)
{
	out[0] = '\0';
	if (nearest->word != NULL)
		snprintf(out, size, " (did you mean '%s'?)", nearest->word);
	return out;
}
