/* The one place that changes the locale, which is the whole process's, and that depends on it. */
#include "cli/locale.h"

#include <locale.h>
#include <wchar.h>

#include "base/text.h"

void locale_use_utf8(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
}

size_t locale_columns(const char *text, size_t length)
{
	size_t columns = 0;

	for (size_t i = 0; i < length;) {
		uint32_t code = 0;
		const size_t octets = text_utf8(text + i, length - i, &code);
		const int width = octets > 1 ? wcwidth((wchar_t)code) : 1;

		columns += width >= 0 ? (size_t)width : 1;
		i += octets != 0 ? octets : 1;
	}
	return columns;
}
