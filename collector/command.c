/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.c - what can be asked of a running collector: flush, poll, status. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/daemon_in.h"
#include "lib/zone.h"

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
		refuse(dm, w->ticket, kk_strerror(KK_E_SILENT));
	else if (json != NULL)
		control_answer(dm->control, w->ticket, json);
	else
		refuse(dm, w->ticket, kk_strerror(KK_E_NOMEM));
	free(json);
	explain_free(x);
	*w = (struct wish){0};
}

static void
run_poll(struct daemon *dm, uint64_t ticket, const char *id)
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
	rc = explain_start(&dm->target_env, dev, on_explained, w, &w->explain, &why);
	if (rc == KK_OK)
		return;
	refuse(dm, ticket, why.text[0] ? why.text : kk_strerror(rc));
	*w = (struct wish){0};
}

/* ---- status ---- */

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

static void
run_status(struct daemon *dm, uint64_t ticket, const char *unused)
{
	const struct fleet_stats *fl = fleet_stats(dm->fleet);
	struct sweep_stats sw;
	char since[ZONE_TEXT], *text;
	json_t *all;

	(void)unused;
	sweep_stats(fleet_sweep(dm->fleet), &sw);
	all = json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:o}", "version",
	    PACKAGE_VERSION, "since", zone_format(dm->started_s, since), "interval",
	    (json_int_t)dm->conf.snmp.interval, "devices", (json_int_t)fl->devices, "unusable",
	    (json_int_t)fl->unusable, "polls", (json_int_t)sw.started, "answered",
	    (json_int_t)fl->answered, "silent", (json_int_t)fl->silent, "overruns",
	    (json_int_t)sw.overruns, "engine", engine_status(dm), "store", store_status(dm),
	    "ingest", ingest_status(dm));
	text = all != NULL ? json_dumps(all, JSON_COMPACT) : NULL;
	if (text != NULL)
		control_answer(dm->control, ticket, text);
	else
		refuse(dm, ticket, kk_strerror(KK_E_NOMEM));
	free(text);
	json_decref(all);
}

/* ---- the table ---- */

static const struct {
	const char *name;
	int has_argument;
	void (*run)(struct daemon *dm, uint64_t ticket, const char *argument);
} commands[] = {
    {"flush", 1, run_flush},
    {"poll", 1, run_poll},
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
	refuse(ctx, ticket, "no such command: flush KEY, poll ID, status");
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
