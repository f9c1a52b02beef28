/* CRLF to LF, looking for CR alone: most of the octets are copied by the line. */
#include "mail/eol.h"

#include <string.h>

void eol_feed(struct eol *eol, const char *data, size_t length, struct buffer *out)
{
	const char *const end = data + length;

	if (length == 0)
		return;
	if (eol->after_cr && data[0] != '\n')
		buffer_append_octet(out, '\r');
	eol->after_cr = false;
	while (data < end) {
		const char *const cr = memchr(data, '\r', (size_t)(end - data));

		if (cr == NULL) {
			buffer_append(out, data, (size_t)(end - data));
			return;
		}
		if (cr + 1 == end) {
			buffer_append(out, data, (size_t)(cr - data));
			eol->after_cr = true;
			return;
		}
		/* Without the CR before an LF, with one before anything else. */
		buffer_append(out, data, (size_t)(cr - data) + (cr[1] != '\n'));
		data = cr + 1;
	}
}

void eol_end(struct eol *eol, struct buffer *out)
{
	if (eol->after_cr)
		buffer_append_octet(out, '\r');
	eol->after_cr = false;
}
