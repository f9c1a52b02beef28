#ifndef SERVE_SESSION_CLIENT_STREAM_H
#define SERVE_SESSION_CLIENT_STREAM_H

#include "serve/session/client.h"

/* A client's byte stream: a socket, or TLS over one. */
int client_attach(struct client *client, int fd, bool tls); /* owns the socket, even on -1 */
int client_switch_to_tls(struct client *client);

/* Enables reading, or pauses it when enough is buffered or a TLS handshake is next. */
void client_limit_input(struct client *client);

/* Shuts down the sending direction. */
void client_shut(struct client *client);
void client_detach(struct client *client); /* closes the socket */

/* Events of the stream, handled in client.c. */
void client_connected(struct client *client);
void client_input_ended(struct client *client);

#endif
