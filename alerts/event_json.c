/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts/event_json.h"

#include <inttypes.h>
#include <stdio.h>

#include "alerts/device_json.h"
#include "lib/words.h"

#define CS 100

static json_t *
signal_json(int dbm)
{
	return dbm != EVENT_NO_SIGNAL ? json_integer(dbm) : json_null();
}

static void
put_flood(json_t *o, const struct event *e)
{
	int flood = e->kind == EVENT_DEAUTH_FLOOD;
	json_t *reasons = flood ? json_array() : json_null();

	for (unsigned i = 0; flood && i < e->reasons; i++)
		json_array_append_new(
		    reasons, json_pack("{s:i,s:I}", "reason", (int)e->reason[i].code, "frames",
				 (json_int_t)e->reason[i].frames));
	json_object_set_new(
	    o, "broadcast", flood ? json_integer((json_int_t)e->broadcast) : json_null());
	json_object_set_new(o, "peak", flood ? json_integer((json_int_t)e->peak) : json_null());
	json_object_set_new(o, "reasons", reasons);
}

static void
put_network(json_t *o, const struct event *e)
{
	char name[SSID_TEXT_MAX];

	json_object_set_new(
	    o, "ssid", device_json_text(e->ssid.len > 0 ? ssid_text(&e->ssid, name) : NULL));
	json_object_set_new(o, "security", device_json_text(e->security));
	json_object_set_new(o, "own_security", device_json_text(e->own_security));
	json_object_set_new(o, "differs",
	    e->kind == EVENT_EVIL_TWIN ? json_string(event_difference_name(e->differs))
				       : json_null());
	json_object_set_new(o, "channel", e->channel > 0 ? json_integer(e->channel) : json_null());
	json_object_set_new(o, "signal", signal_json(e->signal_last));
	json_object_set_new(o, "signal_best", signal_json(e->signal_best));
}

json_t *
event_json(const struct event_row *row, const struct inventory *inv)
{
	const struct event *e = &row->e;
	const struct device *dev = inv != NULL ? inventory_by_num(inv, row->device) : NULL;
	json_t *o = json_object();
	char bssid[18];

	json_object_set_new(o, "num", json_integer(row->num));
	json_object_set_new(o, "kind", json_string(event_kind_name(e->kind)));
	json_object_set_new(o, "state", json_string(events_state_name(row->state)));
	json_object_set_new(o, "since", device_json_time(e->since_cs / CS));
	json_object_set_new(o, "last", device_json_time(e->last_cs / CS));
	json_object_set_new(o, "probe", json_string(row->probe));
	json_object_set_new(o, "bssid", json_string(event_bssid(e->bssid, bssid)));
	json_object_set_new(o, "ap", device_json_text(e->ap));
	json_object_set_new(o, "ap_name", device_json_text(dev != NULL ? dev->name : NULL));
	json_object_set_new(o, "district", device_json_text(dev != NULL ? dev->district : NULL));
	put_network(o, e);
	json_object_set_new(o, "frames", json_integer((json_int_t)e->frames));
	put_flood(o, e);
	return o;
}

const char *
event_kind_word(unsigned kind, enum language lang)
{
	static const enum text_id words[EVENT_KIND_COUNT] = {
	    TEXT_EVENT_EVIL_TWIN, TEXT_EVENT_LEGACY_SSID, TEXT_EVENT_DEAUTH_FLOOD};

	return kind < EVENT_KIND_COUNT ? i18n(lang, words[kind]) : "?";
}

static const char *
flood_evidence(const struct event *e, enum language lang, char *out, size_t room)
{
	char frames[24], broadcast[24], peak[24], reasons[128];
	const char *words[] = {frames, broadcast, peak, reasons};

	snprintf(frames, sizeof(frames), "%" PRIu64, e->frames);
	snprintf(broadcast, sizeof(broadcast), "%" PRIu64, e->broadcast);
	snprintf(peak, sizeof(peak), "%" PRIu64, e->peak);
	event_reasons(e, reasons);
	return words_fill(out, room, i18n(lang, TEXT_EVIDENCE_FLOOD), words, 4);
}

const char *
event_evidence(const struct event *e, enum language lang, char *out, size_t room)
{
	static const enum text_id differences[EVENT_DIFFERENCE_COUNT] = {
	    TEXT_EVIDENCE_UNKNOWN, TEXT_EVIDENCE_SAME, TEXT_EVIDENCE_OPEN, TEXT_EVIDENCE_OTHER};
	const char *words[] = {e->security[0] != '\0' ? e->security : "?",
	    e->own_security[0] != '\0' ? e->own_security : "?"};

	if (e->kind == EVENT_DEAUTH_FLOOD)
		return flood_evidence(e, lang, out, room);
	if (e->kind == EVENT_LEGACY_SSID || e->differs >= EVENT_DIFFERENCE_COUNT)
		return words_fill(out, room, "{0}", words, 1);
	return words_fill(out, room, i18n(lang, differences[e->differs]), words, 2);
}
