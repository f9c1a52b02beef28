#ifndef SERVE_LIMITS_H
#define SERVE_LIMITS_H

/* Limits on what a client can make the server store, do or wait for. */
#ifndef CLIENT_LINE_MAX
#define CLIENT_LINE_MAX 2048	      /* octets of a command without CRLF; RFC 2449 requires 255 */
#endif
#ifndef CLIENT_INPUT_MAX
#define CLIENT_INPUT_MAX 16384	      /* octets of commands read ahead */
#endif
#ifndef CLIENT_OUTPUT_MAX
#define CLIENT_OUTPUT_MAX 65536	      /* octets buffered for a slow reader */
#endif
#ifndef CLIENT_TURN_ROOM
#define CLIENT_TURN_ROOM 16384	      /* free output octets needed to take a command or send more */
#endif
#ifndef CLIENT_TURN_STEPS
#define CLIENT_TURN_STEPS 64	      /* commands or pieces of answers in one turn of a client */
#endif
#ifndef CLIENT_TURN_MESSAGES
#define CLIENT_TURN_MESSAGES 4096     /* messages listed in one piece of an answer */
#endif
#define CLIENT_BAD_LOGINS_MAX 5	      /* failed logins before the connection is closed */
#define CLIENT_REFUSED_MAX 32	      /* connections at a time that get "too many connections" */
#define CLIENT_LINGER_MS 2000	      /* wait for the client to close first */
#define CLIENT_HANDSHAKE_MS 30000     /* for the TLS handshake */
#define CLIENT_TRANSFORM_SECONDS 60   /* without output; or the idle time-out, if that is shorter */

#ifndef LINE_DISCARD_MAX
#define LINE_DISCARD_MAX 65536 /* octets of an overlong line to discard before giving up */
#endif

#define MANAGE_SESSIONS_MAX 64	      /* management connections at a time */
#define MANAGE_PER_PEER_MAX 16	      /* from one address */
#ifndef MANAGE_LINE_MAX
#define MANAGE_LINE_MAX 1024	      /* octets, the largest of the protocols' limits */
#endif
#ifndef MANAGE_INPUT_MAX
#define MANAGE_INPUT_MAX 4096	      /* octets of requests read ahead */
#endif
#ifndef MANAGE_OUTPUT_MAX
#define MANAGE_OUTPUT_MAX 65536	      /* octets buffered before the next request has to wait */
#endif
#define MANAGE_LOGIN_MS 30000	      /* from connecting to the first accepted command */
#define MANAGE_IDLE_MS 600000
#define MANAGE_LINGER_MS 2000
#define MANAGE_REFUSED_MS 1000 /* delay of the answer to a wrong secret */
#define MANAGE_GUESSES_MAX 8   /* wrong secrets from one address before it has to wait that long */
#define DATAGRAM_REFUSALS_MAX 30 /* refusals sent per second */
#define MANAGE_UNKNOWN_MAX 3   /* unknown commands in a row before disconnecting */

#endif
