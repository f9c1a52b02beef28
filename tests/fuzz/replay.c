/*
 * Runs a harness without libFuzzer: on its corpus and some mutations of it, always the same ones,
 * with TAP output. With arguments, on those files only.
 */
#include <dirent.h>
#include <libgen.h>

#include "base/file.h"
#include "fuzz.h"

#define CORPUS "tests/fuzz/corpus"
#define MUTATIONS 1000 /* in total, of all seeds */
#define SEED_OCTETS 65536

static uint32_t random_state = 1;

/* The linear congruential generator of Numerical Recipes: the same numbers everywhere. */
static uint32_t draw(size_t below)
{
	random_state = random_state * 1664525 + 1013904223;
	return (uint32_t)((random_state >> 8) % below);
}

/* Runs the harness on a copy in exact heap memory, so that sanitizers detect overruns. */
static void run(const char *octets, size_t length)
{
	uint8_t *const copy = malloc(length);

	if (length > 0)
		memcpy(copy, octets, length);
	LLVMFuzzerTestOneInput(copy, length);
	free(copy);
}

/* Changes, drops, doubles or inserts one octet, or truncates the input. */
static void mutate(struct buffer *seed)
{
	static const char octets[] = "\0\t\n\r .<>=?:,-+0129aZ\x7f\x80\xc2\xff";
	const size_t at = draw(seed->length);
	struct buffer rest = { 0 };

	buffer_append(&rest, seed->data + at, seed->length - at);
	seed->length = at;
	switch (draw(5)) {
	case 0:
		buffer_drop(&rest, 1);
		buffer_append_octet(seed, octets[draw(sizeof octets)]);
		break;
	case 1:
		buffer_drop(&rest, 1);
		break;
	case 2:
		buffer_append_octet(seed, rest.data[0]);
		break;
	case 3:
		buffer_append_octet(seed, octets[draw(sizeof octets)]);
		break;
	default:
		buffer_clear(&rest);
	}
	buffer_append(seed, buffer_text(&rest), rest.length);
	buffer_release(&rest);
}

static bool replay(const char *path, size_t mutations)
{
	struct buffer seed = { .limit = SEED_OCTETS }, mutant = { 0 };
	const bool readable = file_read(path, &seed) == 0;

	if (readable)
		run(buffer_text(&seed), seed.length);
	for (size_t i = 0; readable && i < mutations; i++) {
		buffer_clear(&mutant);
		buffer_append(&mutant, buffer_text(&seed), seed.length);
		for (uint32_t times = 1 + draw(3); times > 0 && mutant.length > 0; times--)
			mutate(&mutant);
		run(buffer_text(&mutant), mutant.length);
	}
	buffer_release(&seed);
	buffer_release(&mutant);
	return readable;
}

static int is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Reads the seeds in a directory and returns their number. */
static int replay_corpus(const char *directory)
{
	struct dirent **seeds;
	const int count = scandir(directory, &seeds, is_seed, alphasort);

	for (int i = 0; i < count; i++) {
		struct buffer path = { 0 };
		bool passed;

		buffer_append_format(&path, "%s/%s", directory, seeds[i]->d_name);
		passed = replay(path.data, MUTATIONS / (size_t)count);
		printf("%s %d - %s\n", passed ? "ok" : "not ok", i + 1, path.data);
		buffer_release(&path);
		free(seeds[i]);
	}
	if (count >= 0)
		free(seeds);
	return count;
}

int main(int argc, char **argv)
{
	const char *const name = basename(argv[0]) + strlen("fuzz_");
	struct buffer directory = { 0 };
	int count;

	for (int i = 1; i < argc; i++)
		if (!replay(argv[i], 0))
			return perror(argv[i]), 1;
	if (argc > 1)
		return 0;
	buffer_append_format(&directory, CORPUS "/%s", name);
	count = replay_corpus(directory.data);
	buffer_release(&directory);
	printf("1..%d\n", count > 0 ? count : 0);
	return count <= 0;
}
