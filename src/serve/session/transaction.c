/* The TRANSACTION state: what is there, and the marks of DELE. */
#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "serve/session/pop3-command.h"

static bool is_listed(const struct maildrop *drop, size_t index)
{
	return !drop->messages[index].deleted;
}

static void count_messages(const struct maildrop *drop, size_t *messages, uint64_t *octets)
{
	*messages = 0;
	*octets = 0;
	for (size_t i = 0; i < drop->count; i++) {
		if (!is_listed(drop, i))
			continue;
		(*messages)++;
		*octets += drop->messages[i].octets;
	}
}

bool command_find_message(struct client *client, const char *number, size_t *index)
{
	uint64_t value;

	if (!number_parse(number, strlen(number), UINT64_MAX, &value)) {
		client_reply(client, "-ERR not a message number");
		return false;
	}
	if (value == 0 || value > client->drop->count || !is_listed(client->drop, value - 1)) {
		client_reply(client, "-ERR no such message");
		return false;
	}
	*index = (size_t)value - 1;
	return true;
}

void command_stat(struct client *client, const struct request *request)
{
	size_t messages;
	uint64_t octets;

	(void)request;
	count_messages(client->drop, &messages, &octets);
	client_reply(client, "+OK %zu %" PRIu64, messages, octets);
}

static enum client_turn list_turn(struct client *client,
				  void (*put)(struct client *client, size_t index,
					      const char *before))
{
	const struct maildrop *const drop = client->drop;

	for (; client->next < drop->count; client->next++) {
		if (client_room(client) < CLIENT_TURN_ROOM)
			return TURN_MORE;
		if (is_listed(drop, client->next))
			put(client, client->next, "");
	}
	client_reply(client, ".");
	return TURN_DONE;
}

static void put_octets(struct client *client, size_t index, const char *before)
{
	client_reply(client, "%s%zu %" PRIu64, before, index + 1,
		     client->drop->messages[index].octets);
}

static void put_uid(struct client *client, size_t index, const char *before)
{
	char uid[MAILDROP_UID_MAX + 1];

	maildrop_uid(client->drop, index, uid);
	client_reply(client, "%s%zu %s", before, index + 1, uid);
}

static enum client_turn list_octets(struct client *client)
{
	return list_turn(client, put_octets);
}

static enum client_turn list_uids(struct client *client)
{
	return list_turn(client, put_uid);
}

void command_list(struct client *client, const struct request *request)
{
	size_t index, messages;
	uint64_t octets;

	if (request->count == 1) {
		if (command_find_message(client, request->arguments[0], &index))
			put_octets(client, index, "+OK ");
		return;
	}
	count_messages(client->drop, &messages, &octets);
	client_reply(client, "+OK %zu messages (%" PRIu64 " octets)", messages, octets);
	client->next = 0;
	client->turn = list_octets;
}

void command_uidl(struct client *client, const struct request *request)
{
	size_t index;

	if (request->count == 1) {
		if (command_find_message(client, request->arguments[0], &index))
			put_uid(client, index, "+OK ");
		return;
	}
	client_reply(client, "+OK");
	client->next = 0;
	client->turn = list_uids;
}

void command_dele(struct client *client, const struct request *request)
{
	size_t index;

	if (!command_find_message(client, request->arguments[0], &index))
		return;
	client->drop->messages[index].deleted = true;
	client_reply(client, "+OK marked");
}

void command_rset(struct client *client, const struct request *request)
{
	(void)request;
	for (size_t i = 0; i < client->drop->count; i++)
		client->drop->messages[i].deleted = false;
	client_reply(client, "+OK");
}

void command_noop(struct client *client, const struct request *request)
{
	(void)request;
	client_reply(client, "+OK");
}
