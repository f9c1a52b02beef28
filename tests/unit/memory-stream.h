/* A stream that reads from memory, in chunks of the size that the test chooses. */
#ifndef UNIT_MEMORY_STREAM_H
#define UNIT_MEMORY_STREAM_H

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "net/stream.h"

struct memory {
	struct stream stream;
	const char *input;
	size_t length, step;
	struct buffer *written;
};

static ssize_t read_memory(struct stream *stream, void *data, size_t length,
			   struct pop3_error *err)
{
	struct memory *const memory = (struct memory *)stream;

	(void)err;
	if (length > memory->step)
		length = memory->step;
	if (length > memory->length)
		length = memory->length;
	if (length > 0)
		memcpy(data, memory->input, length);
	memory->input += length;
	memory->length -= length;
	return (ssize_t)length;
}

static ssize_t write_memory(struct stream *stream, const void *data, size_t length,
			    struct pop3_error *err)
{
	(void)err;
	buffer_append(((struct memory *)stream)->written, data, length);
	return (ssize_t)length;
}

static void close_memory(struct stream *stream)
{
	free(stream);
}

static const struct stream_kind memory_kind = {
	.name = "memory", .read = read_memory, .write = write_memory, .close = close_memory,
};

/* Reads input (borrowed), up to step octets at a time; collects what is written. */
static inline struct stream *memory_stream(const char *input, size_t length, size_t step,
			     struct buffer *written)
{
	struct memory *const memory = malloc(sizeof *memory);

	if (memory == NULL)
		return NULL;
	*memory = (struct memory){
		.stream = { .kind = &memory_kind, .fd = -1 },
		.input = input, .length = length, .step = step, .written = written,
	};
	return &memory->stream;
}

#endif
