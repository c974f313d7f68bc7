/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon_events.c - what probes say happens on the air: checked, kept, logged. */
#include <inttypes.h>
#include <stdio.h>

#include "collector/daemon_in.h"
#include "lib/text.h"

#define CS	 100
#define AHEAD_CS 6000 /* a probe's clock may be ahead by so much */
#define LAPSE_MS 60000

/* A BSSID that is an address of the inventory is nobody's but the city's: the probe's map is old.
 */
static int
is_own(const struct daemon *dm, uint64_t bssid)
{
	size_t n = 0;
	const struct device *dev = dm->inventory ? inventory_all(dm->inventory, &n) : NULL;

	for (size_t i = 0; i < n; i++)
		if (dev[i].mac[0] != '\0' && text_mac(dev[i].mac) == bssid)
			return 1;
	return 0;
}

static void
say(const char *probe, const struct event *e, enum event_news news)
{
	char bssid[18], name[SSID_TEXT_MAX], reasons[128];
	const char *what = news == EVENT_BEGAN ? "begins" : "has ended";

	if (e->kind == EVENT_DEAUTH_FLOOD)
		log_line(LOG_LV_WARNING,
		    "on the air: %s %s: %s (%s): %" PRIu64 " frames, %" PRIu64
		    " to everybody, reasons %s (probe %s)",
		    event_kind_name(e->kind), what, event_bssid(e->bssid, bssid),
		    e->ap[0] != '\0' ? e->ap : "?", e->frames, e->broadcast,
		    event_reasons(e, reasons), probe);
	else
		log_line(e->kind == EVENT_EVIL_TWIN ? LOG_LV_WARNING : LOG_LV_NOTICE,
		    "on the air: %s %s: \"%s\" of %s, channel %u, %s (ours: %s), near %s (probe "
		    "%s)",
		    event_kind_name(e->kind), what, ssid_text(&e->ssid, name),
		    event_bssid(e->bssid, bssid), e->channel,
		    e->security[0] != '\0' ? e->security : "?",
		    e->own_security[0] != '\0' ? e->own_security : "?",
		    e->ap[0] != '\0' ? e->ap : "?", probe);
}

static int
keep(struct daemon *dm, const char *probe, const struct event *e)
{
	const struct device *dev = dm->inventory ? inventory_by_id(dm->inventory, e->ap) : NULL;
	struct diag why = {""};
	enum event_news news;
	int rc = events_put(
	    dm->db, probe, e, dev != NULL ? dev->num : 0, clock_utc_cs(NULL) / CS, &news, &why);

	if (rc == KK_E_BUSY) /* the probe sends again */
		return KK_E_FULL;
	if (rc != KK_OK) {
		complain(&dm->events_trouble, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "what happens on the air is not kept: %s", why.text);
		return KK_E_FULL;
	}
	complaint_over(&dm->events_trouble, "what happens on the air is kept again");
	dm->events.began += news == EVENT_BEGAN;
	dm->events.ended += news == EVENT_ENDED;
	if (news != EVENT_NOTHING_NEW)
		say(probe, e, news);
	return KK_OK;
}

int
daemon_take_event(void *ctx, const char *probe, const struct event *e)
{
	struct daemon *dm = ctx;

	if (e->last_cs > clock_utc_cs(NULL) + AHEAD_CS) {
		dm->events.drops[EVENT_DROP_FUTURE]++;
		return KK_OK;
	}
	if (e->kind == EVENT_EVIL_TWIN && is_own(dm, e->bssid)) {
		char bssid[18];

		dm->events.drops[EVENT_DROP_OWN]++;
		complain(&dm->old_map, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "probe %s: its map lacks %s, which the inventory has: kkachi probe-map writes "
		    "a new one",
		    probe, event_bssid(e->bssid, bssid));
		return KK_OK;
	}
	return keep(dm, probe, e);
}

void
daemon_lapse_events(struct daemon *dm, int64_t now_ms)
{
	struct diag why = {""};

	if (now_ms < dm->lapse_ms)
		return;
	if (events_lapse(dm->db, clock_utc_cs(NULL) / CS, &why) != KK_E_BUSY)
		dm->lapse_ms = now_ms + LAPSE_MS;
}
