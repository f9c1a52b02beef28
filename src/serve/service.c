/* State shared by POP3 and the management protocols. */
#include "serve/service.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "serve/maildrop/maildirs.h"

/* Removing a mailbox can take long, so a job does it. */
struct removal {
	struct job job; /* first, so that a struct job * can be cast back */
	char root[SERVICE_ROOT_MAX + 1];
};

static bool empty_bin(struct job *job)
{
	maildirs_empty_bin(((struct removal *)job)->root);
	return false;
}

static void free_removal(struct job *job)
{
	free(job);
}

static int take_root(struct service *service, const char *path, struct pop3_error *err)
{
	char *const real = realpath(path, NULL);
	const int fd = real == NULL ? -1 : open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool usable = false;

	if (real != NULL && strlen(real) > SERVICE_ROOT_MAX)
		errno = ENAMETOOLONG;
	else if (fd >= 0)
		usable = file_check_writable(fd) == 0;
	if (!usable)
		pop3_fail_errno(err, POP3_E_CONFIG, "cannot use '%s' for mailboxes", path);
	if (fd >= 0)
		close(fd);
	if (!usable) {
		free(real);
		return -1;
	}
	free(service->root);
	service->root = real;
	return 0;
}

int service_set_root(struct service *service, const char *path, struct pop3_error *err)
{
	if (path[0] != '/')
		return pop3_fail(err, POP3_E_USAGE, "'%s' is not an absolute path", path);
	return take_root(service, path, err);
}

int service_open(struct service *service, const struct serve_settings *settings,
		 struct pop3_error *err)
{
	*service = (struct service){
		.max_connections = settings->max_connections, .max_users = settings->max_users,
		.timeout = settings->timeout, .transforming = settings->transform != NULL,
		.can_transform = settings->transform != NULL, .host = "localhost",
		.accesses.entries = settings->log_entries, .state = settings->state,
	};
	memcpy(service->secrets, settings->secrets, sizeof service->secrets);
	LIST_INIT(&service->online);
	gethostname(service->host, sizeof service->host - 1);
	if (users_open(&service->users, settings->users, err) < 0)
		return -1;
	if (file_make_directories(settings->root) < 0)
		return pop3_fail_errno(err, POP3_E_CONFIG, "cannot create '%s'", settings->root);
	if (take_root(service, settings->root, err) < 0)
		return -1;
	return service_read_state(service, err);
}

void service_release(struct service *service)
{
	users_release(&service->users);
	free(service->accesses.ring);
	free(service->root);
	*service = (struct service){ 0 };
}

int service_check_new_user(const struct service *service, const char *name,
			   struct pop3_error *err)
{
	if (!user_name_ok(name))
		return pop3_fail(err, POP3_E_USAGE, "invalid user name '%s'", name);
	if (users_find(&service->users, name) != NULL)
		return pop3_fail(err, POP3_E_REFUSED, "user '%s' exists already", name);
	if (service->users.count >= service->max_users)
		return pop3_fail(err, POP3_E_DESTINATION, "the limit of %zu users is reached",
				 service->users.count);
	return 0;
}

int service_add_user(struct service *service, const char *name, const char *hash,
		     struct pop3_error *err)
{
	int mailbox;

	if (service_check_new_user(service, name, err) < 0)
		return -1;
	mailbox = maildirs_open(service->root, name, err);
	if (mailbox < 0)
		return -1;
	close(mailbox);
	return users_add(&service->users, name, hash, err);
}

struct password_change {
	struct job job; /* first, so that a struct job * can be cast back */
	struct service *service;
	void (*done)(void *of, const struct pop3_error *failure);
	void *of;
	bool is_new;
	char *name, *password, *hash;
	struct pop3_error err;
};

static void free_change(struct password_change *change)
{
	if (change->password != NULL)
		explicit_bzero(change->password, strlen(change->password));
	free(change->password);
	free(change->name);
	free(change->hash);
	free(change);
}

static bool hash_password(struct job *job)
{
	struct password_change *const change = (struct password_change *)job;

	change->hash = password_hash(change->password, &change->err);
	return false;
}

static void password_hashed(struct job *job)
{
	struct password_change *const change = (struct password_change *)job;
	struct service *const service = change->service;
	bool set = change->hash != NULL;

	if (set && change->is_new)
		set = service_add_user(service, change->name, change->hash, &change->err) == 0;
	else if (set)
		set = users_set_hash(&service->users, change->name, change->hash,
				     &change->err) == 0;
	if (change->done != NULL)
		change->done(change->of, set ? NULL : &change->err);
	free_change(change);
}

struct password_change *service_set_password(struct service *service,
					      const struct new_password *password,
					      void (*done)(void *of, const struct pop3_error *),
					      void *of)
{
	struct password_change *const change = calloc(1, sizeof *change);

	if (change == NULL)
		return NULL;
	*change = (struct password_change){
		.job = { .lane = LANE_MANAGE, .work = hash_password, .done = password_hashed },
		.service = service, .done = done, .of = of, .is_new = password->is_new,
		.name = strdup(password->name), .password = strdup(password->password),
	};
	if (change->name == NULL || change->password == NULL) {
		free_change(change);
		return NULL;
	}
	workers_submit(service->workers, &change->job);
	return change;
}

void service_forget_change(struct password_change *change)
{
	if (change != NULL)
		change->done = NULL;
}

static struct online *find_online(const struct service *service, const char *name)
{
	struct online *online;

	LIST_FOREACH(online, &service->online, entry)
		if (strcmp(online->name, name) == 0)
			return online;
	return NULL;
}

size_t service_end_sessions(struct service *service, const char *name)
{
	struct online *online;
	size_t count = 0;

	for (; (online = find_online(service, name)) != NULL; count++) {
		service_log_out(service, online);
		online->end(online);
	}
	return count;
}

int service_remove_user(struct service *service, const char *name, struct pop3_error *err)
{
	struct removal *removal;

	if (users_remove(&service->users, name, err) < 0)
		return -1;
	(void)service_end_sessions(service, name);
	if (maildirs_discard(service->root, name, err) < 0)
		return -1;
	/* When out of memory, the bin keeps its contents until it is emptied the next time. */
	removal = service->workers != NULL ? malloc(sizeof *removal) : NULL;
	if (removal == NULL)
		return 0;
	removal->job = (struct job){ .lane = LANE_REMOVE, .work = empty_bin, .done = free_removal };
	memcpy(removal->root, service->root, strlen(service->root) + 1);
	workers_submit(service->workers, &removal->job);
	return 0;
}

/* Renames the mailbox first, and back if the users file cannot be changed. */
int service_rename_user(struct service *service, const char *name, const char *new_name,
			struct pop3_error *err)
{
	struct pop3_error ignored;
	struct online *online;

	if (users_find(&service->users, name) == NULL)
		return pop3_fail(err, POP3_E_NO_ACCOUNT, "no user '%s'", name);
	if (!user_name_ok(new_name))
		return pop3_fail(err, POP3_E_USAGE, "invalid user name '%s'", new_name);
	if (strcmp(name, new_name) == 0)
		return pop3_fail(err, POP3_E_REFUSED, "user '%s' exists already", new_name);
	if (maildirs_rename(service->root, name, new_name, err) < 0)
		return -1;
	if (users_rename(&service->users, name, new_name, err) < 0) {
		(void)maildirs_rename(service->root, new_name, name, &ignored);
		return -1;
	}
	while ((online = find_online(service, name)) != NULL)
		memcpy(online->name, new_name, strlen(new_name) + 1);
	return 0;
}

bool service_knows_secret(const struct service *service, enum serve_manager manager,
			  const char *text, size_t length)
{
	const struct pop3_secret *const secret = service->secrets[manager];

	return secret != NULL && secret->length > 0 && secret->length == length &&
	       CRYPTO_memcmp(secret->text, text, length) == 0;
}

int service_set_transforming(struct service *service, bool on, struct pop3_error *err)
{
	if (on && !service->can_transform)
		return pop3_fail(err, POP3_E_REFUSED, "no transform command was configured");
	service->transforming = on;
	return 0;
}

void service_print_log(const struct service *service, struct buffer *out)
{
	const struct access_log *const log = &service->accesses;
	const uint64_t first = log->ever > log->entries ? log->ever - log->entries : 0;

	for (uint64_t i = first; i < log->ever; i++) {
		const struct access *const entry = &log->ring[i % log->entries];
		char text[sizeof "2026-01-01 00:00:00"];
		struct tm parts;

		gmtime_r(&entry->when, &parts);
		strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
		buffer_append_format(out, "%s %s\r\n", entry->name, text);
	}
}

size_t service_log_count(const struct service *service)
{
	const struct access_log *const log = &service->accesses;

	return log->ever < log->entries ? (size_t)log->ever : log->entries;
}

void service_count_message(struct service *service, const char *user, uint64_t octets)
{
	struct user *const known = users_find(&service->users, user);

	service->counters.messages++;
	if (known == NULL)
		return;
	known->messages++;
	known->octets += octets;
}

const char *const service_commands[] = { SERVICE_COMMANDS, NULL };

/* The command's bit in commands_off, or 0 if it cannot be switched. */
static uint64_t command_bit(const char *command)
{
	for (size_t i = 0; service_commands[i] != NULL; i++)
		if (text_equal_nocase(command, strlen(command), service_commands[i]))
			return (uint64_t)1 << i;
	return 0;
}

bool service_is_off(const struct service *service, const char *command)
{
	return service->commands_off != 0 && (service->commands_off & command_bit(command)) != 0;
}

int service_switch(struct service *service, const char *command, bool on, struct pop3_error *err)
{
	const uint64_t bit = command_bit(command);

	if (bit == 0)
		return pop3_fail(err, POP3_E_USAGE, "'%s' cannot be switched off", command);
	service->commands_off = on ? service->commands_off & ~bit : service->commands_off | bit;
	return service_write_state(service, err);
}

void service_log_in(struct service *service, struct online *online)
{
	struct user *const user = users_find(&service->users, online->name);
	struct access_log *const log = &service->accesses;

	if (log->ring == NULL && log->entries > 0)
		log->ring = calloc(log->entries, sizeof *log->ring);
	if (log->ring != NULL) {
		struct access *const entry = &log->ring[log->ever++ % log->entries];

		entry->when = time(NULL);
		memcpy(entry->name, online->name, sizeof entry->name);
	}
	if (user != NULL)
		user->logged_in_at = time(NULL);
	online->since = clock_ms();
	service->counters.logins++;
	LIST_INSERT_HEAD(&service->online, online, entry);
	online->logged_in = true;
	service->online_count++;
}

void service_log_out(struct service *service, struct online *online)
{
	if (!online->logged_in)
		return;
	LIST_REMOVE(online, entry);
	online->logged_in = false;
	service->online_count--;
}
