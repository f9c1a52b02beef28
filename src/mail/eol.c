/* Converts CRLF to LF, copying the runs between CRs; and counts octets with CRLF. */
#include "mail/eol.h"

#include <string.h>

void eol_feed(struct eol *eol, const char *data, size_t length, struct buffer *out)
{
	const char *const end = data + length;
	char *const room = buffer_room(out, length + 1);
	char *to = room;

	if (length == 0 || room == NULL)
		return;
	if (eol->after_cr && data[0] != '\n')
		*to++ = '\r';
	eol->after_cr = false;
	while (data < end) {
		const char *const cr = memchr(data, '\r', (size_t)(end - data));
		const size_t run = (size_t)((cr != NULL ? cr : end) - data);

		memcpy(to, data, run);
		to += run;
		if (cr == NULL)
			break;
		if (cr + 1 == end)
			eol->after_cr = true;
		else if (cr[1] != '\n')
			*to++ = '\r';
		data = cr + 1;
	}
	buffer_grew(out, (size_t)(to - room));
}

void eol_end(struct eol *eol, struct buffer *out)
{
	if (eol->after_cr)
		buffer_append_octet(out, '\r');
	eol->after_cr = false;
}

void octet_count_feed(struct octet_count *count, const char *in, size_t length)
{
	const char *const end = in + length;

	for (const char *at = in; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
		if ((at > in ? at[-1] : count->last) != '\r')
			count->octets++;
	count->octets += length;
	if (length > 0)
		count->last = end[-1];
}

uint64_t octet_count_end(const struct octet_count *count)
{
	return count->octets + (count->octets > 0 && count->last != '\n' ? 2 : 0);
}
