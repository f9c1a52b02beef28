/* The file of users and the mailboxes while any call may fail: a change is complete or not made. */
#include "../fuzz/cheap-crypt.h"
#include "../fuzz/scratch.h"
#include "serve/maildrop/maildirs.h"
#include "serve/service.h"
#include "trials.h"

#define BEFORE "ann:=a\nbob:=b\n"

static struct buffer users_path, root_path;
static struct serve_settings settings = { .max_users = 9 };
static struct service service;

/* --- files and memory --- */

static bool is_there(const char *name)
{
	struct buffer path = { 0 };
	const bool there = access(scratch_name(&path, name), F_OK) == 0;

	buffer_release(&path);
	return there;
}

/* The file and the memory have the same users. */
static bool users_are(const char *expected)
{
	struct buffer file = { 0 }, memory = { 0 };
	bool same;

	for (size_t i = 0; i < service.users.count; i++)
		buffer_append_format(&memory, "%s:%s\n", service.users.list[i].name,
				     service.users.list[i].hash);
	same = file_read(users_path.data, &file) == 0 &&
	       strcmp(buffer_text(&file), expected) == 0 &&
	       strcmp(buffer_text(&memory), expected) == 0;
	buffer_release(&memory);
	buffer_release(&file);
	return same;
}

static void prepare_files(void)
{
	service_release(&service);
	scratch_empty(scratch_name(&root_path, "root"));
	scratch_directory("root");
	scratch_directory("root/bob");
	scratch_directory("root/bob/new");
	scratch_write("root/bob/new/1.a.h", OCTETS("one\n"));
	scratch_write("users", OCTETS(BEFORE));
	settings.users = scratch_name(&users_path, "users");
	settings.root = root_path.data;
}

static void prepare(void)
{
	struct pop3_error err;

	prepare_files();
	must(service_open(&service, &settings, &err) == 0, "the service opens");
}

/* --- the trials and their conditions --- */

static int open_service(struct pop3_error *err)
{
	const int result = service_open(&service, &settings, err);

	if (result < 0)
		service_release(&service);
	return result;
}

static bool is_open(bool done)
{
	return !done || (service.users.count == 2 && strcmp(service.root, settings.root) == 0);
}

static int set_root(struct pop3_error *err)
{
	return service_set_root(&service, scratch_path, err);
}

static bool root_is_set(bool done)
{
	return strcmp(service.root, done ? scratch_path : settings.root) == 0;
}

static int reload(struct pop3_error *err)
{
	return users_reload(&service.users, err);
}

static bool is_reloaded(bool done)
{
	(void)done;
	return users_are(BEFORE);
}

static int add(struct pop3_error *err)
{
	return service_add_user(&service, "cid", "=c", err);
}

static int add_offline(struct pop3_error *err)
{
	static char text[] = "c";
	const struct pop3_secret password = { .text = text, .length = 1 };

	return serve_add_user(&settings, "cid", &password, err);
}

static bool is_added(bool done)
{
	return users_are(done ? BEFORE "cid:=c\n" : BEFORE) &&
	       (!done || is_there("root/cid/cur"));
}

static bool is_added_offline(bool done)
{
	struct pop3_error err;

	return users_reload(&service.users, &err) == 0 && is_added(done);
}

static int set_hash(struct pop3_error *err)
{
	return users_set_hash(&service.users, "bob", "=c", err);
}

static bool hash_is_set(bool done)
{
	return users_are(done ? "ann:=a\nbob:=c\n" : BEFORE);
}

static int rename_bob(struct pop3_error *err)
{
	return service_rename_user(&service, "bob", "cid", err);
}

static bool is_renamed(bool done)
{
	return users_are(done ? "ann:=a\ncid:=b\n" : BEFORE) &&
	       is_there(done ? "root/cid/new/1.a.h" : "root/bob/new/1.a.h");
}

static int remove_bob(struct pop3_error *err)
{
	return service_remove_user(&service, "bob", err);
}

/* The mailbox of a removed user may still exist. */
static bool is_removed(bool done)
{
	const bool he_is_gone = users_are("ann:=a\n");

	return is_there("root/bob/new/1.a.h") ? !done && (he_is_gone || users_are(BEFORE))
					      : done && he_is_gone;
}

static int discard(struct pop3_error *err)
{
	const int result = maildirs_discard(settings.root, "bob", err);

	if (result == 0)
		maildirs_empty_bin(settings.root);
	return result;
}

/* What stays in the bin is removed the next time. */
static bool is_discarded(bool done)
{
	if (is_there("root/bob/new/1.a.h") == done)
		return false;
	maildirs_empty_bin(settings.root);
	return !is_there("root/.removed");
}

static const struct trial trials[] = {
	{ "open the service", prepare_files, open_service, is_open },
	{ "change the root", prepare, set_root, root_is_set },
	{ "reload the users", prepare, reload, is_reloaded },
	{ "add a user", prepare, add, is_added },
	{ "add a user without the server", prepare, add_offline, is_added_offline },
	{ "change a user's password", prepare, set_hash, hash_is_set },
	{ "rename a user", prepare, rename_bob, is_renamed },
	{ "remove a user", prepare, remove_bob, is_removed },
	{ "discard a mailbox", prepare, discard, is_discarded },
};

/* --- what is refused --- */

static void refuse_files(const char *name, const char *text, bool is_state)
{
	struct pop3_error err = { .text = "" };

	struct buffer state = { 0 };

	prepare();
	scratch_write(name, text, strlen(text));
	service.state = scratch_name(&state, "state");
	if ((is_state ? service_read_state(&service, &err) : users_reload(&service.users, &err)) < 0)
		error_text_note(err.text);
	service.state = NULL;
	buffer_release(&state);
}

static void refuse(void)
{
	const struct pop3_secret nothing = { .text = NULL };
	struct pop3_error err = { .text = "" };

	prepare();
#define REFUSED(call) error_text_note((call) != 0 ? err.text : #call)
	REFUSED(service_set_root(&service, "root", &err));
	REFUSED(service_check_new_user(&service, "a/b", &err));
	REFUSED(service_rename_user(&service, "bob", "a/b", &err));
	REFUSED(users_rename(&service.users, "bob", "a/b", &err));
	service.max_users = 2;
	REFUSED(service_check_new_user(&service, "eve", &err));
	REFUSED(service_set_transforming(&service, true, &err));
	REFUSED(service_switch(&service, "QUIT", false, &err));
	REFUSED(password_hash("", &err) == NULL);
	REFUSED(serve_add_user(&settings, "cid", &nothing, &err));
	refuse_files("users", "ann\n", false);
	refuse_files("users", "ann:=a\na/b:=b\n", false);
	refuse_files("users", "ann:=a\nann:=b\n", false);
	refuse_files("state", "nonsense 1\n", true);
}

static const char *const expected_texts[] = {
	"cannot create '/root': Input/output error",
	"cannot open the mailbox '/root/cid': Input/output error",
	"cannot remove the mailbox 'bob': Input/output error",
	"cannot rename the mailbox 'bob': Input/output error",
	"cannot use '/root' for mailboxes: Input/output error",
	"'root' is not an absolute path",
	"invalid user name 'a/b'",
	"the limit of 2 users is reached",
	"no transform command was configured",
	"'QUIT' cannot be switched off",
	"the password must be 1 to 511 octets long",
	"'/users' line 1 is not 'name:hash'",
	"'/users' line 2: invalid user name 'a/b'",
	"'/users' has the user 'ann' twice",
	"'/state': unknown setting 'nonsense 1'",
	"the password is empty or contains a NUL",
};

int main(void)
{
	scratch();
	for (size_t row = 0; row < ROWS(trials); row++)
		trial_sweep(&trials[row]);
	service_release(&service);
	buffer_release(&users_path);
	buffer_release(&root_path);
	refuse();
	check_error_texts(expected_texts, ROWS(expected_texts));
	return check_end();
}
