/* The table of destinations, and what their kinds have in common. */
#include "mail/delivery-kind.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct row {
	const char *scheme, *operand;
	const struct delivery_kind *kind;
} rows[] = {
#define ROW(kind, scheme, operand) { scheme, operand, &delivery_##kind },
	DELIVERY_KINDS(ROW)
#undef ROW
};

static const struct row stdout_mbox = { "mbox:-", "", &delivery_stdout_mbox };

static struct pop3_error out_of_memory = { .code = POP3_E_MEMORY, .text = "out of memory" };

/* The operand is "" after "mbox:-". */
static const struct row *find_row(const char *destination, const char **operand)
{
	*operand = "";
	if (strcmp(destination, stdout_mbox.scheme) == 0)
		return &stdout_mbox;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const size_t length = strlen(rows[i].scheme);

		if (strncmp(destination, rows[i].scheme, length) == 0) {
			*operand = destination + length;
			return &rows[i];
		}
	}
	return NULL;
}

const char *delivery_path(const char *destination)
{
	const char *operand;
	const struct row *const row = find_row(destination, &operand);
	const bool is_path = row != NULL && strcmp(row->operand, DELIVERY_COMMAND) != 0;

	return is_path && operand[0] != '\0' ? operand : NULL;
}

bool delivery_loses_messages(const char *destination)
{
	const char *operand;
	const struct row *const row = find_row(destination, &operand);

	return row != NULL && !row->kind->keeps_messages;
}

struct delivery *delivery_open(const char *destination, const struct delivery_settings *settings,
			       struct pop3_error *err)
{
	const char *path;
	const struct row *const row = find_row(destination, &path);
	const struct delivery_kind *kind;
	struct delivery *delivery;

	if (row == NULL || (path[0] == '\0' && row != &stdout_mbox)) {
		pop3_fail(err, POP3_E_USAGE,
			  "unknown destination '%s' (use " DELIVERY_FORMS ")", destination);
		return NULL;
	}
	kind = row->kind;
	delivery = calloc(1, kind->size);
	if (delivery == NULL) {
		pop3_fail(err, POP3_E_MEMORY, "out of memory");
		return NULL;
	}
	delivery->kind = kind;
	delivery->settings = *settings;
	delivery->settings.path = path;
	if (kind->open != NULL && kind->open(delivery, err) < 0) {
		delivery_close(delivery);
		return NULL;
	}
	return delivery;
}

void delivery_close(struct delivery *delivery)
{
	if (delivery == NULL)
		return;
	if (delivery->kind->close != NULL)
		delivery->kind->close(delivery);
	buffer_release(&delivery->spool.text);
	free(delivery);
}

void delivery_allow_path(const struct delivery *delivery, struct sandbox *sandbox)
{
	sandbox_allow(sandbox, delivery->settings.path);
}

int delivery_sync_files(struct delivery *delivery, struct delivery_item *items, size_t count,
			struct pop3_error *err)
{
	int result = 0;

	if (count > DELIVERY_SYNC_EACH) {
		result = syncfs(items[0].fd);
		/* Where a container forbids it: syncs all file systems, without error reports. */
		if (result < 0 && (errno == ENOSYS || errno == EPERM)) {
			sync();
			result = 0;
		}
	} else {
		for (size_t i = 0; result == 0 && i < count; i++)
			result = fsync(items[i].fd);
	}
	if (result == 0)
		return 0;
	return pop3_fail_errno(err, POP3_E_DESTINATION, "cannot sync '%s'",
			       delivery->settings.path);
}

void delivery_close_file(struct delivery_item *item)
{
	if (item->fd >= 0)
		close(item->fd);
	item->fd = -1;
}

int delivery_write(struct delivery *delivery, struct delivery_item *item, const char *data,
		   size_t length, struct pop3_error *err)
{
	item->octets += length;
	return delivery->kind->write(delivery, item, data, length, err);
}

void delivery_show_path(const struct delivery *delivery, const struct delivery_item *item,
			struct buffer *path)
{
	if (delivery->kind->show_path != NULL)
		delivery->kind->show_path(delivery, item, path);
	else
		buffer_append_text(path, delivery->settings.path);
}

static void forget_failure(struct delivery_item *item)
{
	if (item->failure != &out_of_memory)
		free(item->failure);
	item->failure = NULL;
}

void delivery_item_fail(struct delivery_item *item, const struct pop3_error *why)
{
	forget_failure(item);
	item->failure = malloc(sizeof *item->failure);
	if (item->failure != NULL)
		*item->failure = *why;
	else
		item->failure = &out_of_memory;
}

void delivery_item_clear(struct delivery_item *item)
{
	forget_failure(item);
	buffer_clear(&item->temporary);
	buffer_clear(&item->name);
	item->octets = item->written = 0;
	item->fd = -1;
}

void delivery_item_release(struct delivery_item *item)
{
	forget_failure(item);
	buffer_release(&item->temporary);
	buffer_release(&item->name);
}
