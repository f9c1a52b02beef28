#ifndef CMD_SETUP_PROVIDERS_H
#define CMD_SETUP_PROVIDERS_H

/* Large providers whose server cannot be derived from the address, or that need more setup. */
enum provider_login {
	PROVIDER_PASSWORD,
	PROVIDER_APP_PASSWORD, /* a separate one for this program; the account's own is refused */
	PROVIDER_OAUTH,	       /* OAuth 2.0 only */
	PROVIDER_NO_POP3,
};

struct provider {
	const char *name;
	const char *domains; /* of addresses, separated by blanks; "" = known only by exchangers */
	const char *exchangers; /* suffixes of the names of its mail exchangers, likewise */
	const char *host;	/* its server, with TLS on port 995 */
	enum provider_login login;
	const char *advice; /* what the user has to do there first; NULL = nothing */
};

/* The provider of an address's domain, or NULL. */
const struct provider *provider_of_domain(const char *domain);

/* The provider that hosts a domain, recognized by the domain's mail exchanger, or NULL. */
const struct provider *provider_of_exchanger(const char *host);

#endif
