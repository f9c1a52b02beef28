#ifndef SERVE_SERVICE_H
#define SERVE_SERVICE_H

#include <stdint.h>
#include <sys/queue.h>
#include <time.h>

#include "base/buffer.h"
#include "serve/serve.h"
#include "serve/users/users.h"
#include "serve/worker.h"

/*
 * What POP3 and the four management protocols share: one set of counters, limits, switches and
 * users, so that what one sets the others show. All of it but the users is in memory alone.
 */
#define SERVICE_CONNECTIONS_LIMIT 100000 /* the most that max-connections can be */
#define SERVICE_USERS_LIMIT 1000000
#define SERVICE_TIMEOUT_LIMIT 86400 /* seconds */
#define SERVICE_LOGIN_TIMEOUT_LIMIT 60
#define SERVICE_HOST_MAX 255
#define SERVICE_LOG_ENTRIES_LIMIT 1000000

/* POP3 commands that managers can switch off, as bits in this order; all but QUIT. */
#define SERVICE_COMMANDS                                                                           \
	"USER", "PASS", "AUTH", "STLS", "UTF8", "CAPA", "STAT", "LIST", "UIDL", "RETR", "TOP",      \
		"DELE", "RSET", "NOOP"

struct service_counters {
	uint64_t connections; /* POP3, ever */
	uint64_t connections_now;
	uint64_t logins, logins_failed;
	uint64_t messages; /* sent by RETR */
	uint64_t octets;   /* sent to POP3 clients */
	uint64_t removed;  /* messages, at QUIT */
};

/* The latest logins: a ring, in memory alone. */
struct access_log {
	struct access {
		time_t when;
		char name[USER_NAME_MAX + 1];
	} *ring; /* NULL until the first login */
	uint64_t ever;
	size_t entries; /* of the ring */
};

/* One session that is logged in. */
struct online {
	bool logged_in;
	char name[USER_NAME_MAX + 1];
	const char *address; /* borrowed from who is online */
	int64_t since;	     /* clock_ms */
	void (*end)(struct online *); /* hangs up: the user is no more */
	LIST_ENTRY(online) entry;
};

/* What a management protocol can do about the POP3 listener. */
struct service_sockets {
	int (*move)(void *of, const char *address, uint16_t port, struct pop3_error *err);
	const char *(*address)(void *of);
};

struct service {
	struct service_counters counters;
	/* What managers set; see state.c. */
	uint64_t max_connections, max_users, timeout;
	uint64_t max_message; /* octets of a message that is sent, 0 = any number */
	uint64_t commands_off; /* bits of SERVICE_COMMANDS */
	const char *state;     /* the file; NULL = none */
	bool transforming, can_transform;
	char host[SERVICE_HOST_MAX + 1];
	char *root;
	struct users users;
	LIST_HEAD(online_list, online) online;
	size_t online_count;
	struct access_log accesses;
	const struct pop3_secret *secrets[SERVE_MANAGERS];
	struct workers *workers; /* NULL = mailboxes that were removed stay in the bin */
	const struct service_sockets *sockets;
	void *sockets_of;
};

int service_open(struct service *service, const struct serve_settings *settings,
		 struct pop3_error *err);
void service_release(struct service *service);

/* Whether a user of that name can be added now: so that no password is hashed in vain. */
int service_check_new_user(const struct service *, const char *name, struct pop3_error *err);

/* As the functions of users.h, mailboxes and sessions included; max_users: POP3_E_DESTINATION. */
int service_add_user(struct service *service, const char *name, const char *hash,
		     struct pop3_error *err);
/*
 * Sets a password, of a user to be added or of one that there is: hashed in a thread, then stored
 * in the loop, which calls done, with NULL when it is set. NULL without memory, and then done is
 * not called.
 */
struct new_password {
	const char *name, *password;
	bool is_new; /* the user is to be added */
};

struct password_change;
struct password_change *service_set_password(struct service *service,
					     const struct new_password *password,
					     void (*done)(void *of, const struct pop3_error *),
					     void *of);

/* The password is set all the same, but done is not called. NULL is fine. */
void service_forget_change(struct password_change *change);

int service_remove_user(struct service *service, const char *name, struct pop3_error *err);
int service_rename_user(struct service *service, const char *name, const char *new_name,
			struct pop3_error *err);

/* An absolute path of a folder that can be written to, short enough for every protocol. */
#define SERVICE_ROOT_MAX 509 /* octets: what a line of PEEP has room for */
int service_set_root(struct service *service, const char *path, struct pop3_error *err);

/* Whether the text is a protocol's secret, in constant time. */
bool service_knows_secret(const struct service *service, enum serve_manager manager,
			  const char *text, size_t length);

/* Whether a POP3 command is switched off; switches one, POP3_E_USAGE for what is none. */
bool service_is_off(const struct service *service, const char *command);
int service_switch(struct service *service, const char *command, bool on, struct pop3_error *err);
extern const char *const service_commands[]; /* ends with NULL */

/* Hangs up all sessions of a user; POP3_E_NO_ACCOUNT when there is none. */
int service_kick(struct service *service, const char *name, struct pop3_error *err);

/* A message of so many octets has been sent. */
void service_count_message(struct service *service, const char *user, uint64_t octets);

/*
 * What managers have set, from the file, which need not be there yet, and into it. Both do nothing
 * without one.
 */
int service_read_state(struct service *service, struct pop3_error *err);
int service_write_state(const struct service *service, struct pop3_error *err);

/* Switches the transformation; POP3_E_REFUSED where there is no command for it. */
int service_set_transforming(struct service *service, bool on, struct pop3_error *err);

/* One line per login, the oldest first: name, date and time (UTC), CRLF. */
void service_print_log(const struct service *service, struct buffer *out);
size_t service_log_count(const struct service *service); /* of those lines */

void service_log_in(struct service *service, struct online *online);
/* Does nothing when it is not logged in. */
void service_log_out(struct service *service, struct online *online);

#endif
