#ifndef CMD_SETUP_PROVIDERS_H
#define CMD_SETUP_PROVIDERS_H

/* Large providers, whose servers do not follow from the address, or who want more than a password. */
enum provider_login {
	PROVIDER_PASSWORD,
	PROVIDER_APP_PASSWORD, /* one made for this program: the account's own is refused */
	PROVIDER_OAUTH,	       /* OAuth 2.0 alone */
	PROVIDER_NO_POP3,
};

struct provider {
	const char *name;
	const char *domains; /* of addresses, separated by blanks; "" = only by exchangers */
	const char *exchangers; /* what the names of its mail exchangers end in, the same way */
	const char *host;	/* of its server for TLS on port 995 */
	enum provider_login login;
	const char *advice; /* what a person has to do there first; NULL = nothing */
};

/* The one that an address's domain belongs to, or NULL. */
const struct provider *provider_of_domain(const char *domain);

/* The one that a domain leaves its mail to, by the name of its mail exchanger, or NULL. */
const struct provider *provider_of_exchanger(const char *host);

#endif
