/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "alerts/device_json.h"

#include <math.h>

#include "lib/zone.h"

json_t *
device_json_text(const char *text)
{
	return text == NULL || text[0] == '\0' ? json_null() : json_string(text);
}

json_t *
device_json_time(int64_t utc_s)
{
	char at[ZONE_TEXT];

	return utc_s == 0 ? json_null() : json_string(zone_format(utc_s, at));
}

static json_t *
real(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static void
put_belonging(json_t *o, const struct device *d)
{
	json_object_set_new(o, "id", json_string(d->id));
	json_object_set_new(o, "name", device_json_text(d->name));
	json_object_set_new(o, "kind", json_string(device_kind_name(d->kind)));
	json_object_set_new(o, "district", device_json_text(d->district));
	json_object_set_new(o, "site", device_json_text(d->site));
	json_object_set_new(o, "lat", real(d->lat));
	json_object_set_new(o, "lon", real(d->lon));
}

static void
put_verdict(json_t *o, const struct picture *p, const struct standing *s)
{
	const char *cause = picture_cause(p, &s->verdict);
	char reason[160];

	json_object_set_new(o, "state", json_string(state_name(s->verdict.state)));
	json_object_set_new(o, "reason",
	    device_json_text(state_reason(&s->verdict, cause, LANG_EN, reason, sizeof(reason))));
	json_object_set_new(o, "since", device_json_time(s->verdict.since_s));
	json_object_set_new(o, "cause", device_json_text(cause));
	json_object_set_new(o, "misses", json_integer(s->verdict.misses));
}

json_t *
device_json_metric(const struct live_entry *e, enum metric m)
{
	if (!(e->known >> m & 1))
		return json_null();
	if (metric_info(m)->scale == 1)
		return json_integer(e->value[m]);
	return json_real((double)e->value[m] / (double)metric_info(m)->scale);
}

static void
put_newest(json_t *o, const struct live_entry *e)
{
	double down, up;
	int rate = e->misses == 0 && live_rate(e, &down, &up); /* what passes now, or nothing */

	json_object_set_new(o, "time", device_json_time(e->time_cs / 100));
	json_object_set_new(o, "asked", device_json_time(e->asked_cs / 100));
	json_object_set_new(
	    o, "source", e->device ? json_string(sample_source_name(e->source)) : json_null());
	json_object_set_new(o, "odometer_down", device_json_metric(e, METRIC_OCTETS_DOWN));
	json_object_set_new(o, "odometer_up", device_json_metric(e, METRIC_OCTETS_UP));
	json_object_set_new(o, "down_per_second", rate ? json_integer(llround(down)) : json_null());
	json_object_set_new(o, "up_per_second", rate ? json_integer(llround(up)) : json_null());
	json_object_set_new(o, "booted", device_json_time(e->boot_cs / 100));
	for (int m = 0; m < METRIC_COUNT; m++)
		if (m != METRIC_OCTETS_DOWN && m != METRIC_OCTETS_UP && m != METRIC_UP)
			json_object_set_new(o, metric_info(m)->name, device_json_metric(e, m));
}

static void
put_inventory(json_t *o, const struct device *d)
{
	json_t *labels = d->labels ? json_loads(d->labels, JSON_REJECT_DUPLICATES, NULL) : NULL;

	json_object_set_new(o, "site_type", device_json_text(d->site_type));
	json_object_set_new(o, "phase", device_json_text(d->phase));
	json_object_set_new(o, "address", device_json_text(d->address));
	json_object_set_new(o, "installed", device_json_text(d->installed));
	json_object_set_new(o, "place", device_json_text(d->place));
	json_object_set_new(o, "mobile", json_boolean(d->mobile));
	json_object_set_new(o, "mac", device_json_text(d->mac));
	json_object_set_new(o, "controller", device_json_text(d->controller));
	json_object_set_new(o, "host", device_json_text(d->host));
	json_object_set_new(o, "port", d->port ? json_integer(d->port) : json_null());
	json_object_set_new(o, "profile", device_json_text(d->profile));
	json_object_set_new(o, "uplink", device_json_text(d->uplink));
	json_object_set_new(o, "uplink2", device_json_text(d->uplink2));
	json_object_set_new(
	    o, "capacity_mbps", d->capacity_mbps ? json_integer(d->capacity_mbps) : json_null());
	json_object_set_new(o, "account", json_string(sample_source_name(d->account)));
	json_object_set_new(o, "labels", labels ? labels : json_object());
}

json_t *
device_json(const struct picture *p, const struct standing *s)
{
	json_t *o = json_object();

	if (o == NULL)
		return NULL;
	put_belonging(o, s->dev);
	put_verdict(o, p, s);
	put_newest(o, &s->live);
	put_inventory(o, s->dev);
	return o;
}
