/* Converts CRLF to LF, copying the runs between CRs; and counts octets with CRLF. */
#include "mail/eol.h"

#include <string.h>

/* Copies up to the next CR. The CR is dropped before LF, or held back at the end of the chunk. */
static const char *copy_run(struct eol *eol, const char *data, const char *end, char **to)
{
	const char *const cr = memchr(data, '\r', (size_t)(end - data));
	const char *const stop = cr != NULL ? cr : end;
	const size_t length = (size_t)(stop - data);

	memcpy(*to, data, length);
	*to += length;
	if (cr == NULL)
		return end;
	if (cr + 1 == end)
		eol->after_cr = true;
	else if (cr[1] != '\n')
		*(*to)++ = '\r';
	return cr + 1;
}

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
	while (data < end)
		data = copy_run(eol, data, end, &to);
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
