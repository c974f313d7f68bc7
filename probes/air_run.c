/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/air_run.h"

#include <stdlib.h>

#include "lib/log.h"
#include "probes/far_end.h"
#include "probes/report.h"

struct air_run {
	struct air *air;
	const struct map *map;
	FILE *print;
	struct sender *sender;
	struct ssid_list ssids, legacy;
	struct complaint untold;
	struct far_ends ends; /* of the wire */
	int put;	      /* in the sender's batch */
	int failed;
};

static void
on_event(void *ctx, const struct event *e)
{
	struct air_run *r = ctx;

	if (r->print != NULL && !report_event(r->print, e))
		r->failed = 1;
	/* Without a map every BSSID's floods are told here: the centre is about the city's. */
	if (r->sender == NULL || (e->kind == EVENT_DEAUTH_FLOOD && e->ap[0] == '\0'))
		return;
	if (sender_put_event(r->sender, e) != KK_OK)
		r->failed = 1;
	r->put = 1;
}

/* Events do not wait for the end of an interval. */
static void
send_events(struct air_run *r)
{
	if (r->put)
		sender_commit(r->sender);
	r->put = 0;
}

int
air_run_new(const struct options *o, const struct map *map, FILE *print, struct sender *sender,
    struct air_run **out, struct diag *d)
{
	struct air_run *r = calloc(1, sizeof(*r));
	const struct air_sink sink = {r, on_event};
	struct air_options ao = {.flood = o->flood > 0 ? (unsigned)o->flood : 0};
	int rc;

	if (r == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory");
	r->map = map;
	r->print = print;
	r->sender = sender;
	ao.ssids = &r->ssids;
	ao.legacy = &r->legacy;
	rc = ssid_list_parse(o->ssids, &r->ssids);
	if (rc == KK_OK)
		rc = ssid_list_parse(o->legacy_ssids, &r->legacy);
	if (rc != KK_OK) {
		free(r);
		return diag_set(d, KK_E_SYNTAX, "air: the networks' names are no list of names");
	}
	if ((rc = air_new(&ao, map, &sink, &r->air, d)) != KK_OK) {
		free(r);
		return rc;
	}
	*out = r;
	return KK_OK;
}

void
air_run_free(struct air_run *r)
{
	if (r == NULL)
		return;
	air_free(r->air);
	free(r);
}

/* In a tunnel or on the air it would be a client that calls itself a bridge. */
static int
is_of_the_wire(const struct seen *s)
{
	return s->tunnels == 0 && (s->flags & SEEN_AIR) == 0;
}

void
air_run_hear(struct air_run *r, int64_t time_us, const struct seen *s, const struct detail *said)
{
	const char *end;

	if (said->kind == DETAIL_MANAGEMENT)
		air_hear(r->air, time_us, s, &said->management);
	else if (said->kind == DETAIL_LLDP && is_of_the_wire(s) &&
		 (end = far_ends_new(&r->ends, &said->lldp)) != NULL)
		log_line(LOG_LV_INFO, "LLDP: this wire is of %s", end);
}

void
air_run_heard(struct air_run *r)
{
	send_events(r);
}

void
air_run_advance(struct air_run *r, int64_t now_us)
{
	struct air_stats stats;

	air_advance(r->air, now_us);
	send_events(r);
	air_stats(r->air, &stats);
	if (stats.untold > 0)
		complain(&r->untold, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "more happens on the air than is told: %llu events until now were not",
		    (unsigned long long)stats.untold);
}

int
air_run_map(struct air_run *r, const struct map *map)
{
	int rc = air_map(r->air, map);

	if (rc == KK_OK)
		r->map = map;
	send_events(r);
	return rc;
}

static void
print_network(void *ctx, const struct air_network *n)
{
	struct air_run *r = ctx;

	if (!report_network(r->print, n, n->ap != OWN_NONE ? map_ap(r->map, n->ap) : NULL))
		r->failed = 1;
}

int
air_run_finish(struct air_run *r)
{
	if (r->print != NULL && !air_networks(r->air, r, print_network))
		r->failed = 1;
	return !r->failed;
}
