/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts/notice.h"

#include <stdio.h>
#include <string.h>

#include "alerts/device_json.h"
#include "lib/words.h"
#include "lib/zone.h"

static enum outage_kind
kind_of(const char *name)
{
	for (int k = 0; k < OUTAGE_KIND_COUNT; k++)
		if (strcmp(name, outage_kind_name((enum outage_kind)k)) == 0)
			return (enum outage_kind)k;
	return OUTAGE_DEVICE;
}

struct notice
notice_make(const struct incident *i, const struct inventory *inv, const struct picture *p)
{
	struct notice n = {.incident = *i};
	enum outage_kind kind = kind_of(i->kind);

	if (kind != OUTAGE_COLLECTOR_SILENT && kind != OUTAGE_COLLECTOR_CUT)
		n.dev = inventory_by_id(inv, i->cause);
	for (size_t k = 0; k < p->n_outages; k++) {
		const struct outage *o = &p->outages[k];

		if (i->ended_s != 0 || o->dev != n.dev || (o->dev == NULL && o->kind != kind))
			continue;
		n.clients = o->clients;
		n.clients_known = o->clients_known > 0;
	}
	return n;
}

/* "WF1 City Hall (Jung-gu)" */
static void
who(const struct notice *n, char *out, size_t room)
{
	const char *name = n->dev ? n->dev->name : "", *district = n->dev ? n->dev->district : "";

	snprintf(out, room, "%s%s%s%s%s%s", n->incident.cause, name[0] ? " " : "", name,
	    district[0] ? " (" : "", district, district[0] ? ")" : "");
}

/* Hours, minutes, seconds. */
static void
duration(int64_t s, char *out, size_t room)
{
	if (s < 0)
		s = 0;
	snprintf(
	    out, room, "%lld:%02d:%02d", (long long)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

static enum text_id
sentence(enum outage_kind kind, int ended)
{
	switch (kind) {
	case OUTAGE_COLLECTOR_SILENT:
		return ended ? TEXT_ALERT_COLLECTOR_BACK : TEXT_ALERT_COLLECTOR_SILENT;
	case OUTAGE_COLLECTOR_CUT:
		return ended ? TEXT_ALERT_CUT_BACK : TEXT_ALERT_CUT;
	default:
		return ended ? TEXT_ALERT_BACK : TEXT_ALERT_DOWN;
	}
}

static enum text_id
kind_text(const struct notice *n, enum outage_kind kind)
{
	if (n->dev != NULL)
		return (enum text_id)((int)TEXT_KIND_AP + (int)n->dev->kind);
	return kind == OUTAGE_AP ? TEXT_KIND_AP : TEXT_KIND_DEVICE;
}

const char *
notice_text(const struct notice *n, enum language lang, char out[NOTICE_TEXT])
{
	const struct incident *i = &n->incident;
	enum outage_kind kind = kind_of(i->kind);
	char name[600], since[ZONE_TEXT], ended[ZONE_TEXT], lasted[32], affected[16], clients[24];
	const char *words[] = {
	    name, i18n(lang, kind_text(n, kind)), since, ended, lasted, affected, clients};
	size_t len;

	who(n, name, sizeof(name));
	zone_format(i->since_s, since);
	zone_format(i->ended_s, ended);
	duration(i->ended_s - i->since_s, lasted, sizeof(lasted));
	snprintf(affected, sizeof(affected), "%u", i->affected);
	snprintf(clients, sizeof(clients), "%llu", (unsigned long long)n->clients);
	words_fill(out, NOTICE_TEXT, i18n(lang, sentence(kind, i->ended_s != 0)), words, 7);
	len = strlen(out);
	if (i->ended_s == 0 && n->clients_known)
		words_fill(out + len, NOTICE_TEXT - len, i18n(lang, TEXT_ALERT_CLIENTS), words, 7);
	return out;
}

json_t *
notice_json(const struct notice *n)
{
	const struct incident *i = &n->incident;

	return json_pack("{s:o,s:s,s:s,s:s,s:o,s:o,s:i,s:i,s:o,s:o,s:o}", "id",
	    i->num ? json_integer(i->num) : json_null(), "kind", i->kind, "cause", i->cause,
	    "state", i->state, "since", device_json_time(i->since_s), "ended",
	    device_json_time(i->ended_s), "affected", (int)i->affected, "suppressed",
	    (int)i->suppressed, "clients",
	    n->clients_known ? json_integer((json_int_t)n->clients) : json_null(), "name",
	    device_json_text(n->dev ? n->dev->name : NULL), "district",
	    device_json_text(n->dev ? n->dev->district : NULL));
}
