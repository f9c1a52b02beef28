/* Derived values of a check's results, for its report and advice. */
#include "cmd/check/results.h"

#include "cmd/check/clock.h"

unsigned results_port(const struct check_results *f)
{
	if (f->account->port != 0)
		return f->account->port;
	return f->account->tls == POP3_TLS_IMPLICIT ? 995 : 110;
}

const struct pop3_capa *results_capa(const struct check_results *f)
{
	return f->probe->capa.lines > 0 ? &f->probe->capa : &f->report->capa;
}

int64_t results_days_left(const struct check_results *f, const struct pop3_certificate *certificate)
{
	const int64_t seconds = certificate->not_after - f->now;

	return seconds / 86400 - (seconds % 86400 < 0);
}

int64_t results_clock_ahead(const struct check_results *f)
{
	const int64_t ahead =
		clock_ahead_by_greeting(f->report->greeting, f->report->greeted_at);

	return ahead != 0 ? ahead : f->probe->clock_ahead;
}

const struct pop3_certificate *results_shortest_lived(const struct check_results *f)
{
	const struct pop3_certificate *shortest = &f->report->chain[0];

	for (size_t i = 1; i < f->report->chain_length; i++)
		if (f->report->chain[i].not_after < shortest->not_after)
			shortest = &f->report->chain[i];
	return shortest;
}
