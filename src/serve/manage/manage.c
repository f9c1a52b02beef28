/* Connections of the management protocols that have lines: in, answered, out. */
#include "serve/manage/manage.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve/server.h"
#include "serve/line-reader.h"

struct manage_session {
	struct server *server;
	const struct manage_protocol *protocol;
	struct manage_dialogue dialogue;
	struct bufferevent *stream;
	struct event *timer;
	struct line_reader lines;
	struct buffer answer;
	struct password_change *change; /* what is waited for, unless it is a timer */
	char address[PEER_TEXT_MAX];
	bool waiting, leaving, lingering, input_ended;
	LIST_ENTRY(manage_session) entry;
};

int manage_words(char *line, size_t length, size_t word_max, char **words, size_t max)
{
	size_t count = 0;
	char *const end = line + length;

	for (char *word = line;; word++) {
		char *const space = memchr(word, ' ', (size_t)(end - word));
		char *const stop = space != NULL ? space : end;

		if (count == max || stop == word || (size_t)(stop - word) > word_max)
			return -1;
		for (const char *at = word; at < stop; at++)
			if ((unsigned char)*at < '!' || *at == 0x7f)
				return -1;
		words[count++] = word;
		*stop = '\0';
		if (space == NULL)
			return (int)count;
		word = space;
	}
}

static void manage_free(struct manage_session *session)
{
	struct server *const server = session->server;

	LIST_REMOVE(session, entry);
	service_forget_change(session->change);
	server->sessions_now--;
	if (session->protocol->takes_place)
		server->service.counters.connections_now--;
	if (session->stream != NULL)
		bufferevent_free(session->stream);
	if (session->timer != NULL)
		event_free(session->timer);
	buffer_wipe(&session->answer);
	buffer_release(&session->answer);
	free(session);
	server_maybe_stop(server);
}

static void set_timer(struct manage_session *session, long seconds)
{
	const struct timeval interval = { .tv_sec = seconds };

	event_add(session->timer, &interval);
}

static void linger(struct manage_session *session)
{
	if (session->input_ended) {
		manage_free(session);
		return;
	}
	session->lingering = true;
	(void)shutdown(bufferevent_getfd(session->stream), SHUT_WR);
	set_timer(session, MANAGE_LINGER_SECONDS);
}

/* Without memory: the answer to the next request must not stand in this one's place. */
static void put_answer(struct manage_session *session)
{
	struct evbuffer *const output = bufferevent_get_output(session->stream);
	const struct buffer *const answer = &session->answer;

	if (answer->no_memory || evbuffer_add(output, buffer_text(answer), answer->length) < 0)
		session->leaving = true;
	buffer_clear(&session->answer);
}

static void conclude(struct manage_session *session, enum manage_next next)
{
	session->leaving = next == MANAGE_ENDS || next == MANAGE_REFUSED_ENDS;
	session->waiting = next == MANAGE_REFUSED || next == MANAGE_REFUSED_ENDS;
	if (session->waiting) {
		log_event(&session->server->log, "secret-refused",
			  LOG_FIELDS({ "from", session->address },
				     { "protocol", session->protocol->name }));
		set_timer(session, MANAGE_REFUSED_SECONDS);
		return;
	}
	put_answer(session);
	set_timer(session, MANAGE_IDLE_SECONDS);
}

static void advance(struct manage_session *session);

static void password_set(void *of, bool set)
{
	struct manage_session *const session = of;

	session->change = NULL;
	conclude(session, session->protocol->hashed(set, &session->answer));
	advance(session);
}

static void answer_line(struct manage_session *session, char *line, size_t length)
{
	struct manage_dialogue *const dialogue = &session->dialogue;
	enum manage_next next = session->protocol->answer(dialogue, line, length,
							  &session->answer);

	if (next == MANAGE_HASHES) {
		session->change = service_set_password(dialogue->service, &dialogue->password,
						       password_set, session);
		session->waiting = session->change != NULL;
		if (session->waiting)
			return;
		next = session->protocol->hashed(false, &session->answer);
	}
	conclude(session, next);
}

/* Whether there may be another line behind this one. */
static bool take_line(struct manage_session *session)
{
	struct evbuffer *const input = bufferevent_get_input(session->stream);
	char line[MANAGE_LINE_MAX + 2];
	size_t length;

	switch (line_take(&session->lines, input, line, &length)) {
	case LINE_NONE:
		return false;
	case LINE_WHOLE:
		answer_line(session, line, length);
		explicit_bzero(line, length);
		return true;
	case LINE_TOO_LONG:
	case LINE_ENDLESS:
		buffer_append_text(&session->answer, session->protocol->too_long);
		put_answer(session);
		session->leaving = true;
		return false;
	}
	return false;
}

static size_t output_waiting(const struct manage_session *session)
{
	return evbuffer_get_length(bufferevent_get_output(session->stream));
}

static void advance(struct manage_session *session)
{
	while (!session->waiting && !session->leaving &&
	       output_waiting(session) < MANAGE_OUTPUT_MAX && take_line(session))
		continue;
	if (session->waiting || session->lingering || output_waiting(session) > 0)
		return;
	if (session->leaving)
		linger(session);
	else if (session->input_ended)
		manage_free(session);
}

static void may_read(struct bufferevent *stream, void *argument)
{
	struct manage_session *const session = argument;

	if (session->leaving)
		evbuffer_drain(bufferevent_get_input(stream), SIZE_MAX);
	else
		advance(session);
}

static void has_written(struct bufferevent *stream, void *argument)
{
	(void)stream;
	advance(argument);
}

static void has_changed(struct bufferevent *stream, short what, void *argument)
{
	struct manage_session *const session = argument;

	(void)stream;
	session->input_ended = true;
	if ((what & BEV_EVENT_EOF) == 0 || session->lingering)
		manage_free(session);
	else
		advance(session);
}

static void timer_fired(evutil_socket_t fd, short what, void *argument)
{
	struct manage_session *const session = argument;

	(void)fd;
	(void)what;
	if (!session->waiting || session->change != NULL) {
		manage_free(session);
		return;
	}
	session->waiting = false;
	set_timer(session, MANAGE_IDLE_SECONDS);
	put_answer(session);
	advance(session);
}

static bool attach(struct manage_session *session, int fd)
{
	struct event_base *const base = session->server->base;

	session->timer = evtimer_new(base, timer_fired, session);
	session->stream = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (session->timer == NULL || session->stream == NULL)
		return false;
	bufferevent_setcb(session->stream, may_read, has_written, has_changed, session);
	bufferevent_setwatermark(session->stream, EV_READ, 0, MANAGE_INPUT_MAX);
	set_timer(session, MANAGE_IDLE_SECONDS);
	return bufferevent_enable(session->stream, EV_READ | EV_WRITE) == 0;
}

static bool has_room(const struct server *server, const struct manage_protocol *protocol)
{
	const struct service *const service = &server->service;

	return server->sessions_now < MANAGE_SESSIONS_MAX &&
	       (!protocol->takes_place ||
		service->counters.connections_now < service->max_connections);
}

void manage_open(struct server *server, const struct manage_protocol *protocol, int fd,
		 const struct sockaddr *address)
{
	struct manage_session *const session =
		has_room(server, protocol) ? calloc(1, sizeof *session) : NULL;

	if (session == NULL) {
		close(fd);
		return;
	}
	*session = (struct manage_session){
		.server = server, .protocol = protocol, .lines = { .limit = protocol->line_max },
		.dialogue = { .service = &server->service },
	};
	peer_print(address, session->address);
	LIST_INSERT_HEAD(&server->sessions, session, entry);
	server->sessions_now++;
	if (protocol->takes_place) {
		server->service.counters.connections++;
		server->service.counters.connections_now++;
	}
	if (!attach(session, fd)) {
		if (session->stream == NULL)
			close(fd);
		manage_free(session);
	} else if (protocol->greeting != NULL) {
		buffer_append_text(&session->answer, protocol->greeting);
		put_answer(session);
		advance(session);
	}
}

void manage_close_all(struct server *server)
{
	struct manage_session *session, *next;

	for (session = LIST_FIRST(&server->sessions); session != NULL; session = next) {
		next = LIST_NEXT(session, entry);
		manage_free(session);
	}
}
