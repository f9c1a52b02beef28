/* The file with the managers' settings: lines of "name number" and "command-off NAME". */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "serve/service.h"

#define STATE_OCTETS_MAX 4096
#define COMMAND_OFF "command-off "

static const struct {
	const char *name;
	size_t offset; /* of a uint64_t in struct service */
	uint64_t least, most;
} numbers[] = {
	{ "max-connections", offsetof(struct service, max_connections), 1,
	  SERVICE_CONNECTIONS_LIMIT },
	{ "max-users", offsetof(struct service, max_users), 1, SERVICE_USERS_LIMIT },
	{ "timeout", offsetof(struct service, timeout), 0, SERVICE_TIMEOUT_LIMIT },
	{ "max-message-octets", offsetof(struct service, max_message), 0, UINT64_MAX },
};

#define NUMBERS (sizeof numbers / sizeof numbers[0])

static uint64_t *number_of(struct service *service, size_t i)
{
	return (uint64_t *)(void *)((char *)service + numbers[i].offset);
}

/* False if the setting is unknown or its value is out of range. */
static bool take_line(struct service *service, const char *line)
{
	const size_t prefix = strlen(COMMAND_OFF);

	for (size_t i = 0; i < NUMBERS; i++) {
		const size_t length = strlen(numbers[i].name);
		uint64_t value;

		if (strncmp(line, numbers[i].name, length) != 0 || line[length] != ' ')
			continue;
		line += length + 1;
		if (!number_parse(line, strlen(line), numbers[i].most, &value) ||
		    value < numbers[i].least)
			return false;
		*number_of(service, i) = value;
		return true;
	}
	if (strncmp(line, COMMAND_OFF, prefix) != 0)
		return false;
	for (size_t i = 0; service_commands[i] != NULL; i++) {
		if (strcmp(line + prefix, service_commands[i]) != 0)
			continue;
		service->commands_off |= (uint64_t)1 << i;
		return true;
	}
	return false;
}

int service_read_state(struct service *service, struct pop3_error *err)
{
	struct buffer text = { .limit = STATE_OCTETS_MAX };
	char *line, *end;
	int result = 0;

	if (service->state == NULL)
		return 0;
	if (file_read_regular(AT_FDCWD, service->state, 0, &text) < 0 && errno != ENOENT)
		result = pop3_fail_errno(err, POP3_E_CONFIG, "cannot read '%s'", service->state);
	for (line = text.data; result == 0 && line != NULL && *line != '\0'; line = end) {
		end = strchr(line, '\n');
		if (end != NULL)
			*end++ = '\0';
		if (!take_line(service, line))
			result = pop3_fail(err, POP3_E_CONFIG, "'%s': unknown setting '%.40s'",
					   service->state, line);
	}
	buffer_release(&text);
	return result;
}

int service_write_state(const struct service *service, struct pop3_error *err)
{
	struct buffer text = { 0 };
	int result;

	if (service->state == NULL)
		return 0;
	for (size_t i = 0; i < NUMBERS; i++)
		buffer_append_format(&text, "%s %" PRIu64 "\n", numbers[i].name,
				     *number_of((struct service *)service, i));
	for (size_t i = 0; service_commands[i] != NULL; i++)
		if ((service->commands_off & (uint64_t)1 << i) != 0)
			buffer_append_format(&text, COMMAND_OFF "%s\n", service_commands[i]);
	result = buffer_check(&text, POP3_E_MEMORY, err);
	if (result == 0 && file_replace(service->state, text.data, text.length) < 0)
		result = pop3_fail_errno(err, POP3_E_IO, "cannot write '%s'", service->state);
	buffer_release(&text);
	return result;
}
