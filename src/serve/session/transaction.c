/*
 * The TRANSACTION state: STAT, LIST, UIDL, DELE, RSET, NOOP, and QUIT, whose update runs in a
 * thread.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "serve/session/request.h"

bool command_find_message(struct client *client, const char *number, size_t *index)
{
	uint64_t value;

	if (!number_parse(number, strlen(number), UINT64_MAX, &value)) {
		client_reply(client, "-ERR not a message number");
		return false;
	}
	if (value == 0 || value > client->drop->count ||
	    maildrop_is_marked(client->drop, (size_t)value - 1)) {
		client_reply(client, "-ERR no such message");
		return false;
	}
	*index = (size_t)value - 1;
	return true;
}

void command_stat(struct client *client, const struct request *request)
{
	(void)request;
	client_reply(client, "+OK %zu %" PRIu64, client->drop->unmarked, client->drop->octets);
}

static enum client_turn list_turn(struct client *client)
{
	const struct maildrop *const drop = client->drop;

	for (size_t i = 0; client->next < drop->count; i++, client->next++) {
		if (i == CLIENT_TURN_MESSAGES || client_room(client) < CLIENT_TURN_ROOM)
			return TURN_MORE;
		if (!maildrop_is_marked(drop, client->next))
			client->put_line(client, client->next, "");
	}
	client_reply(client, ".");
	return TURN_DONE;
}

static void start_listing(struct client *client,
			  void (*put_line)(struct client *, size_t index, const char *before))
{
	client->next = 0;
	client->put_line = put_line;
	client->turn = list_turn;
	client_enter(client, CLIENT_SENDING);
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

void command_list(struct client *client, const struct request *request)
{
	size_t index;

	if (request->count == 1) {
		if (command_find_message(client, request->arguments[0], &index))
			put_octets(client, index, "+OK ");
		return;
	}
	client_reply(client, "+OK %zu messages (%" PRIu64 " octets)", client->drop->unmarked,
		     client->drop->octets);
	start_listing(client, put_octets);
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
	start_listing(client, put_uid);
}

void command_dele(struct client *client, const struct request *request)
{
	size_t index;

	if (!command_find_message(client, request->arguments[0], &index))
		return;
	maildrop_mark(client->drop, index);
	client_reply(client, "+OK marked");
}

void command_rset(struct client *client, const struct request *request)
{
	(void)request;
	maildrop_unmark_all(client->drop);
	client_reply(client, "+OK");
}

void command_noop(struct client *client, const struct request *request)
{
	(void)request;
	client_reply(client, "+OK");
}

struct update {
	struct job job; /* first, so that a struct job * can be cast back */
	struct client *client;
	struct maildrop *drop;
	size_t removed;
	bool failed;
	struct pop3_error err;
};

static bool run_update(struct job *job)
{
	struct update *const update = (struct update *)job;

	update->failed = maildrop_update(update->drop, &update->removed, &update->err) < 0;
	/* Unlock the maildrop before the answer, so that the next login does not find it in use. */
	maildrop_close(update->drop);
	return false;
}

static void update_done(struct job *job)
{
	struct update *const update = (struct update *)job;
	struct client *const client = update->client;
	char retrieved[24], removed[24];

	client->server->service.counters.removed += update->removed;
	snprintf(retrieved, sizeof retrieved, "%u", client->retrieved);
	snprintf(removed, sizeof removed, "%zu", update->removed);
	log_event(&client->server->log, "quit",
		  LOG_FIELDS({ "from", client->address }, { "user", client->online.name },
			     { "retrieved", retrieved }, { "removed", removed }));
	if (update->failed)
		client_log(client, "error", "reason", update->err.text);
	if (client->stream == NULL)
		client_enter(client, CLIENT_BROKEN);
	else if (update->failed)
		client_reply(client, "-ERR [SYS/TEMP] not all marked messages are removed");
	else
		client_reply(client, "+OK goodbye");
	client_enter(client, CLIENT_CLOSING);
	free(update);
	client_advance(client);
}

void command_quit(struct client *client, const struct request *request)
{
	struct update *update;

	(void)request;
	if (client->phase == CLIENT_AUTHORIZATION) {
		client_reply(client, "+OK goodbye");
		client_enter(client, CLIENT_CLOSING);
		return;
	}
	update = calloc(1, sizeof *update);
	if (update == NULL) {
		client_reply(client, "-ERR [SYS/TEMP] no memory");
		return;
	}
	update->job = (struct job){
		.lane = LANE_UPDATE, .share = &client->peer->shares[LANE_UPDATE],
		.work = run_update, .done = update_done,
	};
	update->client = client;
	update->drop = client->drop;
	client->drop = NULL;
	service_log_out(&client->server->service, &client->online);
	client_enter(client, CLIENT_UPDATE);
	workers_submit(client->server->workers, &update->job); /* update_done frees update */
	/* cppcheck-suppress memleak */
}
