/* The record of list, which wait prints, too. */
#include "cli/listed.h"

#include "cli/output.h"

int list_chosen(struct invocation *in, struct pop3_error *err)
{
	const struct messages *const m = in->messages;

	for (size_t i = 0; i < m->count; i++) {
		const uint64_t octets = messages_entry(m, i)->octets;

		output_begin(in->output);
		messages_output(in, i);
		if (octets != POP3_OCTETS_UNKNOWN)
			output_number(in->output, "octets", octets);
		else
			output_unknown(in->output, "octets");
		if (output_end(in->output, err) < 0)
			return -1;
	}
	return 0;
}
