#ifndef SERVE_SERVICE_H
#define SERVE_SERVICE_H

#include <stdint.h>
#include <time.h>

#include "base/buffer.h"
#include "base/queue.h"
#include "serve/serve.h"
#include "serve/users/users.h"
#include "serve/worker.h"

/*
 * State shared by POP3 and the four management protocols: counters, limits, switches and users.
 * What one protocol sets, the others show. Only the users and the fields in state.c are stored.
 */
#define SERVICE_CONNECTIONS_LIMIT 100000 /* maximum of max-connections */
#define SERVICE_USERS_LIMIT 1000000
#define SERVICE_TIMEOUT_LIMIT 86400 /* seconds */
#define SERVICE_LOGIN_TIMEOUT_LIMIT 60
#define SERVICE_HOST_MAX 255
#define SERVICE_LOG_ENTRIES_LIMIT 1000000

/* POP3 commands that managers can switch off (all but QUIT), in the order of their bits. */
#define SERVICE_COMMANDS                                                                           \
	"USER", "PASS", "AUTH", "STLS", "UTF8", "CAPA", "STAT", "LIST", "UIDL", "RETR", "TOP",     \
		"DELE", "RSET", "NOOP"

struct service_counters {
	uint64_t connections; /* POP3, since the start */
	uint64_t connections_now;
	uint64_t logins, logins_failed;
	uint64_t messages; /* sent by RETR */
	uint64_t octets;   /* sent to POP3 clients */
	uint64_t removed;  /* messages removed by QUIT */
};

/* The latest logins: a ring buffer, in memory only. */
struct access_log {
	struct access {
		time_t when;
		char name[USER_NAME_MAX + 1];
	} *ring; /* NULL until the first login */
	uint64_t ever;
	size_t entries; /* size of the ring */
};

/* One session that is logged in. */
struct online {
	bool logged_in;
	char name[USER_NAME_MAX + 1];
	const char *address; /* borrowed from the client */
	int64_t since;	     /* clock_ms */
	void (*end)(struct online *); /* closes the connection */
	LIST_ENTRY(online) entry;
};

/* How management protocols read and change the POP3 listener's address. */
struct service_sockets {
	int (*move)(void *of, const char *address, uint16_t port, struct pop3_error *err);
	const char *(*address)(void *of);
};

struct service {
	struct service_counters counters;
	/* Set by managers; see state.c. */
	uint64_t max_connections, max_users, timeout;
	uint64_t max_message; /* octets; larger messages are not sent. 0 = no limit */
	uint64_t commands_off; /* bits of SERVICE_COMMANDS */
	const char *state;     /* the state file; NULL = none */
	bool transforming, can_transform;
	char host[SERVICE_HOST_MAX + 1];
	char *root;
	struct users users;
	LIST_HEAD(online_list, online) online;
	size_t online_count;
	struct access_log accesses;
	const struct pop3_secret *secrets[SERVE_MANAGERS];
	struct workers *workers; /* NULL = removed mailboxes stay in the bin */
	const struct service_sockets *sockets;
	void *sockets_of;
};

int service_open(struct service *service, const struct serve_settings *settings,
		 struct pop3_error *err);
void service_release(struct service *service);

/* Whether a user of that name can be added; to be checked before hashing the password. */
int service_check_new_user(const struct service *, const char *name, struct pop3_error *err);

/* Like users_add, and creates the mailbox. POP3_E_DESTINATION: max_users is reached. */
int service_add_user(struct service *service, const char *name, const char *hash,
		     struct pop3_error *err);
/*
 * Sets the password of a new or existing user. A thread hashes it, then the event loop stores it
 * and calls done, with NULL on success. Returns NULL, and does not call done, when out of memory.
 */
struct new_password {
	const char *name, *password;
	bool is_new; /* add the user */
};

struct password_change;
struct password_change *service_set_password(struct service *service,
					     const struct new_password *password,
					     void (*done)(void *of, const struct pop3_error *),
					     void *of);

/* The password is still set, but done is not called. NULL is fine. */
void service_forget_change(struct password_change *change);

int service_remove_user(struct service *service, const char *name, struct pop3_error *err);
int service_rename_user(struct service *service, const char *name, const char *new_name,
			struct pop3_error *err);

/* Takes the absolute path of a writable directory, short enough for every protocol. */
#define SERVICE_ROOT_MAX 509 /* octets: as much as fits in a line of PEEP */
int service_set_root(struct service *service, const char *path, struct pop3_error *err);

/* Whether the text is the protocol's secret, compared in constant time. */
bool service_knows_secret(const struct service *service, enum serve_manager manager,
			  const char *text, size_t length);

/* Whether a POP3 command is switched off; switch one. POP3_E_USAGE: it cannot be switched. */
bool service_is_off(const struct service *service, const char *command);
int service_switch(struct service *service, const char *command, bool on, struct pop3_error *err);
extern const char *const service_commands[]; /* ends with NULL */

/* Closes all sessions of a user; returns how many there were. */
size_t service_end_sessions(struct service *service, const char *name);

/* Counts a message that was sent to the user. */
void service_count_message(struct service *service, const char *user, uint64_t octets);

/*
 * Load the managers' settings from the state file, which may be missing, and save them. Both do
 * nothing without --state.
 */
int service_read_state(struct service *service, struct pop3_error *err);
int service_write_state(const struct service *service, struct pop3_error *err);

/* Switches the transformation on or off. POP3_E_REFUSED: there is no command for it. */
int service_set_transforming(struct service *service, bool on, struct pop3_error *err);

/* One line per login, the oldest first: name, date and time (UTC), CRLF. */
void service_print_log(const struct service *service, struct buffer *out);
size_t service_log_count(const struct service *service); /* lines of it */

void service_log_in(struct service *service, struct online *online);
/* Does nothing if it is not logged in. */
void service_log_out(struct service *service, struct online *online);

#endif
