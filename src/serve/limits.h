#ifndef SERVE_LIMITS_H
#define SERVE_LIMITS_H

/* What one client can make the server keep, do or wait for. */
#ifndef CLIENT_LINE_MAX
#define CLIENT_LINE_MAX 2048	      /* octets of a command without its end; RFC 2449 asks 255 */
#endif
#ifndef CLIENT_INPUT_MAX
#define CLIENT_INPUT_MAX 16384	      /* octets of commands read ahead */
#endif
#ifndef CLIENT_OUTPUT_MAX
#define CLIENT_OUTPUT_MAX 65536	      /* octets that wait for a slow reader */
#endif
#ifndef CLIENT_TURN_ROOM
#define CLIENT_TURN_ROOM 16384	      /* room that a command or a piece of an answer waits for */
#endif
#ifndef CLIENT_TURN_STEPS
#define CLIENT_TURN_STEPS 64	      /* commands or pieces of answers, until others have a turn */
#endif
#ifndef CLIENT_TURN_MESSAGES
#define CLIENT_TURN_MESSAGES 4096     /* of a listing, in one piece of an answer */
#endif
#define CLIENT_BAD_LOGINS_MAX 5	      /* of one connection, then it is cut */
#define CLIENT_REFUSED_MAX 32	      /* clients at a time that are told there is no place */
#define CLIENT_LINGER_MS 2000	      /* for the other side to close first */
#define CLIENT_HANDSHAKE_MS 30000     /* of TLS */
#define CLIENT_TRANSFORM_SECONDS 60   /* without an octet; less where sessions may idle for less */

#ifndef LINE_DISCARD_MAX
#define LINE_DISCARD_MAX 65536 /* octets of a line over its limit that are passed over */
#endif

#define MANAGE_SESSIONS_MAX 64	      /* management connections at a time */
#define MANAGE_PER_PEER_MAX 16	      /* of one address */
#ifndef MANAGE_LINE_MAX
#define MANAGE_LINE_MAX 1024	      /* octets, the longest of the protocols' limits */
#endif
#ifndef MANAGE_INPUT_MAX
#define MANAGE_INPUT_MAX 4096	      /* octets of requests read ahead */
#endif
#ifndef MANAGE_OUTPUT_MAX
#define MANAGE_OUTPUT_MAX 65536	      /* octets that wait before the next request is taken */
#endif
#define MANAGE_LOGIN_MS 30000	      /* from connecting to the first command that is accepted */
#define MANAGE_IDLE_MS 600000
#define MANAGE_LINGER_MS 2000
#define MANAGE_REFUSED_MS 1000 /* that the answer to a wrong secret waits */
#define MANAGE_GUESSES_MAX 8   /* wrong secrets of one address in that time; then it has to wait */
#define DATAGRAM_REFUSALS_MAX 30 /* answers that refuse something, a second */
#define MANAGE_UNKNOWN_MAX 3   /* unknown commands in a row: another protocol's client */

#endif
