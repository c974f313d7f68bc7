/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/alert_nagios.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/city.h"

struct totals {
	uint32_t aps, states[STATE_COUNT];
	uint64_t clients;
};

static void
count(const struct picture *p, struct totals *t)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct standing *s = &p->rows[i];

		if (s->dev->kind != KIND_AP)
			continue;
		t->aps++;
		t->states[s->verdict.state]++;
		/* What a silent device last said is not what is there now. */
		if (s->verdict.evidence == EVIDENCE_ALIVE && s->live.known >> METRIC_CLIENTS & 1)
			t->clients += (uint64_t)s->live.value[METRIC_CLIENTS];
	}
}

static const struct outage *
first_outage(const struct picture *p, size_t *n)
{
	const struct outage *first = NULL;

	*n = 0;
	for (size_t i = 0; i < p->n_outages; i++) {
		if (p->outages[i].pending)
			continue;
		(*n)++;
		if (first == NULL)
			first = &p->outages[i];
	}
	return first;
}

static enum nagios_code
judge(const struct totals *t, const struct outage *worst, const struct nagios_limits *l)
{
	uint32_t bad = t->states[STATE_DOWN] + t->states[STATE_UNREACHABLE];

	if (worst != NULL && worst->dev == NULL)
		return NAGIOS_UNKNOWN; /* the collector sees nothing */
	if (bad >= l->critical)
		return NAGIOS_CRITICAL;
	if (bad >= l->warning || worst != NULL || t->states[STATE_DEGRADED] > 0 ||
	    t->states[STATE_MISSING] > 0)
		return NAGIOS_WARNING;
	return NAGIOS_OK;
}

static void
perfdata(const struct totals *t, const struct nagios_limits *l, size_t outages)
{
	printf(" | 'aps_up'=%u;;;0;%u 'aps_down'=%u;%u;%u;0;%u 'aps_unreachable'=%u;;;0;%u "
	       "'aps_degraded'=%u;;;0;%u 'aps_unknown'=%u;;;0;%u 'aps_away'=%u;;;0;%u "
	       "'outages'=%zu;;;0; 'clients'=%" PRIu64 ";;;0;\n",
	    t->states[STATE_UP], t->aps, t->states[STATE_DOWN], l->warning, l->critical, t->aps,
	    t->states[STATE_UNREACHABLE], t->aps, t->states[STATE_DEGRADED], t->aps,
	    t->states[STATE_UNKNOWN], t->aps, t->states[STATE_AWAY], t->aps, outages, t->clients);
}

/* A '|' in an id would begin the perfdata. */
static void
put_id(const char *id)
{
	for (; *id != '\0'; id++)
		putchar(*id == '|' || (unsigned char)*id < 0x20 ? '?' : *id);
}

int
alert_nagios(const struct cli *c, const struct nagios_limits *l)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	struct totals t = {0};
	const struct outage *worst;
	enum nagios_code code;
	struct city city;
	size_t outages;

	if (!city_open(c, &city)) {
		puts("KKACHI UNKNOWN - the inventory cannot be read");
		return NAGIOS_UNKNOWN;
	}
	if (!city_judge(c, &city)) {
		city_close(&city);
		puts("KKACHI UNKNOWN - the states cannot be judged");
		return NAGIOS_UNKNOWN;
	}
	count(city.picture, &t);
	worst = first_outage(city.picture, &outages);
	code = judge(&t, worst, l);
	printf("KKACHI %s - ", words[code]);
	if (worst != NULL && worst->dev == NULL)
		fputs(worst->kind == OUTAGE_COLLECTOR_SILENT
			  ? "the collector writes nothing; "
			  : "nobody answers: the collector seems to be cut off; ",
		    stdout);
	printf("%u of %u access points down or unreachable",
	    t.states[STATE_DOWN] + t.states[STATE_UNREACHABLE], t.aps);
	if (worst != NULL && worst->dev != NULL) {
		printf(", %zu outage%s, largest: ", outages, outages == 1 ? "" : "s");
		put_id(worst->dev->id);
	}
	perfdata(&t, l, outages);
	city_close(&city);
	return code;
}
