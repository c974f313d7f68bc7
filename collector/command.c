/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.c - what can be asked of a running collector: flush, poll, status. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/daemon_in.h"
#include "lib/zone.h"

#define SLOWEST 50 /* devices that `slow` tells of */

static void
refuse(struct daemon *dm, uint64_t ticket, const char *why)
{
	char text[sizeof(struct diag) + 16];

	snprintf(text, sizeof(text), "error %s", why);
	control_answer(dm->control, ticket, text);
}

static struct wish *
take_wish(struct daemon *dm, uint64_t ticket)
{
	for (int i = 0; i < WISHES_MAX; i++) {
		struct wish *w = &dm->wish[i];

		if (w->ticket == 0) {
			*w = (struct wish){.ticket = ticket, .daemon = dm};
			return w;
		}
	}
	refuse(dm, ticket, "too many commands are being worked on");
	return NULL;
}

/* ---- flush KEY ---- */

static void
run_flush(struct daemon *dm, uint64_t ticket, const char *key)
{
	struct wish *w = take_wish(dm, ticket);

	if (w == NULL)
		return;
	w->flush = store_flush(dm->store, key);
	if (w->flush > 0)
		return;
	refuse(dm, ticket, kk_strerror((int)w->flush));
	*w = (struct wish){0};
}

void
command_flushed(struct daemon *dm)
{
	int64_t flush;
	int rc;

	while (store_flush_done(dm->store, &flush, &rc))
		for (int i = 0; i < WISHES_MAX; i++) {
			struct wish *w = &dm->wish[i];

			if (w->ticket == 0 || w->flush != flush)
				continue;
			if (rc == KK_OK)
				control_answer(dm->control, w->ticket, "ok");
			else
				refuse(dm, w->ticket, kk_strerror(rc));
			*w = (struct wish){0};
		}
}

/* ---- poll ID ---- */

static void
on_explained(void *ctx, struct explain *x)
{
	struct wish *w = ctx;
	struct daemon *dm = w->daemon;
	char *json = explain_json(x);

	if (!explain_answered(x))
		refuse(dm, w->ticket, explain_silence(x));
	else if (json != NULL)
		control_answer(dm->control, w->ticket, json);
	else
		refuse(dm, w->ticket, kk_strerror(KK_E_NOMEM));
	free(json);
	explain_free(x);
	*w = (struct wish){0};
}

static void
poll_in(struct daemon *dm, uint64_t ticket, enum language lang, const char *id)
{
	const struct device *dev = dm->inventory ? inventory_by_id(dm->inventory, id) : NULL;
	struct diag why = {""};
	struct wish *w;
	int rc;

	if (dev == NULL) {
		refuse(dm, ticket, "no such device");
		return;
	}
	if (dev->host[0] == '\0') {
		refuse(dm, ticket, "the device has no host: it is not polled");
		return;
	}
	if ((w = take_wish(dm, ticket)) == NULL)
		return;
	rc = explain_start(&dm->target_env, dev, lang, on_explained, w, &w->explain, &why);
	if (rc == KK_OK)
		return;
	refuse(dm, ticket, why.text[0] ? why.text : kk_strerror(rc));
	*w = (struct wish){0};
}

static void
run_poll(struct daemon *dm, uint64_t ticket, const char *id)
{
	poll_in(dm, ticket, LANG_EN, id);
}

/* LANGUAGE ID: the language has no blank, an id may have one. */
static void
run_explain(struct daemon *dm, uint64_t ticket, const char *argument)
{
	const char *id = strchr(argument, ' ');

	if (id == NULL || id[1] == '\0')
		refuse(dm, ticket, "an argument is missing");
	else
		poll_in(dm, ticket, strncmp(argument, "ko ", 3) == 0 ? LANG_KO : LANG_EN, id + 1);
}

/* ---- status ---- */

/* `all` is given away; NULL: no memory. */
static void
answer_json(struct daemon *dm, uint64_t ticket, json_t *all)
{
	char *text = all != NULL ? json_dumps(all, JSON_COMPACT) : NULL;

	if (text != NULL)
		control_answer(dm->control, ticket, text);
	else
		refuse(dm, ticket, kk_strerror(KK_E_NOMEM));
	free(text);
	json_decref(all);
}

static json_t *
engine_status(struct daemon *dm)
{
	const struct engine_stats *st = engine_stats(dm->engine);
	json_t *drops = json_object();

	for (int i = 0; i < ENGINE_DROP_COUNT; i++)
		json_object_set_new(
		    drops, engine_drop_name((unsigned)i), json_integer((json_int_t)st->drops[i]));
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "in_flight",
	    (json_int_t)engine_busy(dm->engine), "requests", (json_int_t)st->requests, "sent",
	    (json_int_t)st->sent, "answers", (json_int_t)st->answers, "silent",
	    (json_int_t)st->silent, "retries", (json_int_t)st->retries, "held",
	    (json_int_t)st->held, "crowded", (json_int_t)st->crowded, "send_errors",
	    (json_int_t)st->send_errors, "drops", drops);
}

/* null: nobody is asked. */
static json_t *
echo_status(struct daemon *dm)
{
	const struct echo_stats *st = dm->echo != NULL ? echo_stats(dm->echo) : NULL;

	if (st == NULL)
		return json_null();
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:{s:I, s:I, s:I, s:I}}", "asked",
	    (json_int_t)st->asked, "sent", (json_int_t)st->sent, "answered",
	    (json_int_t)st->answered, "silent", (json_int_t)st->silent, "full",
	    (json_int_t)st->full, "send_errors", (json_int_t)st->send_errors, "drops", "malformed",
	    (json_int_t)st->malformed, "late", (json_int_t)st->late, "wrong_peer",
	    (json_int_t)st->wrong_peer, "wrong_nonce", (json_int_t)st->wrong_nonce);
}

static json_t *
hist_json(const struct hist *h)
{
	return json_pack("{s:I, s:I, s:I, s:I}", "n", (json_int_t)h->n, "p50",
	    (json_int_t)hist_at(h, 500), "p99", (json_int_t)hist_at(h, 990), "max",
	    (json_int_t)h->max);
}

/* The newest sweep that is over; null: none is. */
static json_t *
sweep_status(struct daemon *dm)
{
	const struct sweep_health *h = fleet_last_sweep(dm->fleet);
	json_t *left;
	char begun[ZONE_TEXT];

	if (h->begun_s == 0)
		return json_null();
	left = json_array();
	for (uint32_t i = 0; i < h->n_left && i < HEALTH_LEFT_MAX; i++) {
		struct fleet_device dev;

		if (fleet_device(dm->fleet, h->left[i], &dev) == KK_OK)
			json_array_append_new(left, json_string(dev.id));
	}
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "begun",
	    zone_format(h->begun_s, begun), "duration_ms", (json_int_t)h->duration_ms, "started",
	    (json_int_t)h->started, "answered", (json_int_t)h->answered, "silent",
	    (json_int_t)h->silent, "ended", (json_int_t)h->ended, "not_asked",
	    (json_int_t)h->not_asked, "waited", (json_int_t)h->waited, "left",
	    (json_int_t)h->n_left, "left_devices", left, "lag_ms", hist_json(&h->lag), "took_ms",
	    hist_json(&h->took));
}

static json_t *
store_status(struct daemon *dm)
{
	struct store_stats st;

	store_stats(dm->store, &st);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:b, s:b}", "samples",
	    (json_int_t)st.samples_put, "dropped", (json_int_t)st.samples_dropped, "batches",
	    (json_int_t)st.batches, "journal_octets", (json_int_t)st.journal_octets,
	    "ledger_samples", (json_int_t)st.ledger_samples, "archive_samples",
	    (json_int_t)st.archive_samples, "archive_visits", (json_int_t)st.archive_visits,
	    "archive_waiting", (json_int_t)st.archive_waiting, "journal_ok", st.journal_ok,
	    "ledger_ok", st.ledger_ok, "archives_ok", st.archives_ok);
}

static json_t *
ingest_status(struct daemon *dm)
{
	const struct ingest_stats *st = ingest_stats(dm->ingest);
	json_t *drops = json_object();

	for (unsigned i = 0; i < INGEST_DROP_COUNT; i++)
		json_object_set_new(
		    drops, ingest_drop_name(i), json_integer((json_int_t)st->drops[i]));
	return json_pack("{s:I, s:I, s:I, s:I, s:o}", "clients", (json_int_t)st->clients, "batches",
	    (json_int_t)st->batches, "samples", (json_int_t)st->samples, "gaps",
	    (json_int_t)st->gaps, "drops", drops);
}

static json_t *
events_status(struct daemon *dm)
{
	const struct event_counts *n = &dm->events;

	return json_pack("{s:I, s:I, s:I, s:{s:I, s:I}}", "taken",
	    (json_int_t)ingest_stats(dm->ingest)->events, "began", (json_int_t)n->began, "ended",
	    (json_int_t)n->ended, "drops", "future", (json_int_t)n->drops[EVENT_DROP_FUTURE], "own",
	    (json_int_t)n->drops[EVENT_DROP_OWN]);
}

static json_t *
distinct_status(struct daemon *dm)
{
	const struct distinct_stats *st;
	json_t *drops;

	if (dm->distinct == NULL)
		return json_null();
	st = distinct_stats(dm->distinct);
	drops = json_object();
	for (unsigned i = 0; i < DISTINCT_DROP_COUNT; i++)
		json_object_set_new(
		    drops, distinct_drop_name(i), json_integer((json_int_t)st->drops[i]));
	return json_pack("{s:I, s:I, s:I, s:o}", "messages", (json_int_t)st->messages, "sketches",
	    (json_int_t)st->sketches, "kept", (json_int_t)st->kept, "drops", drops);
}

static json_t *
traps_status(struct daemon *dm)
{
	const struct trap_stats *st;
	json_t *taken, *drops;

	if (dm->traps == NULL)
		return json_null();
	st = traps_stats(dm->traps);
	taken = json_object();
	drops = json_object();
	for (unsigned i = 0; i < TRAP_KINDS; i++)
		json_object_set_new(
		    taken, trap_kind_name(i), json_integer((json_int_t)st->taken[i]));
	for (unsigned i = 0; i < TRAP_DROP_COUNT; i++)
		json_object_set_new(
		    drops, trap_drop_name(i), json_integer((json_int_t)st->drops[i]));
	return json_pack("{s:I, s:I, s:I, s:I, s:o, s:o}", "received", (json_int_t)st->received,
	    "informs", (json_int_t)st->informs, "reports", (json_int_t)st->reports, "nudged",
	    (json_int_t)st->nudged, "taken", taken, "drops", drops);
}

static json_t *
controllers_status(struct daemon *dm)
{
	struct controllers_stats st;

	controllers_stats(dm->controllers, &st);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "controllers",
	    (json_int_t)st.controllers, "running", (json_int_t)st.running, "done",
	    (json_int_t)st.done, "failed", (json_int_t)st.failed, "listed", (json_int_t)st.listed,
	    "connected", (json_int_t)st.up, "missing", (json_int_t)st.missing, "strangers",
	    (json_int_t)st.strangers, "elsewhere", (json_int_t)st.elsewhere);
}

static void
run_status(struct daemon *dm, uint64_t ticket, const char *unused)
{
	const struct fleet_stats *fl = fleet_stats(dm->fleet);
	struct sweep_stats sw;
	char since[ZONE_TEXT];
	json_t *all;

	(void)unused;
	sweep_stats(fleet_sweep(dm->fleet), &sw);
	all = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
			"s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "version", PACKAGE_VERSION, "since", zone_format(dm->started_s, since), "interval",
	    (json_int_t)dm->conf.snmp.interval, "devices", (json_int_t)fl->devices, "unusable",
	    (json_int_t)fl->unusable, "polls", (json_int_t)sw.started, "answered",
	    (json_int_t)fl->answered, "silent", (json_int_t)fl->silent, "overruns",
	    (json_int_t)sw.overruns, "waited", (json_int_t)sw.waited, "refused",
	    (json_int_t)sw.refused, "ended", (json_int_t)fl->ended, "not_asked",
	    (json_int_t)fl->not_asked, "slow_lane", (json_int_t)fleet_slow_lane(dm->fleet),
	    "sweeps", (json_int_t)fl->sweeps, "sweep", sweep_status(dm), "engine",
	    engine_status(dm), "echo", echo_status(dm), "store", store_status(dm), "ingest",
	    ingest_status(dm), "events", events_status(dm), "distinct", distinct_status(dm),
	    "traps", traps_status(dm), "controllers", controllers_status(dm));
	answer_json(dm, ticket, all);
}

/* ---- device ID, slow ---- */

static json_t *
device_status(const struct fleet_device *dev)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:b, s:s?, s:s?}", "id", dev->id, "took_ms",
	    (json_int_t)dev->took_ms, "mean_ms", (json_int_t)dev->mean_ms, "silent_polls",
	    (json_int_t)dev->silent, "slow_lane", dev->slow_lane, "trouble", dev->trouble,
	    "trouble_text", dev->trouble != NULL ? dev->text : NULL);
}

/* Whom a controller speaks for; nothing for other devices. */
static void
add_list(struct daemon *dm, uint32_t device, json_t *o)
{
	struct controllers_one one;
	json_t *strangers;
	char time[ZONE_TEXT];

	if (controllers_one(dm->controllers, device, &one) != KK_OK)
		return;
	strangers = json_array();
	for (size_t i = 0; i < one.count.strangers && i < FLOCK_STRANGERS; i++) {
		const uint8_t *m = one.count.stranger[i].mac;
		char mac[20] = "";

		if (one.count.stranger[i].has_mac)
			snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1],
			    m[2], m[3], m[4], m[5]);
		json_array_append_new(
		    strangers, json_pack("{s:s, s:s?}", "name", one.count.stranger[i].name, "mac",
				   mac[0] != '\0' ? mac : NULL));
	}
	json_object_set_new(o, "list",
	    json_pack("{s:s?, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "time",
		one.time_s != 0 ? zone_format(one.time_s, time) : NULL, "cut", one.failed,
		"took_ms", (json_int_t)one.took_ms, "listed", (json_int_t)one.count.listed,
		"connected", (json_int_t)one.count.up, "missing", (json_int_t)one.count.missing,
		"strangers", (json_int_t)one.count.strangers, "elsewhere",
		(json_int_t)one.count.elsewhere, "stranger", strangers));
}

static void
run_device(struct daemon *dm, uint64_t ticket, const char *id)
{
	const struct device *dev = dm->inventory ? inventory_by_id(dm->inventory, id) : NULL;
	struct fleet_device out;
	json_t *o;

	if (dev == NULL)
		refuse(dm, ticket, "no such device");
	else if (fleet_device(dm->fleet, dev->num, &out) != KK_OK)
		refuse(dm, ticket, "the device is not polled");
	else {
		if ((o = device_status(&out)) != NULL)
			add_list(dm, dev->num, o);
		answer_json(dm, ticket, o);
	}
}

static void
run_slow(struct daemon *dm, uint64_t ticket, const char *unused)
{
	static const size_t max = SLOWEST;
	struct fleet_device *worst = calloc(max, sizeof(*worst));
	size_t n = worst != NULL ? fleet_slowest(dm->fleet, worst, max) : 0;
	json_t *list = worst != NULL ? json_array() : NULL;

	(void)unused;
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, device_status(&worst[i]));
	free(worst);
	answer_json(dm, ticket, list);
}

/* ---- the table ---- */

static const struct {
	const char *name;
	int has_argument;
	void (*run)(struct daemon *dm, uint64_t ticket, const char *argument);
} commands[] = {
    {"device", 1, run_device},
    {"explain", 1, run_explain},
    {"flush", 1, run_flush},
    {"poll", 1, run_poll},
    {"slow", 0, run_slow},
    {"status", 0, run_status},
};

void
command_run(void *ctx, uint64_t ticket, const char *line)
{
	size_t len = strcspn(line, " ");
	const char *argument = line[len] == ' ' ? line + len + 1 : "";

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strlen(commands[i].name) != len || memcmp(line, commands[i].name, len) != 0)
			continue;
		if ((argument[0] != '\0') == commands[i].has_argument)
			commands[i].run(ctx, ticket, argument);
		else
			refuse(ctx, ticket,
			    commands[i].has_argument ? "an argument is missing"
						     : "no argument is wanted");
		return;
	}
	refuse(ctx, ticket,
	    "no such command: device ID, explain LANGUAGE ID, flush KEY, poll ID, slow, "
	    "status");
}

void
command_close(struct daemon *dm)
{
	for (int i = 0; i < WISHES_MAX; i++)
		if (dm->wish[i].ticket != 0) {
			refuse(dm, dm->wish[i].ticket, "the collector is stopping");
			explain_free(dm->wish[i].explain);
			dm->wish[i] = (struct wish){0};
		}
}
