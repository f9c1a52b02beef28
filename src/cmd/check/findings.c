/* What a look at an account found, as those who tell about it want to know it. */
#include "cmd/check/findings.h"

#include "cmd/check/clock.h"

unsigned findings_port(const struct findings *f)
{
	if (f->account->port != 0)
		return f->account->port;
	return f->account->tls == POP3_TLS_IMPLICIT ? 995 : 110;
}

const struct pop3_capa *findings_capa(const struct findings *f)
{
	return f->inspection->capa.lines > 0 ? &f->inspection->capa : &f->report->capa;
}

int64_t findings_days_left(const struct findings *f, const struct pop3_certificate *certificate)
{
	const int64_t seconds = certificate->not_after - f->now;

	return seconds / 86400 - (seconds % 86400 < 0);
}

int64_t findings_clock_ahead(const struct findings *f)
{
	const int64_t ahead =
		clock_ahead_by_greeting(f->report->greeting, f->report->greeted_at);

	return ahead != 0 ? ahead : f->inspection->clock_ahead;
}

const struct pop3_certificate *findings_shortest_lived(const struct findings *f)
{
	const struct pop3_certificate *shortest = &f->report->chain[0];

	for (size_t i = 1; i < f->report->chain_length; i++)
		if (f->report->chain[i].not_after < shortest->not_after)
			shortest = &f->report->chain[i];
	return shortest;
}
