/* The server's file of users: once read, it is sorted without duplicates, and stays so. */
#include "serve/users/users.h"

#include "scratch.h"

static void check(const struct users *users)
{
	for (size_t i = 0; i < users->count; i++) {
		const char *const name = users->list[i].name;

		must(user_name_ok(name) && strchr(name, '/') == NULL && name[0] != '.',
		     "a name does not lead out of the directory");
		must(i == 0 || strcmp(users->list[i - 1].name, name) < 0, "names are sorted");
		must(users->list[i].hash[0] != '\0', "a user has a hash");
		must(users_find(users, name) == &users->list[i], "each user can be found");
	}
}

static void change(struct users *users)
{
	const bool is_there = users_find(users, "new") != NULL;
	const size_t count = users->count;
	struct pop3_error err;

	must((users_add(users, "new", "hash", &err) == 0) == !is_there, "a name exists once");
	check(users);
	must(users->count == count + !is_there, "one user was added");
	must(users_remove(users, "new", &err) == 0, "the user can be removed");
	check(users);
	must(users->count == count - is_there, "one user was removed");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buffer path;
	struct users users;
	struct pop3_error err;

	scratch_write("users", data, size);
	if (path.data == NULL)
		scratch_name(&path, "users");
	if (users_open(&users, path.data, &err) < 0) {
		must(err.code == POP3_E_CONFIG, "an invalid file is a configuration error");
	} else {
		check(&users);
		change(&users);
	}
	users_release(&users);
	return 0;
}
