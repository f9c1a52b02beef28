/* An account's section: prints it, and appends it to the configuration file. */
#include "cmd/setup/section.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

void section_begin(struct section *section, struct output *output, const char *name)
{
	*section = (struct section){ .output = output };
	buffer_append_format(&section->text, "[%s]\n", name);
	if (!output_is_json(output))
		return;
	output_begin(output);
	output_text(output, "account", name);
}

void section_put(struct section *section, const char *key, const char *value)
{
	buffer_append_format(&section->text, "%s = %s\n", key, value);
	if (output_is_json(section->output))
		output_text(section->output, key, value);
}

void section_comment(struct section *section, const char *what, const char *text)
{
	buffer_append_format(&section->text, "# %s%s\n", what, text);
}

void section_propose(struct section *section, const char *key, const char *value)
{
	buffer_append_format(&section->text, "# %s = %s\n", key, value);
}

int section_print(struct section *section, struct pop3_error *err)
{
	if (buffer_check(&section->text, POP3_E_MEMORY, err) < 0)
		return -1;
	if (output_is_json(section->output))
		return output_end(section->output, err);
	return output_raw(section->output, section->text.data, section->text.length, err);
}

/* Ends an unfinished last line, and leaves an empty line before the section. */
static const char *separator(int fd, off_t size)
{
	char last = '\n';

	if (size == 0)
		return "";
	return pread(fd, &last, 1, size - 1) == 1 && last != '\n' ? "\n\n" : "\n";
}

static int append(int fd, const struct buffer *text)
{
	struct buffer whole = { 0 };
	struct stat before;
	int result;

	if (fstat(fd, &before) < 0)
		return -1;
	buffer_append_text(&whole, separator(fd, before.st_size));
	buffer_append(&whole, text->data, text->length);
	result = whole.no_memory ? -1 : file_write_all(fd, whole.data, whole.length);
	if (result == 0)
		result = fsync(fd);
	if (result < 0) {
		const int reason = errno;

		/* An incomplete section would be a different account. */
		if (ftruncate(fd, before.st_size) == 0)
			fsync(fd);
		errno = reason;
	}
	buffer_release(&whole);
	return result;
}

int section_append(const struct section *section, const char *path, struct pop3_error *err)
{
	struct buffer folder = { 0 };
	int fd = -1, result;

	if (buffer_check(&section->text, POP3_E_MEMORY, err) < 0)
		return -1;
	file_folder_of(&folder, path);
	result = file_make_folders(buffer_text(&folder));
	buffer_release(&folder);
	if (result == 0)
		fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	result = fd >= 0 ? append(fd, &section->text) : -1;
	if (result < 0)
		pop3_fail_errno(err, POP3_E_DESTINATION, "cannot write '%s'", path);
	if (fd >= 0)
		close(fd);
	return result;
}

void section_release(struct section *section)
{
	buffer_release(&section->text);
}
