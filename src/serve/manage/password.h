#ifndef SERVE_MANAGE_PASSWORD_H
#define SERVE_MANAGE_PASSWORD_H

#include "serve/manage/manage.h"

/* A password set by management: hashed in a thread, given to its user in the loop. */
struct manage_hashing;

/* done is called later, from the loop. NULL without memory, and then it is not. */
struct manage_hashing *manage_hash(struct service *service, const struct manage_password *password,
				   void (*done)(void *of, bool has_it), void *of);

/* The user gets the password all the same, but nobody is told. NULL is fine. */
void manage_hash_untold(struct manage_hashing *hashing);

#endif
