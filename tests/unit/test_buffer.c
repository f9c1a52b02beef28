/* Buffers: contents, limits, and failures that persist. */
#include "base/buffer.h"

#include "check.h"

static void check_growth(void)
{
	struct buffer buffer = { 0 };

	check_text("a zeroed buffer is empty text", buffer_text(&buffer), "");
	buffer_append(&buffer, NULL, 0);
	check_text("appending nothing", buffer_text(&buffer), "");
	buffer_append(&buffer, "a\0b", 3);
	check_octets("octets with a NUL", buffer.data, buffer.length, "a\0b", 3);
	check_number("a NUL after them", buffer.data[3], '\0');
	buffer_append_text(&buffer, "cd");
	buffer_append_octet(&buffer, 'e');
	buffer_append_octet(&buffer, '\0');
	check_octets("text and single octets", buffer.data, buffer.length, "a\0bcde\0", 7);
	buffer_append_format(&buffer, "%d%s", 7, "x");
	check_octets("a format", buffer.data, buffer.length, "a\0bcde\0" "7x", 9);
	buffer_append_format(&buffer, "%s", "");
	buffer_append_format(&buffer, "%c", '\0');
	check_octets("an empty format and a NUL", buffer.data, buffer.length,
		     "a\0bcde\0" "7x\0", 10);
	buffer_clear(&buffer);
	check_text("cleared", buffer_text(&buffer), "");
	check_number("cleared buffers keep their memory", buffer.capacity > 0, true);
	buffer_release(&buffer);
	check_number("released buffers do not keep their memory",
		     buffer.data == NULL && buffer.capacity == 0, true);
	buffer_append_text(&buffer, "again");
	check_text("released buffers can be used again", buffer_text(&buffer), "again");
	buffer_release(&buffer);
}

static void check_many_octets(void)
{
	struct buffer buffer = { 0 };
	bool right = true;

	for (int i = 0; i < 100000; i++)
		buffer_append_octet(&buffer, (char)(i % 251));
	for (size_t i = 0; i < buffer.length; i++)
		right = right && (unsigned char)buffer.data[i] == i % 251;
	check_number("a hundred thousand octets", (int64_t)buffer.length, 100000);
	check_number("a hundred thousand octets are unchanged", right, true);
	buffer_append_format(&buffer, "%0*d", 100000, 7);
	check_number("a format longer than the buffer", (int64_t)buffer.length, 200000);
	buffer_release(&buffer);
}

static void check_room(void)
{
	struct buffer buffer = { 0 };
	char *room = buffer_room(&buffer, 1000);

	check_number("reserving space keeps the NUL after the text", buffer_text(&buffer)[0], '\0');
	check_number("reserving space does not change the length", (int64_t)buffer.length, 0);
	memset(room, 'x', 1000);
	buffer_grew(&buffer, 3);
	check_text("only the reported part counts", buffer_text(&buffer), "xxx");
	check_number("reserving no space", buffer_room(&buffer, 0) == buffer.data + 3, true);
	buffer_release(&buffer);
}

static void check_drop(void)
{
	struct buffer buffer = { 0 };

	buffer_drop(&buffer, 0);
	check_text("drop 0 octets of an empty buffer", buffer_text(&buffer), "");
	buffer_append_text(&buffer, "abcdef");
	buffer_drop(&buffer, 0);
	check_text("drop 0 octets", buffer_text(&buffer), "abcdef");
	buffer_drop(&buffer, 2);
	check_text("drop from the front", buffer_text(&buffer), "cdef");
	buffer_drop(&buffer, 4);
	check_text("drop everything", buffer_text(&buffer), "");
	buffer_release(&buffer);
}

static void check_limit(void)
{
	struct buffer buffer = { .limit = 5 };
	struct pop3_error err = { .code = POP3_E_NONE };

	buffer_append_text(&buffer, "12345");
	check_number("up to the limit", buffer_check(&buffer, POP3_E_PROTOCOL, &err), 0);
	check_number("up to the limit, the error is unchanged", err.code, POP3_E_NONE);
	buffer_append_octet(&buffer, '6');
	check_number("over the limit", buffer_check(&buffer, POP3_E_PROTOCOL, &err), -1);
	check_number("over the limit, the error has the caller's code", err.code, POP3_E_PROTOCOL);
	check_text("over the limit, the error has a text", err.text, "longer than 5 octets");
	check_text("nothing is appended partially", buffer_text(&buffer), "12345");
	buffer_drop(&buffer, 5);
	buffer_append_text(&buffer, "a");
	check_text("after a failure, nothing is appended", buffer_text(&buffer), "");
	check_number("after a failure, no space can be reserved",
		     buffer_room(&buffer, 1) == NULL, true);
	buffer_clear(&buffer);
	buffer_append_text(&buffer, "a");
	check_text("a cleared buffer can be appended to", buffer_text(&buffer), "a");
	buffer_append_format(&buffer, "%s", "2345");
	check_number("a format up to the limit", buffer_check(&buffer, POP3_E_PROTOCOL, &err), 0);
	buffer_append_format(&buffer, "%d", 6);
	check_number("a format over the limit", buffer_check(&buffer, POP3_E_PROTOCOL, &err), -1);
	check_text("a format over the limit leaves the content unchanged",
		   buffer_text(&buffer), "a2345");
	buffer_release(&buffer);
}

static void check_huge(void)
{
	struct buffer buffer = { 0 };
	struct pop3_error err;

	check_number("more than any buffer can hold", buffer_room(&buffer, SIZE_MAX) == NULL, true);
	check_number("more than any buffer can hold is over the limit",
		     buffer_check(&buffer, POP3_E_USAGE, &err), -1);
	buffer_release(&buffer);
	buffer_append_text(&buffer, "x");
	check_number("a sum that would wrap", buffer_room(&buffer, SIZE_MAX - 1) == NULL, true);
	buffer_release(&buffer);
}

static void check_wipe(void)
{
	struct buffer buffer = { 0 };

	buffer_wipe(&buffer);
	buffer_append_text(&buffer, "secret");
	buffer_wipe(&buffer);
	check_number("wiped octets are zeros", memcmp(buffer.data, "\0\0\0\0\0\0", 6), 0);
	check_number("a wiped buffer is empty", (int64_t)buffer.length, 0);
	buffer_release(&buffer);
}

int main(void)
{
	check_growth();
	check_many_octets();
	check_room();
	check_drop();
	check_limit();
	check_huge();
	check_wipe();
	return check_end();
}
