#ifndef SERVE_LISTENER_H
#define SERVE_LISTENER_H

#include "serve/server.h"

/* The sockets that the server listens on, POP3's and the management protocols'. */

/* Opens all that the settings ask for, and takes over what systemd has opened (LISTEN_FDS). */
int listeners_open(struct server *server, struct pop3_error *err);

/* What the managers that are listened for may do: enum manage_power. */
unsigned listeners_powers(const struct server *server);

/* Accepts from here on; each listener is told to the observer. */
int listeners_start(struct server *server, struct pop3_error *err);
void listeners_close(struct server *server);

/*
 * The first POP3 listener, in clear if there is one, moves: NULL = the same address, 0 = the same
 * port.
 */
int listeners_move(struct server *server, const char *address, uint16_t port,
		   struct pop3_error *err);
const char *listeners_address(const struct server *server);

/* Whether managers are listened for at that port, of whatever address. */
bool listeners_manage_port(const struct server *server, uint16_t port);

#endif
