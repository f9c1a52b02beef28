/* Character sets in mail: resolving their labels, and converting to UTF-8. */
#include "mail/charset.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define CONVERT_CHUNK 1024

/*
 * Labels in lower case, reduced to letters and digits, and the character sets that they mean in
 * practice.
 */
static const struct {
	const char *label, *name;
} aliases[] = {
	{ "utf8", "UTF-8" },		{ "unicode11utf8", "UTF-8" },
	{ "unicode11utf7", "UTF-7" },	{ "unicode20utf7", "UTF-7" },

	{ "88591", "CP1252" },		{ "ansi", "CP1252" },
	{ "ansix341968", "CP1252" },	{ "ascii", "CP1252" },
	{ "iso646us", "CP1252" },	{ "iso88591", "CP1252" },
	{ "iso885911987", "CP1252" },	{ "isolatin1", "CP1252" },
	{ "latin1", "CP1252" },		{ "usascii", "CP1252" },

	{ "iso885911", "CP874" },	{ "iso88596e", "ISO-8859-6" },
	{ "iso88596i", "ISO-8859-6" },	{ "iso88598e", "ISO-8859-8" },
	{ "iso88598i", "ISO-8859-8" },	{ "iso88599", "CP1254" },
	{ "koi8", "KOI8-R" },		{ "latin5", "CP1254" },
	{ "macroman", "MACINTOSH" },	{ "tis620", "CP874" },

	{ "big5", "BIG5-HKSCS" },	{ "cnbig5", "BIG5-HKSCS" },
	{ "cp950", "BIG5-HKSCS" },	{ "cngb", "GB18030" },
	{ "cp936", "GB18030" },		{ "euccn", "GB18030" },
	{ "gb2312", "GB18030" },	{ "gb231280", "GB18030" },
	{ "gbk", "GB18030" },

	{ "euckr", "CP949" },		{ "korean", "CP949" },
	{ "ksc5601", "CP949" },		{ "ksc56011987", "CP949" },
	{ "ksc56011989", "CP949" },	{ "uhc", "CP949" },

	{ "cp31j", "CP932" },		{ "mskanji", "CP932" },
	{ "shiftjis", "CP932" },	{ "sjis", "CP932" },
	{ "cp51932", "EUC-JP-MS" },	{ "euc", "EUC-JP-MS" },
	{ "eucjp", "EUC-JP-MS" },	{ "ujis", "EUC-JP-MS" },
	{ "cp50220", "ISO-2022-JP" },	{ "cp50221", "ISO-2022-JP" },
	{ "cp50222", "ISO-2022-JP" },	{ "iso2022jp", "ISO-2022-JP" },
	{ "iso2022jpms", "ISO-2022-JP" },
};

/* --- names --- */

/* Rewrites all spellings of code pages, such as "windows1251" and "ms932", to begin with "cp". */
static void unify_code_page(char *reduced)
{
	static const char *const prefixes[] = { "windows", "win", "ibm", "ms" };

	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
		const size_t length = strlen(prefixes[i]);

		if (strncmp(reduced, prefixes[i], length) == 0 &&
		    isdigit((unsigned char)reduced[length])) {
			memmove(reduced + 2, reduced + length, strlen(reduced + length) + 1);
			memcpy(reduced, "cp", 2);
			return;
		}
	}
}

bool charset_resolve(char name[CHARSET_LIMIT], const char *label, size_t length)
{
	char reduced[CHARSET_LIMIT] = "";
	size_t reduced_length = 0;
	const char *from;

	if (length > 1 && label[0] == '"' && label[length - 1] == '"') {
		label++;
		length -= 2;
	}
	while (text_starts_nocase(label, length, "x-")) {
		label += 2;
		length -= 2;
	}
	if (length == 0 || length >= CHARSET_LIMIT)
		return false;
	memcpy(name, label, length);
	name[length] = '\0';
	/* IANA's aliases begin with "cs". */
	from = text_starts_nocase(name, length, "cs") ? name + 2 : name;
	for (; *from != '\0'; from++)
		if (isalnum((unsigned char)*from))
			reduced[reduced_length++] = (char)tolower((unsigned char)*from);
	unify_code_page(reduced);
	for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
		if (strcmp(reduced, aliases[i].label) == 0) {
			memcpy(name, aliases[i].name, strlen(aliases[i].name) + 1);
			return true;
		}
	for (char *c = name; *c != '\0'; c++)
		*c = *c == '_' ? '-' : (char)toupper((unsigned char)*c);
	if (strncmp(reduced, "cp", 2) == 0)
		memcpy(name, reduced, strlen(reduced) + 1);
	else if (strncmp(reduced, "iso8859", 7) == 0)
		snprintf(name, CHARSET_LIMIT, "ISO-8859-%.2s", reduced + 7);
	return true;
}

/* --- octets --- */

/*
 * Octets that are not a character are skipped, one unit at a time, and each becomes U+FFFD; with
 * unit 0 they end the conversion.
 */
static bool convert(struct buffer *out, const char *name, size_t unit, const char *octets,
		    size_t left)
{
	iconv_t converter = iconv_open("UTF-8", name);
	char *next = (char *)octets;
	bool flushing = false, converted;

	if (converter == (iconv_t)-1)
		return false;
	for (;;) {
		char chunk[CONVERT_CHUNK], *put = chunk;
		size_t room = sizeof chunk;
		const size_t result = iconv(converter, flushing ? NULL : &next,
					    flushing ? NULL : &left, &put, &room);
		const int failure = result == (size_t)-1 ? errno : 0;

		buffer_append(out, chunk, sizeof chunk - room);
		if (failure == E2BIG && put != chunk)
			continue;
		converted = failure == 0;
		if (flushing || (!converted && unit == 0))
			break;
		if (!converted) {
			const size_t skipped = failure == EINVAL || left < unit ? left : unit;

			buffer_append_text(out, TEXT_REPLACEMENT);
			next += skipped;
			left -= skipped;
		}
		flushing = left == 0;
	}
	iconv_close(converter);
	return converted;
}

enum jis { JIS_ASCII, JIS_KANA, JIS_KANJI, JIS_MORE_KANJI };

static size_t escape_length(const char *text, size_t length, enum jis *set)
{
	static const struct {
		const char *escape;
		enum jis set;
	} escapes[] = {
		{ "\x1b(B", JIS_ASCII },  { "\x1b(J", JIS_ASCII },  { "\x0f", JIS_ASCII },
		{ "\x1b(I", JIS_KANA },	 { "\x0e", JIS_KANA },	    { "\x1b$@", JIS_KANJI },
		{ "\x1b$B", JIS_KANJI },	 { "\x1b$(D", JIS_MORE_KANJI },
	};

	for (size_t i = 0; i < sizeof escapes / sizeof escapes[0]; i++) {
		const size_t octets = strlen(escapes[i].escape);

		if (octets <= length && memcmp(text, escapes[i].escape, octets) == 0) {
			*set = escapes[i].set;
			return octets;
		}
	}
	return 0;
}

static bool is_graphic(char octet)
{
	return octet > ' ' && octet < 0x7f;
}

/* Converts ISO-2022-JP to EUC-JP, whose converter supports the vendors' extra characters. */
static void append_euc(struct buffer *euc, const char *text, size_t length)
{
	enum jis set = JIS_ASCII;

	for (size_t i = 0, octets; i < length; i += octets) {
		octets = escape_length(text + i, length - i, &set);
		if (octets > 0)
			continue;
		octets = 1;
		if (set == JIS_ASCII || !is_graphic(text[i])) {
			buffer_append_octet(euc, text[i]);
			continue;
		}
		if (set == JIS_KANA)
			buffer_append_octet(euc, '\x8e');
		if (set == JIS_MORE_KANJI)
			buffer_append_octet(euc, '\x8f');
		buffer_append_octet(euc, (char)(text[i] | 0x80));
		if (set != JIS_KANA && length - i > 1 && is_graphic(text[i + 1])) {
			buffer_append_octet(euc, (char)(text[i + 1] | 0x80));
			octets = 2;
		}
	}
}

static bool decode_jis(struct buffer *out, const char *octets, size_t length)
{
	struct buffer converted = { 0 };
	bool known = true;

	/* The converter copies escape sequences that it does not support as text. */
	if (convert(&converted, "ISO-2022-JP", 0, octets, length) &&
	    memchr(buffer_text(&converted), '\x1b', converted.length) == NULL) {
		buffer_append(out, buffer_text(&converted), converted.length);
	} else {
		buffer_clear(&converted);
		append_euc(&converted, octets, length);
		known = charset_decode(out, "EUC-JP-MS", buffer_text(&converted),
				       converted.length);
	}
	out->no_memory = out->no_memory || converted.no_memory;
	buffer_release(&converted);
	return known;
}

bool charset_decode(struct buffer *out, const char *name, const char *octets, size_t length)
{
	size_t unit = 1;

	if (strcmp(name, "UTF-8") == 0) {
		text_append_valid(out, octets, length);
		return true;
	}
	if (strcmp(name, "ISO-2022-JP") == 0)
		return decode_jis(out, octets, length);
	if (strncmp(name, "UTF-16", 6) == 0 || strncmp(name, "UCS-2", 5) == 0)
		unit = 2;
	else if (strncmp(name, "UTF-32", 6) == 0 || strncmp(name, "UCS-4", 5) == 0)
		unit = 4;
	if (convert(out, name, unit, octets, length))
		return true;
	return strcmp(name, "EUC-JP-MS") == 0 && convert(out, "EUC-JP", 1, octets, length);
}
