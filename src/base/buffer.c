/* Growing buffers with a size limit; the first failure is kept until buffer_check reports it. */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

void buffer_release(struct buffer *buffer)
{
	free(buffer->data);
	buffer->data = NULL;
	buffer->capacity = 0;
	buffer_clear(buffer);
}

void buffer_clear(struct buffer *buffer)
{
	buffer->length = 0;
	buffer->over_limit = false;
	buffer->no_memory = false;
	if (buffer->data != NULL)
		buffer->data[0] = '\0';
}

void buffer_wipe(struct buffer *buffer)
{
	if (buffer->data != NULL)
		explicit_bzero(buffer->data, buffer->capacity);
	buffer_clear(buffer);
}

/* realloc could leave a copy of a secret in freed memory, so the old block is wiped by hand. */
static bool grow(struct buffer *buffer, size_t needed)
{
	size_t capacity = buffer->capacity != 0 ? buffer->capacity : FIRST_CAPACITY;
	char *data;

	while (capacity < needed)
		capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
	data = malloc(capacity);
	if (data == NULL)
		return false;
	data[0] = '\0';
	if (buffer->data != NULL) {
		memcpy(data, buffer->data, buffer->length + 1);
		explicit_bzero(buffer->data, buffer->capacity);
		free(buffer->data);
	}
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

char *buffer_room(struct buffer *buffer, size_t length)
{
	const size_t limit = buffer->limit != 0 ? buffer->limit : SIZE_MAX / 2;

	if (buffer->over_limit || buffer->no_memory)
		return NULL;
	if (length > limit || buffer->length > limit - length) {
		buffer->over_limit = true;
		return NULL;
	}
	if (buffer->length + length + 1 > buffer->capacity &&
	    !grow(buffer, buffer->length + length + 1)) {
		buffer->no_memory = true;
		return NULL;
	}
	return buffer->data + buffer->length;
}

void buffer_grew(struct buffer *buffer, size_t length)
{
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

void buffer_append(struct buffer *buffer, const void *data, size_t length)
{
	char *const room = buffer_room(buffer, length);

	if (room == NULL)
		return;
	if (length > 0)
		memcpy(room, data, length);
	buffer_grew(buffer, length);
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
	buffer_append(buffer, text, strlen(text));
}

void buffer_append_octet(struct buffer *buffer, char octet)
{
	buffer_append(buffer, &octet, 1);
}

void buffer_append_format(struct buffer *buffer, const char *format, ...)
{
	char *const end = buffer->data != NULL ? buffer->data + buffer->length : NULL;
	const size_t left = end != NULL ? buffer->capacity - buffer->length : 0;
	va_list args;
	char *room;
	int length;

	va_start(args, format);
	length = vsnprintf(end, left, format, args);
	va_end(args);
	room = length < 0 ? NULL : buffer_room(buffer, (size_t)length);
	if (room == NULL) {
		if (end != NULL)
			*end = '\0';
		return;
	}
	if ((size_t)length >= left) { /* it did not fit before the buffer grew */
		va_start(args, format);
		vsnprintf(room, (size_t)length + 1, format, args);
		va_end(args);
	}
	buffer_grew(buffer, (size_t)length);
}

void buffer_drop(struct buffer *buffer, size_t length)
{
	if (length == 0)
		return;
	buffer->length -= length;
	memmove(buffer->data, buffer->data + length, buffer->length + 1);
}

int buffer_check(const struct buffer *buffer, enum pop3_code over_limit, struct pop3_error *err)
{
	if (buffer->no_memory)
		return pop3_fail(err, POP3_E_MEMORY, "out of memory");
	if (buffer->over_limit)
		return pop3_fail(err, over_limit, "longer than %zu octets", buffer->limit);
	return 0;
}

const char *buffer_text(const struct buffer *buffer)
{
	return buffer->data != NULL ? buffer->data : "";
}
