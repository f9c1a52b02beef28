/*
 * Limits and buffer sizes of a build for fuzzing: so small that an input of a few hundred octets
 * fills the buffers, wraps the ring of pending commands and reaches the server's limits.
 */
#define WIRE_INPUT 512
#define PIPELINE_COMMANDS 16UL
#define PIPELINE_OCTETS 64UL

#define CLIENT_LINE_MAX 64
#define CLIENT_INPUT_MAX 256
#define CLIENT_OUTPUT_MAX 512
#define CLIENT_TURN_ROOM 128
#define CLIENT_TURN_STEPS 3
#define CLIENT_TURN_MESSAGES 2
#define LINE_DISCARD_MAX 256
#define MANAGE_LINE_MAX 64
#define MANAGE_INPUT_MAX 128
#define MANAGE_OUTPUT_MAX 512

#define HELD_MAX 64
#define WRITE_AT 64
#define AT_ONCE 64
