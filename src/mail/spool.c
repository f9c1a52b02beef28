/* Writes a message to a file: converts line ends and collects octets into large writes. */
#include "mail/spool.h"

#include "base/file.h"
#include "mail/delivery-kind.h"

void spool_begin(struct spool *spool, int fd, const char *where, bool crlf,
		 struct octet_count *count)
{
	spool->fd = fd;
	spool->where = where;
	spool->crlf = crlf;
	spool->eol = (struct eol){ .after_cr = false };
	spool->written = 0;
	spool->count = count;
	if (count != NULL)
		*count = (struct octet_count){ .octets = 0 };
	buffer_clear(&spool->text);
}

static int write_out(struct spool *spool, struct pop3_error *err)
{
	if (buffer_check(&spool->text, POP3_E_MEMORY, err) < 0)
		return -1;
	if (file_write_all(spool->fd, buffer_text(&spool->text), spool->text.length) < 0)
		return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot write into '%s'",
				       spool->where);
	spool->written += spool->text.length;
	if (spool->count != NULL)
		octet_count_feed(spool->count, buffer_text(&spool->text), spool->text.length);
	buffer_clear(&spool->text);
	return 0;
}

int spool_write(struct delivery *delivery, struct delivery_item *item, const char *data,
		size_t length, struct pop3_error *err)
{
	struct spool *const spool = &delivery->spool;

	(void)item;
	if (spool->crlf)
		buffer_append(&spool->text, data, length);
	else
		eol_feed(&spool->eol, data, length, &spool->text);
	return spool->text.length >= WRITE_AT ? write_out(spool, err) : 0;
}

int spool_end(struct spool *spool, struct pop3_error *err)
{
	eol_end(&spool->eol, &spool->text);
	return write_out(spool, err);
}
