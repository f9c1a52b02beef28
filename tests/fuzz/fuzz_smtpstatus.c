/* Datagrams of SMTPStatus: each answers the question with its ID, once, or none. */
#include "admin/smtpstatus.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input rest = input_of(data, size);
	struct smtpstatus_round round = {
		.count = 3, .questions = { { 0, 0x3131, false, 0, "" }, { 1, 0x3232, false, 0, "" },
					   { 4, 0x3333, false, 0, "" } },
	};

	while (rest.length > 0) {
		const struct smtpstatus_round before = round;
		const struct input datagram = input_take(&rest, SMTPSTATUS_OCTETS);
		char *const copy = input_copy(&datagram);
		const bool taken = smtpstatus_match(&round, (unsigned char *)copy, datagram.length);

		for (size_t i = 0; i < round.count; i++) {
			const struct smtpstatus_question *const is = &round.questions[i];
			const struct smtpstatus_question *const was = &before.questions[i];

			must(!was->answered || memcmp(is, was, sizeof *is) == 0,
			     "an answer is not replaced");
			must(is->answered == was->answered ||
				     (taken && memcmp(copy + 3, &is->rid, 2) == 0),
			     "an answer has the question's ID");
			must(is->rid == was->rid && is->command == was->command,
			     "questions do not change");
		}
		free(copy);
	}
	smtpstatus_whole(&round);
	smtpstatus_count(round.questions[0].result);
	return 0;
}
