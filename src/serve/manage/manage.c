/* TCP connections of the management protocols: reads lines, answers them, enforces limits. */
#include "serve/manage/manage.h"

#include <assert.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "serve/line-reader.h"
#include "serve/server.h"

enum manage_phase {
	MANAGE_READING,
	MANAGE_HELD,	/* waits: too many wrong secrets from its address */
	MANAGE_PENALTY, /* delays the answer to a wrong secret */
	MANAGE_HASHING, /* waits for a thread to hash a user's password */
	MANAGE_LEAVING, /* sends the last answer */
	MANAGE_LINGERING, /* waits for the client to close first */
	MANAGE_PHASES
};

struct manage_session {
	struct server *server;
	const struct manage_protocol *protocol;
	struct manage_dialogue dialogue;
	struct bufferevent *stream;
	struct event *timer;
	struct peer *peer;
	struct line_reader lines;
	struct buffer answer;
	struct password_change *change; /* MANAGE_HASHING */
	char address[PEER_TEXT_MAX];
	enum manage_phase phase;
	enum manage_phase then; /* the phase after MANAGE_PENALTY */
	unsigned unknown;	/* unknown commands in a row */
	int64_t login_until;	/* clock_ms */
	int64_t active_at;	/* clock_ms: its last request */
	bool input_ended;
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

void manage_note(struct manage_dialogue *dialogue, const char *verb, const char *const *arguments,
		 size_t count)
{
	buffer_clear(&dialogue->arguments);
	for (size_t i = 0; i < count; i++)
		buffer_append_format(&dialogue->arguments, "%s%s", i > 0 ? " " : "", arguments[i]);
	snprintf(dialogue->verb, sizeof dialogue->verb, "%s", verb);
}

/* "POST /path HTTP/1.1" */
bool manage_is_http(const char *line, size_t length)
{
	static const char version[] = " HTTP/";
	const char *const last = memrchr(line, ' ', length);
	const size_t rest = last != NULL ? length - (size_t)(last - line) : 0;

	return rest >= sizeof version - 1 && memcmp(last, version, sizeof version - 1) == 0;
}

static void manage_free(struct manage_session *session)
{
	struct server *const server = session->server;

	LIST_REMOVE(session, entry);
	service_forget_change(session->change);
	server->sessions_now--;
	session->peer->managers--;
	peers_leave(session->peer);
	if (session->stream != NULL)
		bufferevent_free(session->stream);
	if (session->timer != NULL)
		event_free(session->timer);
	buffer_wipe(&session->answer);
	buffer_release(&session->answer);
	buffer_release(&session->dialogue.arguments);
	free(session);
	server_maybe_stop(server);
}

/* --- phases --- */

static void enter(struct manage_session *session, enum manage_phase phase)
{
	int64_t limit = MANAGE_LINGER_MS;
	struct timeval interval;

	session->phase = phase;
	switch (phase) {
	case MANAGE_READING:
		limit = session->dialogue.logged_in ? MANAGE_IDLE_MS :
						      session->login_until - clock_ms();
		break;
	case MANAGE_HELD:
		limit = peer_guess_wait(session->peer);
		break;
	case MANAGE_PENALTY:
		limit = MANAGE_REFUSED_MS;
		break;
	case MANAGE_HASHING:
	case MANAGE_LEAVING:
		limit = MANAGE_IDLE_MS;
		break;
	case MANAGE_LINGERING:
	case MANAGE_PHASES:
		break;
	}
	if (limit < 1)
		limit = 1;
	interval = (struct timeval){ .tv_sec = limit / 1000, .tv_usec = limit % 1000 * 1000 };
	event_add(session->timer, &interval);
}

/* When out of memory, closes: the client would take the next answer for this one. */
static void put_answer(struct manage_session *session, enum manage_phase next)
{
	struct evbuffer *const output = bufferevent_get_output(session->stream);
	const struct buffer *const answer = &session->answer;

	if (answer->no_memory || evbuffer_add(output, buffer_text(answer), answer->length) < 0)
		next = MANAGE_LEAVING;
	buffer_clear(&session->answer);
	enter(session, next);
}

static void refuse_secret(struct manage_session *session, enum manage_phase then)
{
	log_event(&session->server->log, "secret-refused",
		  LOG_FIELDS({ "from", session->address },
			     { "protocol", session->protocol->name }));
	peer_guessed(session->peer);
	session->then = then;
	enter(session, MANAGE_PENALTY);
}

/* Logs one line per command of a manager, and the first line of the answer if it was refused. */
static void log_command(struct manage_session *session)
{
	struct manage_dialogue *const dialogue = &session->dialogue;
	const char *const answer = buffer_text(&session->answer);
	const bool refused = answer[0] == '-' || answer[0] == 'E';
	struct buffer reason = { 0 };
	struct log_field fields[8] = {
		{ "protocol", session->protocol->name }, { "from", session->address },
		{ "verb", dialogue->verb }, { "result", refused ? "refused" : "done" },
	};
	size_t count = 4;

	if (dialogue->verb[0] == '\0')
		return;
	buffer_append(&reason, answer, strcspn(answer, "\r"));
	if (dialogue->manager[0] != '\0')
		fields[count++] = (struct log_field){ "manager", dialogue->manager };
	if (dialogue->arguments.length > 0)
		fields[count++] = (struct log_field){ "arguments",
						      buffer_text(&dialogue->arguments) };
	if (refused)
		fields[count] = (struct log_field){ "answer", buffer_text(&reason) };
	log_event(&session->server->log, "manage", fields);
	buffer_release(&reason);
	dialogue->verb[0] = '\0';
}

static void conclude(struct manage_session *session, enum manage_next next)
{
	log_command(session);
	session->unknown = next == MANAGE_UNKNOWN ? session->unknown + 1 : 0;
	switch (next) {
	case MANAGE_GOES_ON:
	case MANAGE_HASHES:
		put_answer(session, MANAGE_READING);
		break;
	case MANAGE_UNKNOWN:
		put_answer(session, session->unknown < MANAGE_UNKNOWN_MAX ? MANAGE_READING :
									    MANAGE_LEAVING);
		break;
	case MANAGE_ENDS:
		put_answer(session, MANAGE_LEAVING);
		break;
	case MANAGE_REFUSED:
		refuse_secret(session, MANAGE_READING);
		break;
	case MANAGE_REFUSED_ENDS:
		refuse_secret(session, MANAGE_LEAVING);
		break;
	}
}

/* --- requests --- */

static void advance(struct manage_session *session);

static void password_set(void *of, const struct pop3_error *failure)
{
	struct manage_session *const session = of;

	session->change = NULL;
	conclude(session, session->protocol->hashed(failure, &session->answer));
	advance(session);
}

static void answer_line(struct manage_session *session, char *line, size_t length)
{
	const struct pop3_error no_memory = { .code = POP3_E_MEMORY };
	struct manage_dialogue *const dialogue = &session->dialogue;
	enum manage_next next = session->protocol->answer(dialogue, line, length,
							  &session->answer);

	if (next == MANAGE_HASHES) {
		session->change = service_set_password(dialogue->service, &dialogue->password,
						       password_set, session);
		if (session->change != NULL) {
			enter(session, MANAGE_HASHING);
			return;
		}
		next = session->protocol->hashed(&no_memory, &session->answer);
	}
	conclude(session, next);
}

/* Sends an error as the last answer: the line is not a valid request. */
static void reject(struct manage_session *session, const char *answer)
{
	buffer_append_text(&session->answer, answer);
	put_answer(session, MANAGE_LEAVING);
}

/* Returns whether there may be another line after this one. */
static bool take_line(struct manage_session *session)
{
	struct evbuffer *const input = bufferevent_get_input(session->stream);
	char line[MANAGE_LINE_MAX + 2];
	size_t length;

	switch (line_take(&session->lines, input, line, &length)) {
	case LINE_NONE:
		return false;
	case LINE_WHOLE:
		session->active_at = clock_ms();
		if (manage_is_http(line, length)) {
			server_log_refused(session->server, session->peer, session->address,
					   session->protocol->name, "another protocol");
			reject(session, session->protocol->unknown);
		} else {
			answer_line(session, line, length);
		}
		explicit_bzero(line, length);
		return true;
	case LINE_TOO_LONG:
	case LINE_ENDLESS:
		reject(session, session->protocol->too_long);
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
	while (session->phase == MANAGE_READING) {
		/* Guessing is limited per address, over any number of connections. */
		if (session->protocol->wants_secret && !session->dialogue.logged_in &&
		    peer_guess_wait(session->peer) > 0) {
			enter(session, MANAGE_HELD);
			break;
		}
		if (output_waiting(session) >= MANAGE_OUTPUT_MAX || !take_line(session))
			break;
	}
	if (output_waiting(session) > 0)
		return;
	if (session->input_ended &&
	    (session->phase == MANAGE_LEAVING || session->phase == MANAGE_READING)) {
		manage_free(session);
	} else if (session->phase == MANAGE_LEAVING) {
		(void)shutdown(bufferevent_getfd(session->stream), SHUT_WR);
		enter(session, MANAGE_LINGERING);
	}
}

/* --- events of a connection --- */

static void input_ready(struct bufferevent *stream, void *argument)
{
	struct manage_session *const session = argument;

	if (session->phase == MANAGE_LEAVING || session->phase == MANAGE_LINGERING)
		evbuffer_drain(bufferevent_get_input(stream), SIZE_MAX);
	else
		advance(session);
}

static void output_written(struct bufferevent *stream, void *argument)
{
	(void)stream;
	advance(argument);
}

static void stream_event(struct bufferevent *stream, short what, void *argument)
{
	struct manage_session *const session = argument;

	(void)stream;
	session->input_ended = true;
	if ((what & BEV_EVENT_EOF) == 0 || session->phase == MANAGE_LINGERING)
		manage_free(session);
	else
		advance(session);
}

static void timer_fired(evutil_socket_t fd, short what, void *argument)
{
	struct manage_session *const session = argument;

	(void)fd;
	(void)what;
	switch (session->phase) {
	case MANAGE_PENALTY:
		put_answer(session, session->then);
		advance(session);
		return;
	case MANAGE_HELD:
		enter(session, MANAGE_READING);
		advance(session);
		return;
	case MANAGE_HASHING:
		enter(session, MANAGE_HASHING);
		return;
	case MANAGE_READING:
		log_event(&session->server->log, "cut",
			  LOG_FIELDS({ "from", session->address },
				     { "protocol", session->protocol->name },
				     { "reason", session->dialogue.logged_in ?
							 "idle" : "no login in time" }));
		break;
	case MANAGE_LEAVING:
	case MANAGE_LINGERING:
	case MANAGE_PHASES:
		break;
	}
	manage_free(session);
}

/* --- limits of connections --- */

/* Not logged in goes first, then the address with most connections, then the longest idle. */
static bool is_evicted_before(const struct manage_session *a, const struct manage_session *b)
{
	if (a->dialogue.logged_in != b->dialogue.logged_in)
		return !a->dialogue.logged_in;
	if (a->peer->managers != b->peer->managers)
		return a->peer->managers > b->peer->managers;
	return a->active_at < b->active_at;
}

/* If all places are taken, closes another connection: a new manager can always connect. */
static void free_place(struct server *server, const struct peer *peer)
{
	const bool own = peer->managers >= MANAGE_PER_PEER_MAX;
	struct manage_session *session, *first = NULL;

	if (!own && server->sessions_now < MANAGE_SESSIONS_MAX)
		return;
	LIST_FOREACH(session, &server->sessions, entry)
		if ((!own || session->peer == peer) &&
		    (first == NULL || is_evicted_before(session, first)))
			first = session;
	assert(first != NULL);
	server_log_refused(server, first->peer, first->address, first->protocol->name,
			   "its place is needed");
	manage_free(first);
}

void manage_open(struct server *server, const struct manage_protocol *protocol, int fd,
		 const struct sockaddr *address)
{
	struct peer *const peer = peers_enter(&server->peers, address);
	struct manage_session *const session = peer != NULL ? calloc(1, sizeof *session) : NULL;

	if (session == NULL) {
		close(fd);
		if (peer != NULL)
			peers_leave(peer);
		return;
	}
	free_place(server, peer);
	*session = (struct manage_session){
		.server = server, .protocol = protocol, .lines = { .limit = protocol->line_max },
		.dialogue = { .service = &server->service }, .peer = peer,
		.active_at = clock_ms(), .login_until = clock_ms() + MANAGE_LOGIN_MS,
	};
	peer_print(address, session->address);
	LIST_INSERT_HEAD(&server->sessions, session, entry);
	server->sessions_now++;
	peer->managers++;
	session->timer = evtimer_new(server->base, timer_fired, session);
	session->stream = bufferevent_socket_new(server->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (session->stream == NULL)
		close(fd);
	if (session->timer == NULL || session->stream == NULL ||
	    bufferevent_enable(session->stream, EV_READ | EV_WRITE) < 0) {
		manage_free(session);
		return;
	}
	bufferevent_setcb(session->stream, input_ready, output_written, stream_event, session);
	bufferevent_setwatermark(session->stream, EV_READ, 0, MANAGE_INPUT_MAX);
	enter(session, MANAGE_READING);
	if (protocol->greeting == NULL)
		return;
	buffer_append_text(&session->answer, protocol->greeting);
	put_answer(session, MANAGE_READING);
	advance(session);
}

void manage_close_all(struct server *server)
{
	struct manage_session *session, *next;

	for (session = LIST_FIRST(&server->sessions); session != NULL; session = next) {
		next = LIST_NEXT(session, entry);
		manage_free(session);
	}
}
