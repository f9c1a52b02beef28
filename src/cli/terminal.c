/* The width of a terminal, and of text on it. */
#include "cli/terminal.h"

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>

#include "base/number.h"
#include "base/text.h"

#define USUAL_WIDTH 80
#define ZERO_WIDTH_JOINER 0x200d

size_t terminal_width(int fd)
{
	const char *const columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t told;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	if (columns != NULL && number_parse(columns, strlen(columns), UINT16_MAX, &told) &&
	    told > 0)
		return (size_t)told;
	return USUAL_WIDTH;
}

void locale_use_utf8(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
}

/*
 * The width of the first character, and its length in octets. A joiner is taken with the character
 * behind it, since terminals show an emoji of several parts as wide as its first one.
 */
static size_t measure_character(const char *text, size_t length, size_t *octets)
{
	uint32_t code = 0;
	int width;

	*octets = text_utf8(text, length, &code);
	if (*octets == 0)
		*octets = 1;
	if (*octets == 1)
		return 1;
	if (code == ZERO_WIDTH_JOINER) {
		*octets += text_utf8(text + *octets, length - *octets, &code);
		return 0;
	}
	width = wcwidth((wchar_t)code);
	if (width >= 0)
		return (size_t)width;
	/* Emoji and ideographs newer than the C library's tables are wide. */
	return (code >= 0x1f300 && code <= 0x1faff) || (code >= 0x20000 && code <= 0x3fffd) ? 2 : 1;
}

size_t locale_columns(const char *text, size_t length)
{
	size_t columns = 0, octets;

	for (size_t i = 0; i < length; i += octets)
		columns += measure_character(text + i, length - i, &octets);
	return columns;
}

size_t locale_fit(const char *text, size_t length, size_t columns)
{
	size_t i = 0, octets;

	while (i < length) {
		const size_t width = measure_character(text + i, length - i, &octets);

		if (width > columns)
			break;
		columns -= width;
		i += octets;
	}
	return i;
}
