/* The table of large providers. */
#include "cmd/setup/candidates.h"

#include <string.h>
#include <strings.h>

static const struct provider providers[] = {
	{ "Gmail", "gmail.com googlemail.com", ".google.com .googlemail.com", "pop.gmail.com",
	  PROVIDER_APP_PASSWORD,
	  "switch POP on in Gmail's settings, and make the app password at "
	  "https://myaccount.google.com/apppasswords" },
	{ "Outlook.com",
	  "outlook.com hotmail.com live.com msn.com outlook.de outlook.fr hotmail.co.uk hotmail.de "
	  "hotmail.fr live.co.uk live.de live.fr", "", "outlook.office365.com",
	  PROVIDER_OAUTH, "switch POP on in Outlook's settings" },
	{ "Microsoft 365", "", ".protection.outlook.com .mx.microsoft", "outlook.office365.com",
	  PROVIDER_OAUTH, NULL },
	{ "Yahoo Mail", "yahoo.com ymail.com rocketmail.com yahoo.co.uk yahoo.de yahoo.fr yahoo.it "
	  "yahoo.es yahoo.ca yahoo.com.br", ".yahoodns.net", "pop.mail.yahoo.com",
	  PROVIDER_APP_PASSWORD, "make the app password on the account's security page" },
	{ "AOL Mail", "aol.com aim.com", "", "pop.aol.com", PROVIDER_APP_PASSWORD,
	  "make the app password on the account's security page" },
	{ "iCloud Mail", "icloud.com me.com mac.com", ".mail.icloud.com", NULL,
	  PROVIDER_NO_POP3, NULL },
	{ "Proton Mail", "proton.me protonmail.com protonmail.ch pm.me", ".protonmail.ch", NULL,
	  PROVIDER_NO_POP3, NULL },
	{ "Tuta", "tuta.com tutanota.com tutanota.de tutamail.com tuta.io", ".tutanota.de", NULL,
	  PROVIDER_NO_POP3, NULL },
	{ "Fastmail", "fastmail.com fastmail.fm", ".messagingengine.com", "pop.fastmail.com",
	  PROVIDER_APP_PASSWORD, "make the app password under Privacy & Security" },
	{ "Zoho Mail", "zoho.com zohomail.com", ".zoho.com", "pop.zoho.com", PROVIDER_PASSWORD,
	  "switch POP on in Zoho's settings; with two factors, make an app password" },
	{ "Zoho Mail", "zoho.eu zohomail.eu", ".zoho.eu", "pop.zoho.eu", PROVIDER_PASSWORD,
	  "switch POP on in Zoho's settings; with two factors, make an app password" },
	{ "GMX", "gmx.net gmx.de gmx.at gmx.ch", "", "pop.gmx.net", PROVIDER_PASSWORD,
	  "switch POP3 on in GMX's settings" },
	{ "GMX", "gmx.com gmx.us gmx.co.uk gmx.fr", "", "pop.gmx.com", PROVIDER_PASSWORD,
	  "switch POP3 on in GMX's settings" },
	{ "WEB.DE", "web.de", "", "pop3.web.de", PROVIDER_PASSWORD,
	  "switch POP3 on in WEB.DE's settings" },
	{ "Telekom", "t-online.de magenta.de", "", "securepop.t-online.de", PROVIDER_PASSWORD,
	  "set the password for e-mail programs, which is not that of the website" },
	{ "mailbox.org", "mailbox.org", ".mailbox.org", "pop3.mailbox.org",
	  PROVIDER_PASSWORD, NULL },
	{ "Posteo", "posteo.de posteo.net", "", "posteo.de", PROVIDER_PASSWORD, NULL },
	{ "Mail.ru", "mail.ru inbox.ru list.ru bk.ru", "", "pop.mail.ru", PROVIDER_APP_PASSWORD,
	  "make the password for external applications in the account's settings" },
	{ "Yandex Mail", "yandex.ru yandex.com ya.ru", ".yandex.ru .yandex.net", "pop.yandex.com",
	  PROVIDER_APP_PASSWORD,
	  "switch POP3 on in the settings, and make an app password for mail" },
	{ "QQ Mail", "qq.com foxmail.com", "", "pop.qq.com", PROVIDER_APP_PASSWORD,
	  "switch POP3 on in the settings, which give out the authorization code" },
	{ "NetEase 163", "163.com", "", "pop.163.com", PROVIDER_APP_PASSWORD,
	  "switch POP3 on in the settings, which give out the authorization code" },
	{ "NetEase 126", "126.com", "", "pop.126.com", PROVIDER_APP_PASSWORD,
	  "switch POP3 on in the settings, which give out the authorization code" },
	{ "Orange", "orange.fr wanadoo.fr", "", "pop.orange.fr", PROVIDER_PASSWORD, NULL },
	{ "Free", "free.fr", "", "pop.free.fr", PROVIDER_PASSWORD, NULL },
};

/* Whether a name is one of the words, or, with is_suffix, ends in one. */
static bool is_listed(const char *words, const char *name, bool is_suffix)
{
	const size_t name_length = strlen(name);

	for (size_t length; *words != '\0'; words += length, words += *words == ' ') {
		length = strcspn(words, " ");
		if ((is_suffix ? name_length > length : name_length == length) &&
		    strncasecmp(name + name_length - length, words, length) == 0)
			return true;
	}
	return false;
}

const struct provider *provider_find(const char *name, bool is_exchanger)
{
	for (size_t i = 0; i < sizeof providers / sizeof providers[0]; i++)
		if (is_listed(is_exchanger ? providers[i].exchangers : providers[i].domains, name,
			      is_exchanger))
			return &providers[i];
	return NULL;
}
