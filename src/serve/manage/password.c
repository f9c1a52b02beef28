/* Passwords set by management: what would hold up the loop for tens of milliseconds each. */
#include "serve/manage/password.h"

#include <stdlib.h>
#include <string.h>

struct manage_hashing {
	struct job job; /* first: what the threads know it by */
	struct service *service;
	void (*done)(void *of, bool has_it);
	void *of;
	bool is_new;
	char *name, *password, *hash;
	struct pop3_error err;
};

static void hashing_free(struct manage_hashing *hashing)
{
	if (hashing->password != NULL)
		explicit_bzero(hashing->password, strlen(hashing->password));
	free(hashing->password);
	free(hashing->name);
	free(hashing->hash);
	free(hashing);
}

static void work(struct job *job)
{
	struct manage_hashing *const hashing = (struct manage_hashing *)job;

	hashing->hash = password_hash(hashing->password, &hashing->err);
}

static bool give(struct manage_hashing *hashing)
{
	struct service *const service = hashing->service;

	if (hashing->hash == NULL)
		return false;
	if (hashing->is_new)
		return service_add_user(service, hashing->name, hashing->hash,
					&hashing->err) == 0;
	return users_set_hash(&service->users, hashing->name, hashing->hash, &hashing->err) == 0;
}

static void done(struct job *job)
{
	struct manage_hashing *const hashing = (struct manage_hashing *)job;
	const bool has_it = give(hashing);

	if (hashing->done != NULL)
		hashing->done(hashing->of, has_it);
	hashing_free(hashing);
}

struct manage_hashing *manage_hash(struct service *service, const struct manage_password *password,
				   void (*tell)(void *of, bool has_it), void *of)
{
	struct manage_hashing *const hashing = calloc(1, sizeof *hashing);

	if (hashing == NULL)
		return NULL;
	*hashing = (struct manage_hashing){
		.job = { .work = work, .done = done, .slow = true }, .service = service,
		.done = tell, .of = of, .is_new = password->is_new,
		.name = strdup(password->name), .password = strdup(password->password),
	};
	if (hashing->name == NULL || hashing->password == NULL) {
		hashing_free(hashing);
		return NULL;
	}
	workers_submit(service->workers, &hashing->job);
	return hashing;
}

void manage_hash_untold(struct manage_hashing *hashing)
{
	if (hashing != NULL)
		hashing->done = NULL;
}
