#ifndef SERVE_SESSION_CLIENT_STREAM_H
#define SERVE_SESSION_CLIENT_STREAM_H

#include "serve/session/client.h"

/* The octets under a client: a socket, or TLS over it. */
int client_attach(struct client *client, int fd);     /* owns the socket, also on -1 */
int client_attach_tls(struct client *client, int fd); /* the same */
int client_switch_to_tls(struct client *client);

/* Reads on, unless enough was read ahead, or what comes next is TLS. */
void client_limit_input(struct client *client);

/* Tells the other side that no more will come. */
void client_shut(struct client *client);
void client_detach(struct client *client); /* closes the socket */

/* What happens to the stream; these are client.c's. */
void client_connected(struct client *client);
void client_input_ended(struct client *client);

#endif
