/* RETR and TOP: sends a message from its file, or through the transform command. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "serve/session/request.h"
#include "serve/session/transform.h"

#define CHUNK (CLIENT_OUTPUT_MAX / 2) /* dot-stuffing may double it */

void outgoing_release(struct outgoing *outgoing)
{
	if (outgoing->fd >= 0)
		close(outgoing->fd);
	transform_end(outgoing->transform);
	*outgoing = (struct outgoing){ .fd = -1 };
}

static void begin(struct client *client)
{
	const uint64_t octets = client->drop->messages[client->outgoing.index].octets;

	if (client->outgoing.stuffing.limited)
		client_reply(client, "+OK top of the message follows");
	else
		client_reply(client, "+OK %" PRIu64 " octets", octets);
	client->outgoing.begun = true;
}

static enum client_turn end(struct client *client)
{
	struct outgoing *const outgoing = &client->outgoing;
	char last[DOT_STUFFING_END_MAX];
	const size_t length = dot_stuffing_end(&outgoing->stuffing, last);

	client_put(client, last, length);
	if (!outgoing->stuffing.limited) {
		service_count_message(&client->server->service, client->online.name,
				      client->drop->messages[outgoing->index].octets);
		client->retrieved++;
	}
	outgoing_release(outgoing);
	return TURN_DONE;
}

/* Shared by all clients: used only within one call from the event loop. */
static char chunk[CHUNK], stuffed[CLIENT_OUTPUT_MAX];

static void send_chunk(struct client *client, size_t length)
{
	client_put(client, stuffed,
		   dot_stuffing_feed(&client->outgoing.stuffing, chunk, length, stuffed));
}

static size_t chunk_room(const struct client *client)
{
	const size_t room = client_room(client) / 2;

	return room < sizeof chunk ? room : sizeof chunk;
}

static enum client_turn file_turn(struct client *client)
{
	struct outgoing *const outgoing = &client->outgoing;
	const size_t room = chunk_room(client);

	if (outgoing->left > 0 && !outgoing->stuffing.done) {
		const size_t wanted = outgoing->left < room ? (size_t)outgoing->left : room;
		const ssize_t got = read(outgoing->fd, chunk, wanted);

		/* The file was truncated meanwhile: the message must not look complete. */
		if (got <= 0)
			return TURN_FAILED;
		send_chunk(client, (size_t)got);
		outgoing->left -= (uint64_t)got;
	}
	if (outgoing->left > 0 && !outgoing->stuffing.done)
		return TURN_MORE;
	return end(client);
}

static enum client_turn transform_turn(struct client *client)
{
	struct outgoing *const outgoing = &client->outgoing;
	const ssize_t got = transform_read(outgoing->transform, chunk, chunk_room(client));

	if (got == TRANSFORM_WAITS)
		return TURN_WAITS;
	if (got < 0) {
		client_log(client, "transform-failed", "user", client->online.name);
		if (outgoing->begun)
			return TURN_FAILED;
		client_reply(client, "-ERR [SYS/TEMP] the transformation failed");
		outgoing_release(outgoing);
		return TURN_DONE;
	}
	if (!outgoing->begun)
		begin(client);
	send_chunk(client, (size_t)got);
	if (got > 0 && !outgoing->stuffing.done)
		return TURN_MORE;
	return end(client);
}

static void program_ready(void *of)
{
	struct client *const client = of;

	client_enter(client, CLIENT_SENDING);
	client_advance(client);
}

static int start_transform(struct client *client, struct pop3_error *err)
{
	struct outgoing *const outgoing = &client->outgoing;
	const uint64_t limit = client->server->service.timeout;
	const struct timeval timeout = {
		.tv_sec = limit > 0 && limit < CLIENT_TRANSFORM_SECONDS ?
				  (time_t)limit : CLIENT_TRANSFORM_SECONDS,
	};
	char uid[MAILDROP_UID_MAX + 1];
	const struct transform_task task = {
		.command = client->server->settings->transform, .user = client->online.name,
		.uid = uid, .octets = client->drop->messages[outgoing->index].octets,
		.message = outgoing->fd, .base = client->server->base, .timeout = &timeout,
		.ready = program_ready, .of = client,
	};

	maildrop_uid(client->drop, outgoing->index, uid);
	outgoing->transform = transform_start(&task, err);
	return outgoing->transform != NULL ? 0 : -1;
}

static void open_message(struct client *client, size_t index, const struct dot_stuffing *stuffing)
{
	const struct server *const server = client->server;
	const uint64_t most = server->service.max_message;
	struct outgoing *const outgoing = &client->outgoing;
	struct pop3_error err;

	if (most > 0 && client->drop->messages[index].octets > most) {
		client_reply(client, "-ERR [SYS/PERM] messages of more than %" PRIu64
			     " octets are not sent", most);
		return;
	}
	outgoing->fd = maildrop_open_message(client->drop, index, &outgoing->left, &err);
	if (outgoing->fd < 0) {
		client_reply(client, "-ERR %s", err.code == POP3_E_NO_MESSAGE ?
			     err.text : "[SYS/TEMP] cannot open the message");
		return;
	}
	outgoing->index = index;
	outgoing->stuffing = *stuffing;
	if (!server->service.transforming || server->settings->transform == NULL) {
		begin(client);
		client->turn = file_turn;
	} else if (start_transform(client, &err) == 0) {
		client->turn = transform_turn;
	} else {
		client_log(client, "error", "reason", err.text);
		client_reply(client, "-ERR [SYS/TEMP] the transformation cannot be started");
		outgoing_release(outgoing);
		return;
	}
	client_enter(client, CLIENT_SENDING);
}

void command_retr(struct client *client, const struct request *request)
{
	size_t index;

	if (command_find_message(client, request->arguments[0], &index))
		open_message(client, index, &(struct dot_stuffing){ .limited = false });
}

void command_top(struct client *client, const struct request *request)
{
	const char *const number = request->arguments[1];
	struct dot_stuffing stuffing = { .limited = true };
	size_t index;

	if (!command_find_message(client, request->arguments[0], &index))
		return;
	if (!number_parse(number, strlen(number), UINT64_MAX, &stuffing.lines_left)) {
		client_reply(client, "-ERR not a number of lines");
		return;
	}
	open_message(client, index, &stuffing);
}
