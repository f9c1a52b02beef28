/* QUIT in the TRANSACTION state: the marked messages go, in a thread, before it is answered. */
#include <stdio.h>
#include <stdlib.h>

#include "serve/session/pop3-command.h"

struct leave {
	struct job job; /* first: what the threads know it by */
	struct client *client;
	struct maildrop *drop;
	size_t removed;
	bool failed;
	struct pop3_error err;
};

static void work(struct job *job)
{
	struct leave *const leave = (struct leave *)job;

	leave->failed = maildrop_update(leave->drop, &leave->removed, &leave->err) < 0;
	/* Before the answer, so that the next login finds the maildrop free. */
	maildrop_close(leave->drop);
}

static void log_leave(const struct client *client, const struct leave *leave)
{
	char retrieved[24], removed[24];

	snprintf(retrieved, sizeof retrieved, "%u", client->retrieved);
	snprintf(removed, sizeof removed, "%zu", leave->removed);
	log_event(&client->server->log, "quit",
		  LOG_FIELDS({ "from", client->address }, { "user", client->online.name },
			     { "retrieved", retrieved }, { "removed", removed }));
}

static void done(struct job *job)
{
	struct leave *const leave = (struct leave *)job;
	struct client *const client = leave->client;

	client->in_thread = client->waiting = false;
	client->server->service.counters.removed += leave->removed;
	log_leave(client, leave);
	if (leave->failed)
		client_log(client, "error", "reason", leave->err.text);
	if (client->stream == NULL)
		client->broken = true;
	else if (leave->failed)
		client_reply(client, "-ERR [SYS/TEMP] not all marked messages are removed");
	else
		client_reply(client, "+OK goodbye");
	client->leaving = true;
	free(leave);
	client_advance(client);
}

void leave_start(struct client *client)
{
	struct leave *const leave = calloc(1, sizeof *leave);

	if (leave == NULL) {
		client_reply(client, "-ERR [SYS/TEMP] no memory");
		return;
	}
	leave->job = (struct job){ .work = work, .done = done };
	leave->client = client;
	leave->drop = client->drop;
	client->drop = NULL;
	client->state = CLIENT_AUTHORIZATION;
	service_log_out(&client->server->service, &client->online);
	client->in_thread = client->waiting = true;
	workers_submit(client->server->workers, &leave->job);
}
