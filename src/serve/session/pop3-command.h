#ifndef SERVE_SESSION_POP3_COMMAND_H
#define SERVE_SESSION_POP3_COMMAND_H

#include "serve/session/client.h"
#include "serve/session/request.h"

/* The verbs of POP3: a file a state, and the table over both. */
void commands_take_line(struct client *client, char *line, size_t length);

/* AUTHORIZATION: commands-login.c */
void command_user(struct client *client, const struct request *request);
void command_pass(struct client *client, const struct request *request);
void command_auth(struct client *client, const struct request *request);
void command_stls(struct client *client, const struct request *request);
void command_utf8(struct client *client, const struct request *request);

/* Either: commands.c */
void command_capa(struct client *client, const struct request *request);
void command_quit(struct client *client, const struct request *request);

/* TRANSACTION: commands-mail.c, and message.c for the two that send messages */
void command_stat(struct client *client, const struct request *request);
void command_list(struct client *client, const struct request *request);
void command_uidl(struct client *client, const struct request *request);
void command_dele(struct client *client, const struct request *request);
void command_rset(struct client *client, const struct request *request);
void command_noop(struct client *client, const struct request *request);
void command_retr(struct client *client, const struct request *request);
void command_top(struct client *client, const struct request *request);

/* Whether a password may be sent over this connection as it is. */
bool command_may_log_in(const struct client *client);

/* The message of that number that is not marked; answers -ERR and returns false otherwise. */
bool command_find_message(struct client *client, const char *number, size_t *index);

/* Checks a password and opens the maildrop, in a thread, then answers: login.c */
void login_start(struct client *client, const char *name, const char *password);

/* The UPDATE state, in a thread, then answers: leave.c */
void leave_start(struct client *client);

#endif
