/* Status lines: parsing, response codes, and the meaning of refusals. */
#include "pop3/reply.h"

#include "check.h"

#define NO_REPLY ((enum reply_status)-1)

static const struct {
	const char *line;
	enum reply_status status;
	enum reply_code code;
	const char *text;
} lines[] = {
	{ "+OK", REPLY_OK, REPLY_CODE_NONE, "" },
	{ "+OK ready", REPLY_OK, REPLY_CODE_NONE, "ready" },
	{ "+ok ready", REPLY_OK, REPLY_CODE_NONE, "ready" },
	{ "+OK\t 2 320", REPLY_OK, REPLY_CODE_NONE, "2 320" },
	{ "+OK2 320", REPLY_OK, REPLY_CODE_NONE, "2 320" },
	{ "+", REPLY_OK, REPLY_CODE_NONE, "" },
	{ "+ERR", REPLY_ERR, REPLY_CODE_NONE, "" },
	{ "+err no", REPLY_ERR, REPLY_CODE_NONE, "no" },
	{ "+ERROR", REPLY_CONTINUE, REPLY_CODE_NONE, "ERROR" },
	{ "+ ERR", REPLY_CONTINUE, REPLY_CODE_NONE, "ERR" },
	{ "+ ", REPLY_CONTINUE, REPLY_CODE_NONE, "" },
	{ "+ YQ==", REPLY_CONTINUE, REPLY_CODE_NONE, "YQ==" },
	{ "+ go ahead", REPLY_CONTINUE, REPLY_CODE_NONE, "go ahead" },
	{ "-ERR", REPLY_ERR, REPLY_CODE_NONE, "" },
	{ "-ERR no", REPLY_ERR, REPLY_CODE_NONE, "no" },
	{ "-err no", REPLY_ERR, REPLY_CODE_NONE, "no" },
	{ "-", REPLY_ERR, REPLY_CODE_NONE, "" },
	{ "- no", REPLY_ERR, REPLY_CODE_NONE, "no" },
	{ "-NO", REPLY_ERR, REPLY_CODE_NONE, "NO" },
	{ "-ERR [IN-USE] busy", REPLY_ERR, REPLY_CODE_IN_USE, "[IN-USE] busy" },
	{ "-ERR [in-use]", REPLY_ERR, REPLY_CODE_IN_USE, "[in-use]" },
	{ "-ERR [LOGIN-DELAY]", REPLY_ERR, REPLY_CODE_LOGIN_DELAY, "[LOGIN-DELAY]" },
	{ "-ERR [SYS/TEMP]", REPLY_ERR, REPLY_CODE_SYS_TEMP, "[SYS/TEMP]" },
	{ "-ERR [SYS/PERM]", REPLY_ERR, REPLY_CODE_SYS_PERM, "[SYS/PERM]" },
	{ "-ERR [AUTH]", REPLY_ERR, REPLY_CODE_AUTH, "[AUTH]" },
	{ "-ERR [X-NEW] what", REPLY_ERR, REPLY_CODE_OTHER, "[X-NEW] what" },
	{ "-ERR [IN-USE", REPLY_ERR, REPLY_CODE_NONE, "[IN-USE" },
	{ "-ERR no [IN-USE]", REPLY_ERR, REPLY_CODE_NONE, "no [IN-USE]" },
	{ "", NO_REPLY, REPLY_CODE_NONE, "" },
	{ " +OK", NO_REPLY, REPLY_CODE_NONE, "" },
	{ "OK", NO_REPLY, REPLY_CODE_NONE, "" },
	{ "* OK", NO_REPLY, REPLY_CODE_NONE, "" },
	{ "+OK ready\r", REPLY_OK, REPLY_CODE_NONE, "ready\r" },
	{ "+OK 30 octets\rFrom: ann", NO_REPLY, REPLY_CODE_NONE, "" },
	{ "-ERR\r\r+OK", NO_REPLY, REPLY_CODE_NONE, "" },
};

static const struct {
	const char *line;
	enum pop3_code meaning;
	int64_t retry_after;
} refusals[] = {
	{ "-ERR", POP3_E_REFUSED, 0 },
	{ "-ERR no such user", POP3_E_REFUSED, 0 },
	{ "-ERR [AUTH] locked", POP3_E_CREDENTIALS, 0 },
	{ "-ERR [SYS/PERM] try again", POP3_E_REFUSED, 0 },
	{ "-ERR [SYS/TEMP] no", POP3_E_SYS_TEMP, 0 },
	{ "-ERR [IN-USE] no", POP3_E_IN_USE, 0 },
	{ "-ERR [X-NEW] mailbox in use", POP3_E_IN_USE, 0 },
	{ "-ERR Lock busy", POP3_E_IN_USE, 0 },
	{ "-ERR maildrop already locked", POP3_E_IN_USE, 0 },
	{ "-ERR Too many connections", POP3_E_SYS_TEMP, 0 },
	{ "-ERR please Try Again later", POP3_E_SYS_TEMP, 0 },
	{ "-ERR temporarily unavailable", POP3_E_SYS_TEMP, 0 },
	{ "-ERR Disconnected for inactivity.", POP3_E_SYS_TEMP, 0 },
	{ "-ERR Autologout; idle for too long", POP3_E_SYS_TEMP, 0 },
	{ "-ERR Session timed out", POP3_E_SYS_TEMP, 0 },
	{ "-ERR Idle timeout, closing connection", POP3_E_SYS_TEMP, 0 },
	{ "-ERR [LOGIN-DELAY]", POP3_E_LOGIN_DELAY, 0 },
	{ "-ERR [LOGIN-DELAY] wait 90 seconds", POP3_E_LOGIN_DELAY, 90 },
	{ "-ERR [LOGIN-DELAY] 1 min", POP3_E_LOGIN_DELAY, 60 },
	{ "-ERR [LOGIN-DELAY] 99999999999 seconds", POP3_E_LOGIN_DELAY, 0 },
	{ "-ERR login allowed only every 15 minutes", POP3_E_LOGIN_DELAY, 900 },
	{ "-ERR logins allowed every 900 secs, user 7", POP3_E_LOGIN_DELAY, 900 },
};

/* Refusals of a login, where the credentials may be the reason. */
static const struct {
	const char *line;
	enum pop3_code meaning;
} login_refusals[] = {
	{ "-ERR", POP3_E_CREDENTIALS },
	{ "-ERR Account blocked", POP3_E_CREDENTIALS },
	{ "-ERR unlocked by the clock, not by you", POP3_E_CREDENTIALS },
	{ "-ERR blockbusy", POP3_E_CREDENTIALS },
	{ "-ERR Password incorrect, try again", POP3_E_CREDENTIALS },
	{ "-ERR authentication failed: too many tries", POP3_E_CREDENTIALS },
	{ "-ERR too many invalid passwords", POP3_E_CREDENTIALS },
	{ "-ERR Maximum number of connections from user+IP exceeded", POP3_E_SYS_TEMP },
	{ "-ERR too many concurrent connections", POP3_E_SYS_TEMP },
	{ "-ERR Service not available, closing transmission channel", POP3_E_SYS_TEMP },
	{ "-ERR login rate exceeded", POP3_E_LOGIN_DELAY },
	{ "-ERR you exceeded the login limit", POP3_E_SYS_TEMP },
	{ "-ERR account suspended, mailbox locked", POP3_E_CREDENTIALS },
	{ "-ERR Temporary authentication failure", POP3_E_SYS_TEMP },
	{ "-ERR [IN-USE] password accepted, but", POP3_E_IN_USE },
	{ "-ERR (lock)", POP3_E_IN_USE },
	{ "-ERR duplicate login", POP3_E_IN_USE },
	{ "-ERR mailbox already open", POP3_E_IN_USE },
	{ "-ERR connection limit reached", POP3_E_SYS_TEMP },
	{ "-ERR Server unavailable", POP3_E_SYS_TEMP },
	{ "-ERR internal error", POP3_E_SYS_TEMP },
	{ "-ERR Internal server error", POP3_E_SYS_TEMP },
	{ "-ERR down for maintenance", POP3_E_SYS_TEMP },
	{ "-ERR overloaded", POP3_E_SYS_TEMP },
	{ "-ERR shutting down", POP3_E_SYS_TEMP },
};

static void read_line(const char *text, size_t length)
{
	struct pop3_error err;
	struct reply reply;

	if (reply_parse(text, length, &reply))
		reply_fail(&reply, POP3_E_REFUSED, "test", &err);
}

static void check_line(size_t i)
{
	struct reply reply = { .status = NO_REPLY, .text = "" };

	check_number(lines[i].line, reply_parse(lines[i].line, strlen(lines[i].line), &reply),
		     lines[i].status != NO_REPLY);
	check_number("status", (int)reply.status, (int)lines[i].status);
	check_number("code", reply.code, lines[i].code);
	check_octets("text", reply.text, reply.length, lines[i].text, strlen(lines[i].text));
	check_prefixes(lines[i].line, strlen(lines[i].line), read_line);
}

static void check_refusal(size_t i)
{
	struct pop3_error err = { .code = POP3_E_NONE };
	struct reply reply;

	reply_parse(refusals[i].line, strlen(refusals[i].line), &reply);
	check_number(refusals[i].line, reply_fail(&reply, POP3_E_REFUSED, "RETR", &err), -1);
	check_number("meaning", err.code, refusals[i].meaning);
	check_number("retry after", err.retry_after, refusals[i].retry_after);
}

static void check_login_refusal(size_t i)
{
	struct reply reply;

	reply_parse(login_refusals[i].line, strlen(login_refusals[i].line), &reply);
	check_number(login_refusals[i].line, reply_meaning(&reply, POP3_E_CREDENTIALS),
		     login_refusals[i].meaning);
}

int main(void)
{
	for (size_t i = 0; i < ROWS(lines); i++)
		check_line(i);
	for (size_t i = 0; i < ROWS(refusals); i++)
		check_refusal(i);
	for (size_t i = 0; i < ROWS(login_refusals); i++)
		check_login_refusal(i);
	return check_end();
}
