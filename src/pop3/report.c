/* What a session met: given back here; net/ and this folder fill it in where they meet it. */
#include "pop3/report.h"

void pop3_report_release(struct pop3_report *report)
{
	pop3_capa_release(&report->capa);
	*report = (struct pop3_report){ .address_count = 0 };
}
