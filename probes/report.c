/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/report.h"

#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>

#include "lib/zone.h"
#include "probes/report_figures.h"

#define US 1000000

/* The figures of a line, by name. */
static const struct {
	const char *name;
	size_t offset;
	int per_bssid; /* also told for each BSSID */
	int air;       /* heard on the air only; 2: by a radio, not in a tunnel */
} figures[] = {
    {"octets_down", offsetof(struct tally, octets_down), 1, 0},
    {"octets_up", offsetof(struct tally, octets_up), 1, 0},
    {"octets_undirected", offsetof(struct tally, octets_undirected), 0, 0},
    {"octets_estimated", offsetof(struct tally, octets_estimated), 0, 0},
    {"packets_down", offsetof(struct tally, packets_down), 0, 0},
    {"packets_up", offsetof(struct tally, packets_up), 0, 0},
    {"packets_undirected", offsetof(struct tally, packets_undirected), 0, 0},
    {"beacons", offsetof(struct tally, beacons), 0, 1},
    {"authentications", offsetof(struct tally, authentications), 1, 1},
    {"association_requests", offsetof(struct tally, association_requests), 1, 1},
    {"reassociation_requests", offsetof(struct tally, reassociation_requests), 1, 1},
    {"associations", offsetof(struct tally, associations), 1, 1},
    {"refusals", offsetof(struct tally, refusals), 1, 1},
    {"disassociations", offsetof(struct tally, disassociations), 1, 1},
    {"deauthentications", offsetof(struct tally, deauthentications), 1, 1},
    {"copies", offsetof(struct tally, copies), 0, 0},
    {"encrypted", offsetof(struct tally, encrypted), 0, 0},
    {"data_frames", offsetof(struct tally, data_frames), 0, 2},
    {"retries", offsetof(struct tally, retries), 0, 2},
    {"airtime_us", offsetof(struct tally, airtime_us), 0, 2},
    {"airtime_unmeasured", offsetof(struct tally, airtime_unmeasured), 0, 2},
};

static void
put_count(json_t *o, const char *name, uint64_t v)
{
	json_object_set_new(o, name, json_integer((json_int_t)v));
}

/* `t` NULL: they are unknown. `air`: of how much it was heard; what needs more is unknown. */
static void
put_tally(json_t *o, const struct tally *t, int air, int per_bssid)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (per_bssid && !figures[i].per_bssid)
			continue;
		if (t == NULL || figures[i].air > air)
			json_object_set_new(o, figures[i].name, json_null());
		else
			put_count(o, figures[i].name,
			    *(const uint64_t *)(const void *)((const char *)t + figures[i].offset));
	}
}

static void
put_known(json_t *o, const char *name, int64_t v)
{
	json_object_set_new(o, name, v >= 0 ? json_integer(v) : json_null());
}

static json_t *
bssids(const struct ap_line *line)
{
	json_t *list = json_array();

	for (size_t i = 0; i < line->bssids; i++) {
		json_t *o = json_object();
		uint64_t v = line->bssid[i].bssid;

		json_object_set_new(o, "bssid",
		    json_sprintf("%02x:%02x:%02x:%02x:%02x:%02x", (unsigned)(v >> 40 & 255),
			(unsigned)(v >> 32 & 255), (unsigned)(v >> 24 & 255),
			(unsigned)(v >> 16 & 255), (unsigned)(v >> 8 & 255), (unsigned)(v & 255)));
		put_tally(o, line->bssid[i].t, 1, 1);
		json_array_append_new(list, o);
	}
	return list;
}

static int
print(FILE *out, json_t *o)
{
	/* As one text: json_dumpf() writes each word alone. */
	char *text = o != NULL ? json_dumps(o, JSON_COMPACT) : NULL;
	int ok = text != NULL && fprintf(out, "%s\n", text) > 0;

	free(text);
	json_decref(o);
	return ok;
}

int
report_ap(FILE *out, const struct interval *iv, const struct ap_line *line)
{
	char time[ZONE_TEXT], from[ZONE_TEXT];
	json_t *o;

	if (line->t.frames == 0 && line->t.copies == 0 && !line->said)
		return 1;
	o = json_object();
	/* A capture may end within a second: the end is told as the second that has begun. */
	json_object_set_new(o, "time", json_string(zone_format((iv->to_us + US - 1) / US, time)));
	json_object_set_new(o, "from", json_string(zone_format(iv->from_us / US, from)));
	json_object_set_new(o, "ap", json_string(line->name));
	json_object_set_new(o, "mapped", json_boolean(line->mapped));
	put_known(o, "clients", line->clients);
	json_object_set_new(o, "clients_estimated", json_boolean(line->estimated));
	put_known(o, "octets_busiest_client", line->busiest);
	put_tally(o, line->heard ? &line->t : NULL, line->t.radio_frames > 0 ? 2 : line->air, 0);
	report_figures(o, line->figures, line->air, line->sessions);
	json_object_set_new(o, "partial", json_boolean(iv->partial));
	put_known(o, "lost", iv->lost);
	json_object_set_new(o, "bssids", bssids(line));
	return print(out, o);
}

static void
put_set(json_t *o, const char *name, const struct set *s)
{
	json_object_set_new(o, name, s->full ? json_null() : json_integer((json_int_t)s->n));
}

/* A file does not say what was lost. */
static void
put_lost(json_t *o, const struct live_counts *live)
{
	json_t *lost = json_null();

	if (live != NULL)
		lost = json_pack("{s:I,s:I,s:I,s:I}", "received", (json_int_t)live->received,
		    "kernel", (json_int_t)live->kernel, "interface", (json_int_t)live->interface,
		    "own", (json_int_t)live->own);
	json_object_set_new(o, "lost", lost);
}

int
report_totals(FILE *out, const struct totals *t, const struct live_counts *live)
{
	json_t *o = json_object(), *stopped = json_object(), *figures_of_all = json_object();

	put_count(o, "packets", t->packets);
	put_count(o, "octets", t->octets);
	put_count(o, "beacons", t->kind[SEEN_BEACON]);
	put_set(o, "bssids", &t->bssids);
	put_set(o, "clients", &t->clients);
	put_set(o, "ssids", &t->ssids);
	put_count(o, "authentications", t->kind[SEEN_AUTHENTICATION]);
	put_count(o, "association_requests", t->kind[SEEN_ASSOCIATION_REQUEST]);
	put_count(o, "associations", t->associations);
	put_count(o, "reassociation_requests", t->kind[SEEN_REASSOCIATION_REQUEST]);
	put_count(o, "disassociations", t->kind[SEEN_DISASSOCIATION]);
	put_count(o, "deauthentications", t->kind[SEEN_DEAUTHENTICATION]);
	put_count(o, "dhcp", t->dhcp);
	put_count(o, "radius_accounting", t->radius);
	put_count(o, "octets_in_tunnels", t->tunnel_octets);
	report_figures(figures_of_all, t->looked ? &t->figures : NULL, 1, -1);
	json_object_set_new(o, "figures", figures_of_all);
	for (unsigned i = DEC_DONE + 1; i < DEC_NEXT_COUNT; i++)
		if (t->stopped[i] > 0)
			put_count(stopped, dec_stop_name(i), t->stopped[i]);
	json_object_set_new(o, "stopped", stopped);
	put_lost(o, live);
	return print(out, json_pack("{s:o}", "totals", o));
}

/* ---- the air ---- */

#define CS 100

static void
put_bssid(json_t *o, uint64_t bssid, const struct ssid *ssid)
{
	char text[SSID_TEXT_MAX], mac[18];

	json_object_set_new(o, "bssid", json_string(event_bssid(bssid, mac)));
	json_object_set_new(
	    o, "ssid", ssid->len > 0 ? json_string(ssid_text(ssid, text)) : json_null());
}

static void
put_text(json_t *o, const char *name, const char *text)
{
	json_object_set_new(o, name, text[0] != '\0' ? json_string(text) : json_null());
}

static void
put_heard(json_t *o, int64_t first_s, int64_t last_s, int signal, int best)
{
	char text[ZONE_TEXT];

	json_object_set_new(
	    o, "signal", signal != EVENT_NO_SIGNAL ? json_integer(signal) : json_null());
	json_object_set_new(
	    o, "signal_best", best != EVENT_NO_SIGNAL ? json_integer(best) : json_null());
	json_object_set_new(o, "first", json_string(zone_format(first_s, text)));
	json_object_set_new(o, "last", json_string(zone_format(last_s, text)));
}

int
report_network(FILE *out, const struct air_network *n, const char *ap)
{
	json_t *o = json_object(), *channels = json_array();
	char security[EVENT_SECURITY_MAX] = "";

	put_bssid(o, n->bssid, &n->ssid);
	put_text(o, "ap", ap != NULL ? ap : "");
	if (n->security != 0)
		detail_security_text(n->security, security, sizeof(security));
	put_text(o, "security", security);
	for (unsigned i = 0; i < n->heard.channels; i++)
		json_array_append_new(channels, json_integer(n->heard.channel[i]));
	json_object_set_new(o, "channels", channels);
	put_count(o, "beacons", n->beacons);
	put_count(o, "probe_responses", n->responses);
	put_heard(o, n->heard.first_us / US, n->heard.last_us / US, n->heard.signal_last,
	    n->heard.signal_best);
	return print(out, json_pack("{s:o}", "network", o));
}

static void
put_flood(json_t *o, const struct event *e)
{
	json_t *reasons = json_array();

	put_count(o, "broadcast", e->broadcast);
	put_count(o, "peak", e->peak);
	for (unsigned i = 0; i < e->reasons; i++)
		json_array_append_new(
		    reasons, json_pack("{s:i,s:I}", "reason", (int)e->reason[i].code, "frames",
				 (json_int_t)e->reason[i].frames));
	json_object_set_new(o, "reasons", reasons);
}

int
report_event(FILE *out, const struct event *e)
{
	json_t *o = json_object();

	put_text(o, "kind", event_kind_name(e->kind));
	put_text(o, "phase", event_phase_name(e->phase));
	put_bssid(o, e->bssid, &e->ssid);
	put_text(o, "ap", e->ap);
	json_object_set_new(o, "channel", e->channel > 0 ? json_integer(e->channel) : json_null());
	put_heard(o, e->since_cs / CS, e->last_cs / CS, e->signal_last, e->signal_best);
	put_count(o, "frames", e->frames);
	if (e->kind == EVENT_DEAUTH_FLOOD) {
		put_flood(o, e);
	} else {
		put_text(o, "security", e->security);
		put_text(o, "own_security", e->own_security);
		put_text(o, "differs", event_difference_name(e->differs));
	}
	return print(out, json_pack("{s:o}", "event", o));
}
