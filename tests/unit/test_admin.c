/* Verbs of the management protocols, their requests on the wire, and errors. */
#include "admin/protocol.h"

#include "check.h"

#define WORDS_MAX 8

static char secret_text[] = "secret", password_text[] = "joshua";
static struct pop3_secret secret = { .text = secret_text, .length = 6 };
static struct pop3_secret password = { .text = password_text, .length = 6 };
static const struct pop3_account root = { .user = "root", .secret = &secret };

/* Parses a request from one line; its words are borrowed from line. */
static int parse(struct admin_request *request, char *line, struct pop3_error *err)
{
	static char *words[WORDS_MAX];
	char *rest = line;
	size_t count = 0;

	while (count < WORDS_MAX && (words[count] = strtok_r(rest, " ", &rest)) != NULL)
		count++;
	if (admin_parse(request, words, count, err) < 0)
		return -1;
	if (admin_sets_password(request->verb))
		request->new_password = &password;
	return 0;
}

static const struct {
	const char *scheme, *words;
	const char *octets; /* NULL = refused before connecting */
} requests[] = {
	{ "peep", "metrics", "rb?\r\nre?\r\nxe?\r\ncc?\r\nhc?\r\nhu?\r\n" },
	{ "peep", "metrics octets", "rb?\r\n" },
	{ "peep", "metrics logins removed", "xe?\r\nhu?\r\n" },
	{ "peep", "metrics online", NULL },
	{ "spscmp", "metrics octets", "secret METRICS\r\n" },
	{ "spscmp", "metrics logins", NULL },
	{ "monitor", "metrics online logins", "METR\r\n" },
	{ "monitor", "set maildir /srv/my mail", NULL },
	{ "peep", "users", "u?\r\n" },
	{ "peep", "online", "cu?\r\n" },
	{ "peep", "user-add ann", "u+ ann joshua\r\n" },
	{ "peep", "user-del ann", "u- ann\r\n" },
	{ "peep", "user-passwd ann", NULL },
	{ "peep", "user-rename ann bob", NULL },
	{ "peep", "log", "l?\r\n" },
	{ "peep", "sessions", "cs?\r\n" },
	{ "peep", "set command TOP off", "pc= TOP off\r\n" },
	{ "peep", "set command TOP perhaps", NULL },
	{ "peep", "kick ann", "k- ann\r\n" },
	{ "peep", "get max-connections", "c?\r\n" },
	{ "peep", "set max-connections 15", "c= 15\r\n" },
	{ "peep", "set max-connections 18446744073709551615", "c= 18446744073709551615\r\n" },
	{ "peep", "set max-connections 18446744073709551616", NULL },
	{ "peep", "set max-connections -1", NULL },
	{ "peep", "set max-connections 1x", NULL },
	{ "peep", "set max-connections", NULL },
	{ "peep", "set max-connections 1 2", NULL },
	{ "peep", "get timeout", "t?\r\n" },
	{ "peep", "set timeout 0", "t= 0\r\n" },
	{ "peep", "get maildir", "m?\r\n" },
	{ "peep", "set maildir /srv/mail", "m= /srv/mail\r\n" },
	{ "peep", "capa", "cap?\r\n" },
	{ "peep", "info", NULL },
	{ "peep", "user-del a\tb", NULL },
	{ "peep", "user-del a\r\nu-", NULL },
	{ "peep", "user-del a\177", NULL },
	{ "peep", "user-del \303\244", "u- \303\244\r\n" },
	{ "peep", "frobnicate", NULL },
	{ "peep", "get", NULL },
	{ "peep", "get host", NULL },
	{ "peep", "set", NULL },
	{ "peep", "", NULL },
	{ "spscmp", "metrics", "secret METRICS\r\n" },
	{ "spscmp", "users", "secret LISTUSERS\r\n" },
	{ "spscmp", "online", NULL },
	{ "spscmp", "user-add ann", "secret ADDUSER ann joshua\r\n" },
	{ "spscmp", "user-del ann", "secret DELUSER ann\r\n" },
	{ "spscmp", "user-passwd ann", "secret UPDATEPASS ann joshua\r\n" },
	{ "spscmp", "user-rename ann bob", "secret UPDATENAME ann bob\r\n" },
	{ "spscmp", "log", "secret LOGS\r\n" },
	{ "spscmp", "set max-users 0", "secret MAXUSERS 0\r\n" },
	{ "spscmp", "set max-connections 5", "secret MAXCONNS 5\r\n" },
	{ "spscmp", "get max-connections", NULL },
	{ "spscmp", "user-del 1234567890123456789012345678901234567890",
	  "secret DELUSER 1234567890123456789012345678901234567890\r\n" },
	{ "spscmp", "user-del 12345678901234567890123456789012345678901", NULL },
	{ "spscmp", "user-del \303\244", NULL },
	{ "monitor", "metrics", "METR\r\n" },
	{ "monitor", "log", "LOGG\r\n" },
	{ "monitor", "info", "INFO\r\n" },
	{ "monitor", "get host", "INFO\r\n" },
	{ "monitor", "get maildir", "INFO\r\n" },
	{ "monitor", "get address", "INFO\r\n" },
	{ "monitor", "set transform on", "TRAN 1\r\n" },
	{ "monitor", "set transform off", "TRAN 0\r\n" },
	{ "monitor", "set transform yes", NULL },
	{ "monitor", "set maildir /srv/mail", "DIRR /srv/mail/\r\n" },
	{ "monitor", "set maildir /srv/mail/", "DIRR /srv/mail/\r\n" },
	{ "monitor", "set host mail.example", "HOST mail.example\r\n" },
	{ "monitor", "set port 1110", "PORT 1110\r\n" },
	{ "monitor", "set port 0", NULL },
	{ "monitor", "set port 65536", NULL },
	{ "monitor", "set address ::1", "IPV6 ::1\r\n" },
	{ "monitor", "set address ::g", NULL },
	{ "monitor", "get transform", NULL },
	{ "monitor", "users", NULL },
	{ "smtpstatus", "users", NULL },
	{ "smtpstatus", "set transform maybe", NULL },
};

static void test_requests(void)
{
	for (size_t i = 0; i < ROWS(requests); i++) {
		const char *const expected = requests[i].octets;
		struct pop3_error err = { .code = POP3_E_NONE };
		struct admin_request request;
		struct buffer out = { 0 };
		const struct admin_protocol *const protocol =
			admin_protocol(requests[i].scheme, &err);
		char *const line = strdup(requests[i].words);
		char name[32];

		snprintf(name, sizeof name, "requests, row %zu", i + 1);
		if (parse(&request, line, &err) == 0 &&
		    admin_check(protocol, &request, root.user, &err) == 0)
			admin_write(&out, protocol, &request, &secret);
		check_text(name, buffer_text(&out), expected != NULL ? expected : "");
		check_number(name, err.code,
			     expected != NULL ? POP3_E_NONE : POP3_E_USAGE);
		buffer_release(&out);
		free(line);
	}
}

static const struct {
	const char *scheme, *words, *message;
} lacking[] = {
	{ "peep", "info", "peep has no 'info' (these have: monitor)" },
	{ "monitor", "users", "monitor has no 'users' (these have: peep, spscmp)" },
	{ "spscmp", "get transform",
	  "spscmp has no 'get transform' (these have: smtpstatus)" },
	{ "smtpstatus", "capa", "smtpstatus has no 'capa' (these have: peep)" },
	{ "spscmp", "user-add ann joshua",
	  "'user-add' takes NAME; see --new-password-command, -file and -fd" },
	{ "spscmp", "users all", "'users' takes no argument" },
};

static void test_messages(void)
{
	for (size_t i = 0; i < ROWS(lacking); i++) {
		struct pop3_error err = { .code = POP3_E_NONE };
		struct admin_request request;
		const struct admin_protocol *const protocol =
			admin_protocol(lacking[i].scheme, &err);
		char *const line = strdup(lacking[i].words);

		if (parse(&request, line, &err) == 0)
			admin_check(protocol, &request, "root", &err);
		check_text(lacking[i].words, err.text, lacking[i].message);
		free(line);
	}
}

static const struct {
	const char *scheme, *words, *user, *secret;
	bool fine;
} secrets[] = {
	{ "peep", "users", "root", "secret", true },
	{ "peep", "users", "root", "two words", false },
	{ "peep", "users", "root", "", false },
	{ "peep", "users", "root", "a\rb", false },
	{ "peep", "users", "two words", "secret", false },
	{ "peep", "users", NULL, "secret", false },
	{ "peep", "capa", NULL, "", true },
	{ "spscmp", "users", NULL, "secret", true },
	{ "spscmp", "users", NULL, "s\303\244cret", false },
	{ "spscmp", "users", NULL, "", false },
	{ "monitor", "info", NULL, "", true },
	{ "smtpstatus", "metrics", NULL, "8 octets", true },
	{ "smtpstatus", "metrics", NULL, "9 octets.", false },
	{ "smtpstatus", "metrics", NULL, "", true },
};

static void test_secrets(void)
{
	for (size_t i = 0; i < ROWS(secrets); i++) {
		struct pop3_error err = { .code = POP3_E_NONE };
		char text[16];
		const int length = snprintf(text, sizeof text, "%s", secrets[i].secret);
		struct pop3_secret given = { .text = text, .length = (size_t)length };
		const struct pop3_account account = { .user = secrets[i].user, .secret = &given };
		const struct admin_protocol *const protocol =
			admin_protocol(secrets[i].scheme, &err);
		struct admin_request request;
		char *const line = strdup(secrets[i].words);

		if (parse(&request, line, &err) == 0 &&
		    admin_check(protocol, &request, account.user, &err) == 0)
			admin_check_secrets(protocol, &request, &account, &err);
		check_number(secrets[i].scheme, err.code,
			     secrets[i].fine ? POP3_E_NONE : POP3_E_USAGE);
		check_report("the message holds no secret", secrets[i].fine || length == 0 ||
			     secrets[i].user == NULL || strstr(err.text, text) == NULL);
		free(line);
	}
}

int main(void)
{
	test_requests();
	test_messages();
	test_secrets();
	return check_end();
}
