/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/report.h"

#include <stddef.h>

#include "lib/zone.h"
#include "probes/json_out.h"
#include "probes/report_figures.h"

#define US 1000000

/* The figures of a line, by name. */
static const struct {
	const char *name;
	size_t offset;
	int per_bssid; /* also told for each BSSID */
	int air;       /* heard on the air only; 2: by a radio, not in a tunnel */
	int hidden;    /* where packets are encrypted 0 is unknown */
} figures[] = {
    {"octets_down", offsetof(struct tally, octets_down), 1, 0, 1},
    {"octets_up", offsetof(struct tally, octets_up), 1, 0, 1},
    {"octets_undirected", offsetof(struct tally, octets_undirected), 0, 0, 1},
    {"octets_estimated", offsetof(struct tally, octets_estimated), 0, 0, 1},
    {"packets_down", offsetof(struct tally, packets_down), 0, 0, 1},
    {"packets_up", offsetof(struct tally, packets_up), 0, 0, 1},
    {"packets_undirected", offsetof(struct tally, packets_undirected), 0, 0, 1},
    {"beacons", offsetof(struct tally, beacons), 0, 1, 0},
    {"authentications", offsetof(struct tally, authentications), 1, 1, 0},
    {"association_requests", offsetof(struct tally, association_requests), 1, 1, 0},
    {"reassociation_requests", offsetof(struct tally, reassociation_requests), 1, 1, 0},
    {"associations", offsetof(struct tally, associations), 1, 1, 0},
    {"refusals", offsetof(struct tally, refusals), 1, 1, 0},
    {"disassociations", offsetof(struct tally, disassociations), 1, 1, 0},
    {"deauthentications", offsetof(struct tally, deauthentications), 1, 1, 0},
    {"copies", offsetof(struct tally, copies), 0, 0, 0},
    {"encrypted", offsetof(struct tally, encrypted), 0, 0, 0},
    {"data_frames", offsetof(struct tally, data_frames), 0, 2, 0},
    {"retries", offsetof(struct tally, retries), 0, 2, 0},
    {"airtime_us", offsetof(struct tally, airtime_us), 0, 2, 0},
    {"airtime_unmeasured", offsetof(struct tally, airtime_unmeasured), 0, 2, 0},
};

/* How much of an access point's air was heard, as in `figures`; 0: none, or nobody looked at it. */
static int
air_of(const struct ap_line *line)
{
	if (line->figures == NULL)
		return 0;
	return line->t.radio_frames > 0 ? 2 : line->air;
}

/* Of an access point; `t` NULL: they are unknown. */
static void
put_tally(struct json_out *j, const struct ap_line *line, const struct tally *t, int per_bssid)
{
	const int air = air_of(line);

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		uint64_t n = 0;

		if (per_bssid && !figures[i].per_bssid)
			continue;
		if (t != NULL)
			n = *(const uint64_t *)(const void *)((const char *)t + figures[i].offset);
		if (t == NULL || figures[i].air > air ||
		    (figures[i].hidden && line->opaque && n == 0))
			json_put_null(j, figures[i].name);
		else
			json_put_count(j, figures[i].name, n);
	}
}

static void
put_time(struct json_out *j, const char *name, int64_t utc_s)
{
	char text[ZONE_TEXT];

	json_put_text(j, name, zone_format(utc_s, text));
}

static void
put_bssids(struct json_out *j, const struct ap_line *line)
{
	char mac[18];

	json_open(j, "bssids", '[');
	for (size_t i = 0; i < line->bssids; i++) {
		json_open(j, NULL, '{');
		json_put_text(j, "bssid", event_bssid(line->bssid[i].bssid, mac));
		put_tally(j, line, line->bssid[i].t, 1);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
put_span(struct json_out *j, struct report_span *span, const struct interval *iv)
{
	if (span->from_us != iv->from_us || span->to_us != iv->to_us) {
		span->from_us = iv->from_us;
		span->to_us = iv->to_us;
		zone_format(iv->from_us / US, span->from);
		/* A capture may end within a second: the end is told as the second that has begun.
		 */
		zone_format((iv->to_us + US - 1) / US, span->to);
	}
	json_put_text(j, "time", span->to);
	json_put_text(j, "from", span->from);
}

int
report_ap(
    FILE *out, struct report_span *span, const struct interval *iv, const struct ap_line *line)
{
	struct json_out j;

	if (line->t.frames == 0 && line->t.copies == 0 && !line->said)
		return 1;
	j = json_line(out);
	put_span(&j, span, iv);
	json_put_text(&j, "ap", line->name);
	json_put_flag(&j, "mapped", line->mapped);
	json_put_known(&j, "clients", line->clients);
	json_put_flag(&j, "clients_estimated", line->estimated);
	json_put_known(&j, "octets_busiest_client", line->busiest);
	put_tally(&j, line, line->heard ? &line->t : NULL, 0);
	report_figures(&j, line->figures,
	    &(struct figures_scope){line->exchanges, line->air, line->opaque, line->sessions});
	json_put_flag(&j, "partial", iv->partial);
	json_put_known(&j, "lost", iv->lost);
	put_bssids(&j, line);
	return json_end(&j);
}

/* What octets alone do not need is not looked at then. */
static void
put_looked(struct json_out *j, const struct totals *t, const char *name, uint64_t n)
{
	if (t->looked)
		json_put_count(j, name, n);
	else
		json_put_null(j, name);
}

/* What was made of messages; of those of a line it is told in the totals only. */
static const struct {
	const char *name;
	size_t offset;
} noted[] = {
    {"radius_started", offsetof(struct figures, radius.stats.started)},
    {"radius_stopped", offsetof(struct figures, radius.stats.ended)},
    {"radius_adopted", offsetof(struct figures, radius.stats.adopted)},
    {"radius_orphans", offsetof(struct figures, radius.stats.orphans)},
    {"radius_duplicates", offsetof(struct figures, radius.stats.duplicates)},
    {"radius_late", offsetof(struct figures, radius.stats.late)},
    {"radius_restarts", offsetof(struct figures, radius.stats.restarts)},
    {"radius_timed_out", offsetof(struct figures, radius.stats.timed_out)},
    {"radius_by_device", offsetof(struct figures, radius.stats.by_device)},
    {"radius_replaced", offsetof(struct figures, radius.stats.replaced)},
    {"radius_moved", offsetof(struct figures, radius.stats.moved)},
    {"radius_full", offsetof(struct figures, radius.stats.full)},
    {"radius_unusable", offsetof(struct figures, radius.stats.unusable)},
    {"exchanges_repeated", offsetof(struct figures, exchanges.repeated)},
    {"exchanges_unasked", offsetof(struct figures, exchanges.unasked)},
    {"exchanges_full", offsetof(struct figures, exchanges.full)},
    {"exchanges_nobodys", offsetof(struct figures, exchanges.nobodys)},
};

static void
put_noted(struct json_out *j, const struct totals *t)
{
	for (size_t i = 0; i < sizeof(noted) / sizeof(noted[0]); i++)
		if (t->looked)
			json_put_count(j, noted[i].name,
			    *(const uint64_t *)(const void *)((const char *)&t->figures +
							      noted[i].offset));
		else
			json_put_null(j, noted[i].name);
}

static void
put_set(struct json_out *j, const struct totals *t, const char *name, const struct set *s)
{
	json_put_known(j, name, s->full || !t->looked ? -1 : (int64_t)s->n);
}

/* A file does not say what was lost. */
static void
put_lost(struct json_out *j, const struct live_counts *live)
{
	if (live == NULL) {
		json_put_null(j, "lost");
		return;
	}
	json_open(j, "lost", '{');
	json_put_count(j, "received", live->received);
	json_put_count(j, "kernel", live->kernel);
	json_put_count(j, "interface", live->interface);
	json_put_count(j, "own", live->own);
	json_close(j, '}');
}

int
report_totals(FILE *out, const struct totals *t, const struct live_counts *live)
{
	struct json_out j = json_line(out);

	json_open(&j, "totals", '{');
	json_put_count(&j, "packets", t->packets);
	json_put_count(&j, "octets", t->octets);
	put_looked(&j, t, "beacons", t->kind[SEEN_BEACON]);
	put_set(&j, t, "bssids", &t->bssids);
	put_set(&j, t, "clients", &t->clients);
	put_set(&j, t, "ssids", &t->ssids);
	put_looked(&j, t, "authentications", t->kind[SEEN_AUTHENTICATION]);
	put_looked(&j, t, "association_requests", t->kind[SEEN_ASSOCIATION_REQUEST]);
	put_looked(&j, t, "associations", t->associations);
	put_looked(&j, t, "reassociation_requests", t->kind[SEEN_REASSOCIATION_REQUEST]);
	put_looked(&j, t, "disassociations", t->kind[SEEN_DISASSOCIATION]);
	put_looked(&j, t, "deauthentications", t->kind[SEEN_DEAUTHENTICATION]);
	put_looked(&j, t, "dhcp", t->dhcp);
	put_looked(&j, t, "radius_accounting", t->radius);
	json_put_count(&j, "octets_in_tunnels", t->tunnel_octets);
	put_noted(&j, t);
	json_open(&j, "figures", '{');
	report_figures(
	    &j, t->looked ? &t->figures : NULL, &(struct figures_scope){EXCHANGES_ALL, 1, 0, -1});
	json_close(&j, '}');
	json_open(&j, "stopped", '{');
	for (unsigned i = DEC_DONE + 1; i < DEC_NEXT_COUNT; i++)
		if (t->stopped[i] > 0)
			json_put_count(&j, dec_stop_name(i), t->stopped[i]);
	json_close(&j, '}');
	put_lost(&j, live);
	json_close(&j, '}');
	return json_end(&j);
}

/* ---- the air ---- */

#define CS 100

/* "": not known. */
static void
put_text(struct json_out *j, const char *name, const char *text)
{
	json_put_text(j, name, text[0] != '\0' ? text : NULL);
}

static void
put_bssid(struct json_out *j, uint64_t bssid, const struct ssid *ssid)
{
	char text[SSID_TEXT_MAX], mac[18];

	json_put_text(j, "bssid", event_bssid(bssid, mac));
	json_put_text(j, "ssid", ssid->len > 0 ? ssid_text(ssid, text) : NULL);
}

static void
put_signal(struct json_out *j, const char *name, int dbm)
{
	if (dbm != EVENT_NO_SIGNAL)
		json_put_number(j, name, dbm);
	else
		json_put_null(j, name);
}

static void
put_heard(struct json_out *j, int64_t first_s, int64_t last_s, int signal, int best)
{
	put_signal(j, "signal", signal);
	put_signal(j, "signal_best", best);
	put_time(j, "first", first_s);
	put_time(j, "last", last_s);
}

int
report_network(FILE *out, const struct air_network *n, const char *ap)
{
	struct json_out j = json_line(out);
	char security[EVENT_SECURITY_MAX] = "";

	json_open(&j, "network", '{');
	put_bssid(&j, n->bssid, &n->ssid);
	put_text(&j, "ap", ap != NULL ? ap : "");
	if (n->security != 0)
		detail_security_text(n->security, security, sizeof(security));
	put_text(&j, "security", security);
	json_open(&j, "channels", '[');
	for (unsigned i = 0; i < n->heard.channels; i++)
		json_put_count(&j, NULL, n->heard.channel[i]);
	json_close(&j, ']');
	json_put_count(&j, "beacons", n->beacons);
	json_put_count(&j, "probe_responses", n->responses);
	put_heard(&j, n->heard.first_us / US, n->heard.last_us / US, n->heard.signal_last,
	    n->heard.signal_best);
	json_close(&j, '}');
	return json_end(&j);
}

static void
put_flood(struct json_out *j, const struct event *e)
{
	json_put_count(j, "broadcast", e->broadcast);
	json_put_count(j, "peak", e->peak);
	json_open(j, "reasons", '[');
	for (unsigned i = 0; i < e->reasons; i++) {
		json_open(j, NULL, '{');
		json_put_count(j, "reason", e->reason[i].code);
		json_put_count(j, "frames", e->reason[i].frames);
		json_close(j, '}');
	}
	json_close(j, ']');
}

int
report_event(FILE *out, const struct event *e)
{
	struct json_out j = json_line(out);

	json_open(&j, "event", '{');
	put_text(&j, "kind", event_kind_name(e->kind));
	put_text(&j, "phase", event_phase_name(e->phase));
	put_bssid(&j, e->bssid, &e->ssid);
	put_text(&j, "ap", e->ap);
	json_put_known(&j, "channel", e->channel > 0 ? e->channel : -1);
	put_heard(&j, e->since_cs / CS, e->last_cs / CS, e->signal_last, e->signal_best);
	json_put_count(&j, "frames", e->frames);
	if (e->kind == EVENT_DEAUTH_FLOOD) {
		put_flood(&j, e);
	} else {
		put_text(&j, "security", e->security);
		put_text(&j, "own_security", e->own_security);
		put_text(&j, "differs", event_difference_name(e->differs));
	}
	json_close(&j, '}');
	return json_end(&j);
}
