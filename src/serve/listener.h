#ifndef SERVE_LISTENER_H
#define SERVE_LISTENER_H

#include "serve/server.h"

/* The server's listening sockets, for POP3 and the management protocols. */

/* Opens the sockets in the settings and takes over those passed by systemd (LISTEN_FDS). */
int listeners_open(struct server *server, struct pop3_error *err);

/* What the management protocols that have a listener may do: bits of enum manage_power. */
unsigned listeners_powers(const struct server *server);

/* Starts accepting; reports each listener to the observer. */
int listeners_start(struct server *server, struct pop3_error *err);
void listeners_close(struct server *server);

/*
 * For managers: the first POP3 listener (an unencrypted one if there is one) of a struct server.
 * Moving it, NULL keeps the address, 0 the port.
 */
extern const struct service_sockets listener_sockets;

/* Whether a management listener uses that port, on any address. */
bool listeners_manage_port(const struct server *server, uint16_t port);

#endif
