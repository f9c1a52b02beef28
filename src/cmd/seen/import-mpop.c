/*
 * mpop's ~/.mpop_uidls/USER_at_HOST, or what uidls_file names: comments, then lists. Each begins
 * with " COUNT HOST USER", and so many UIDs follow, one a line.
 */
#include "base/number.h"
#include "cmd/seen/import-format.h"

static int begin_list(struct import_parse *parse, struct import_text line, struct pop3_error *err)
{
	const struct import_text nothing = import_cut(&line, ' ');
	const struct import_text count = import_cut(&line, ' ');

	parse->host = import_cut(&line, ' ');
	parse->user = line;
	if (nothing.length > 0 || parse->host.length == 0 || parse->user.length == 0 ||
	    !number_parse(count.text, count.length, UINT32_MAX, &parse->left) || parse->left == 0)
		return import_damaged(parse, "expected ' NUMBER-OF-UIDS HOST USER'", err);
	return 0;
}

static int read_line(struct import_parse *parse, struct import_text line, struct pop3_error *err)
{
	if (parse->left > 0) {
		parse->left--;
		return import_pass(parse, line, 0, err);
	}
	/* Later a UID may begin so. */
	if (line.text[0] == '#' && parse->host.text == NULL)
		return 0;
	return begin_list(parse, line, err);
}

const struct import_format import_mpop = {
	.name = "mpop", .names_mailboxes = true, .read_line = read_line,
};
