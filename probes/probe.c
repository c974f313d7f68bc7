/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/probe.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "probes/air_run.h"
#include "probes/capture.h"
#include "probes/count.h"
#include "probes/keyed.h"
#include "probes/lockdown.h"
#include "probes/report.h"
#include "probes/samples.h"
#include "probes/sender.h"

#define PACKETS_AT_ONCE 4096
#define AHEAD		3		/* packets that are asked for before they are decoded */
#define LATE_US		INT64_C(500000) /* packets may wait so long in the kernel's block */
#define TICK_MS		1000
#define ANSWER_MS	30000 /* how long samples wait for the collector at the end */
#define ANSWER_SPOOL_MS 3000  /* ... where the next start sends them else */
#define CS_US		10000

struct probe {
	const struct options *o;
	FILE *out;
	struct pseudonyms *key;
	struct decoder *decoder;
	struct map *map;
	struct count *count;
	struct sender *sender; /* NULL: nothing is sent */
	struct air_run *air;   /* NULL: octets only */
	struct keyed *keyed;   /* NULL: a file, or nothing is sent: one key for all */
	struct capture *capture;
	int signals;
	int stop, failed, reload;
	uint64_t lost;
	struct complaint losing, undirected;
	struct detail said[COUNT_BATCH]; /* what some packets of a batch say at length */
};

/* ---- what the counter tells ---- */

static void
send_line(struct probe *p, const struct interval *iv, const struct ap_line *line)
{
	struct sample s[SAMPLES_MAX];
	int64_t from_cs;
	size_t n = samples_of(iv, line, &from_cs, s);

	if (line->t.octets_undirected > 0)
		complain(&p->undirected, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "%s: octets whose direction nobody knows: the map lacks a gateway", line->name);
	for (size_t i = 0; i < n; i++)
		if (sender_put(p->sender, line->name, from_cs, &s[i]) != KK_OK)
			p->failed = 1;
}

static void
on_ap(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	struct probe *p = ctx;

	if (p->o->print && !report_ap(p->out, iv, line))
		p->failed = 1;
	if (p->sender != NULL && line->mapped)
		send_line(p, iv, line);
	if (p->keyed != NULL && line->mapped && line->heard)
		keyed_heard(p->keyed, line->ap);
}

static void
on_client(void *ctx, uint32_t ap, uint64_t client)
{
	keyed_client(((struct probe *)ctx)->keyed, ap, client);
}

static void
on_end(void *ctx, const struct interval *iv)
{
	struct probe *p = ctx;

	if (p->sender != NULL)
		sender_commit(p->sender);
	if (p->keyed != NULL)
		keyed_closed(p->keyed, iv->to_us, iv->partial);
	if (p->o->print && fflush(p->out) != 0)
		p->failed = 1;
}

static void
on_packets(void *ctx, const struct packet *packet, size_t n)
{
	struct probe *p = ctx;
	struct seen seen[COUNT_BATCH];

	while (n > 0) {
		size_t some = n < COUNT_BATCH ? n : COUNT_BATCH;
		uint8_t says = 0;

		for (size_t i = 0; i < some; i++) {
			const struct detail *d = decoder_detail(p->decoder);

			if (i + AHEAD < some) {
				__builtin_prefetch(packet[i + AHEAD].p);
				__builtin_prefetch(packet[i + AHEAD].p + 64);
			}
			dec_frame(p->decoder, packet[i].linktype, packet[i].time_us, packet[i].p,
			    packet[i].caplen, packet[i].len, &seen[i]);
			if (d->kind == DETAIL_NONE)
				continue;
			p->said[says] = *d;
			seen[i].detail = ++says;
		}
		count_packets(p->count, packet, seen, p->said, some);
		if (p->air != NULL && says > 0)
			air_run_hear(p->air, packet, seen, p->said, some);
		packet += some;
		n -= some;
	}
}

/* ---- the day's key ---- */

static void
on_key(void *ctx, const struct daykey *key)
{
	keyed_key(((struct probe *)ctx)->keyed, key);
}

static int
say(void *arg, const uint8_t *message, size_t len)
{
	return sender_say(arg, message, len);
}

/* Each second: under which key the next interval is counted, and what kkachid should know. */
static void
keep_day(struct probe *p)
{
	int64_t turn_us;

	if (p->keyed == NULL)
		return;
	turn_us = keyed_plan(p->keyed, count_due(p->count), p->o->interval * INT64_C(1000000));
	if (turn_us != 0)
		count_turn(p->count, turn_us);
	keyed_say(p->keyed, 0, say, p->sender);
}

/* ---- the loops ---- */

static int64_t
now_us(void)
{
	return clock_utc_cs(NULL) * CS_US;
}

static void
take_signals(struct probe *p)
{
	struct signalfd_siginfo si;

	while (read(p->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (si.ssi_signo == SIGHUP)
			p->reload = 1;
		else
			p->stop = 1;
	}
}

/* Wait for packets, answers, signals; at most a tick. `capture` -1: none of it. */
static void
wait_for(struct probe *p, int capture, int at_most_ms)
{
	struct pollfd fd[3] = {{p->signals, POLLIN, 0}, {capture, POLLIN, 0}, {-1, 0, 0}};
	int sender_ms = p->sender != NULL ? sender_run(p->sender) : -1;

	if (p->sender != NULL)
		fd[2].fd = sender_fd(p->sender, &fd[2].events);
	if (sender_ms >= 0 && sender_ms < at_most_ms)
		at_most_ms = sender_ms;
	poll(fd, 3, at_most_ms);
	take_signals(p);
}

static int
run_file(struct probe *p, struct diag *d)
{
	int rc = KK_OK;

	while (rc == KK_OK && !p->stop) {
		rc = capture_read(p->capture, PACKETS_AT_ONCE, on_packets, p, d);
		take_signals(p);
		if (p->sender != NULL)
			sender_run(p->sender);
	}
	count_finish(p->count, 0);
	return rc == KK_END ? KK_OK : rc;
}

static void
check_lost(struct probe *p)
{
	uint64_t lost = capture_lost(p->capture);

	if (lost == 0)
		return;
	p->lost += lost;
	count_lost(p->count);
	complain(&p->losing, clock_mono_ms(NULL), LOG_LV_WARNING,
	    "%s: packets are lost before they are counted: %llu until now; a larger --buffer helps",
	    p->o->iface, (unsigned long long)p->lost);
}

static struct count *
new_count(struct probe *p, const struct map *map)
{
	const struct count_options o = {
	    .interval_s = (unsigned)p->o->interval, .octets_only = p->o->octets_only};
	const struct count_sink sink = {p, on_ap, on_end, p->keyed != NULL ? on_client : NULL};

	return count_new(&o, map, &sink);
}

/* SIGHUP: another map. The interval is closed as it is, and the next one goes on from there. */
static void
reload(struct probe *p)
{
	struct map *map = NULL;
	struct count *count = NULL;
	struct diag d = {"out of memory"};

	p->reload = 0;
	if (p->o->map == NULL)
		return;
	if (map_read(p->o->map, p->key, &map, &d) == KK_OK)
		count = new_count(p, map);
	if (count == NULL) {
		log_line(LOG_LV_ERROR, "the old map stays: %s", d.text);
		map_free(map);
		return;
	}
	if (p->air != NULL && air_run_map(p->air, map) != KK_OK) {
		log_line(LOG_LV_ERROR, "the old map stays: out of memory");
		count_free(count);
		map_free(map);
		return;
	}
	count_finish(p->count, now_us());
	count_start(count, now_us());
	count_succeed(count, p->count);
	if (p->keyed != NULL && !keyed_map(p->keyed, map))
		log_line(LOG_LV_ERROR, "no memory for the clients of a day");
	count_free(p->count);
	map_free(p->map);
	p->count = count;
	p->map = map;
	log_line(LOG_LV_NOTICE, "%s: read again", p->o->map);
}

static int
run_live(struct probe *p, struct diag *d)
{
	int64_t checked_ms = 0, now_ms;
	int rc = KK_OK;

	count_start(p->count, now_us());
	sd_notify(0, "READY=1");
	while (rc == KK_OK && !p->stop && !p->failed) {
		wait_for(p, capture_fd(p->capture), TICK_MS);
		rc = capture_read(p->capture, PACKETS_AT_ONCE, on_packets, p, d);
		now_ms = clock_mono_ms(NULL);
		if (now_ms - checked_ms >= TICK_MS) {
			checked_ms = now_ms;
			check_lost(p);
			count_advance(p->count, now_us() - LATE_US);
			keep_day(p);
			if (p->air != NULL)
				air_run_advance(p->air, now_us() - LATE_US);
		}
		if (p->reload)
			reload(p);
	}
	sd_notify(0, "STOPPING=1");
	check_lost(p);
	count_finish(p->count, now_us());
	if (p->keyed != NULL)
		keyed_say(p->keyed, 1, say, p->sender);
	return rc;
}

/* What was counted last is worth some patience, as without a spool nobody can send it again. */
static int
await_answers(struct probe *p, struct diag *d)
{
	int64_t until_ms =
	    clock_mono_ms(NULL) + (p->o->spool != NULL ? ANSWER_SPOOL_MS : ANSWER_MS);

	if (p->sender == NULL)
		return KK_OK;
	sender_run(p->sender);
	p->stop = 0;
	while (sender_waiting(p->sender) > 0 && clock_mono_ms(NULL) < until_ms && !p->stop) {
		wait_for(p, -1, TICK_MS);
		sender_run(p->sender);
	}
	if (p->o->spool != NULL && sender_waiting(p->sender) > 0)
		log_line(LOG_LV_NOTICE, "%s: %zu batches of samples wait for the next start",
		    p->o->spool, sender_waiting(p->sender));
	if ((p->o->spool != NULL || sender_waiting(p->sender) == 0) &&
	    sender_stats(p->sender)->lost == 0)
		return KK_OK;
	return diag_set(d, KK_E_SILENT, "%s: %zu batches of samples were not taken, %llu were lost",
	    p->o->socket, sender_waiting(p->sender),
	    (unsigned long long)sender_stats(p->sender)->lost);
}

/* ---- beginning and end ---- */

static int
block_signals(struct probe *p, struct diag *d)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	p->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (p->signals < 0)
		return diag_set(d, kk_from_errno(errno), "signalfd: %s", strerror(errno));
	return KK_OK;
}

static int
lock_down(const struct options *o, struct diag *d)
{
	const struct lockdown_paths paths = {
	    .map = o->map, .iface = o->iface, .spool = o->send ? o->spool : NULL};
	int rc = lockdown_paths(&paths, d);

	return rc == KK_OK ? lockdown_calls(d) : rc;
}

/* A file's packets are of any day: they are hashed with a key of our own. */
static int
open_day(struct probe *p, struct diag *d)
{
	const struct options *o = p->o;
	int rc;

	if (o->file != NULL || !o->send)
		return KK_OK;
	if ((rc = keyed_new(o->id, p->key, p->map, NULL, &p->keyed, d)) == KK_OK)
		decoder_turns(p->decoder, keyed_turns(p->keyed));
	return rc;
}

static int
prepare(struct probe *p, struct diag *d)
{
	const struct options *o = p->o;
	struct sender_options so = {.socket = o->socket,
	    .probe = o->id,
	    .ctx = p,
	    .spool = o->spool,
	    .spool_octets = (uint64_t)o->spool_mb * 1000000};
	const struct capture_options cap = {.file = o->file,
	    .iface = o->iface,
	    .snaplen = o->snaplen,
	    .buffer_mb = o->buffer_mb,
	    .user = o->user};
	int rc;

	if ((rc = block_signals(p, d)) != KK_OK || (rc = pseudonyms_new(&p->key, d)) != KK_OK)
		return rc;
	if ((p->decoder = decoder_new(p->key)) == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory for the decoder");
	if (o->octets_only)
		decoder_octets_only(p->decoder);
	decoder_l2tp_cookie(p->decoder, (unsigned)o->l2tp_cookie);
	decoder_follow(p->decoder, (unsigned)o->follow);
	/* Whatever is wrong with the map, it is configuration. */
	if (o->map != NULL && map_read(o->map, p->key, &p->map, d) != KK_OK)
		return KK_E_SYNTAX;
	if ((rc = open_day(p, d)) != KK_OK)
		return rc;
	if ((p->count = new_count(p, p->map)) == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory for the tables");
	if ((rc = capture_open(&cap, &p->capture, d)) != KK_OK)
		return rc;
	so.key = p->keyed != NULL ? on_key : NULL;
	/* Without privileges any more: the spool belongs to whom this has become. */
	if (o->send && (rc = sender_new(&so, &p->sender, d)) != KK_OK)
		return rc;
	if (!o->octets_only && (rc = air_run_new(o, p->map, o->print && o->air ? p->out : NULL,
				    p->sender, &p->air, d)) != KK_OK)
		return rc;
	return lock_down(o, d);
}

int
probe_run(const struct options *o, FILE *out, struct diag *d)
{
	struct probe p = {.o = o, .out = out, .signals = -1};
	struct diag unsent;
	int rc = prepare(&p, d), sent;

	if (rc != KK_OK)
		goto out;
	rc = o->file != NULL ? run_file(&p, d) : run_live(&p, d);
	if (p.air != NULL && !air_run_finish(p.air))
		p.failed = 1;
	if (o->print && !report_totals(out, count_totals(p.count)))
		p.failed = 1;
	sent = await_answers(&p, &unsent);
	if (rc == KK_OK && (p.failed || fflush(out) != 0))
		rc = diag_set(d, KK_E_IO, "the output cannot be written");
	if (rc == KK_OK && sent != KK_OK)
		rc = diag_set(d, sent, "%s", unsent.text);
out:
	capture_close(p.capture);
	keyed_free(p.keyed);
	air_run_free(p.air);
	sender_free(p.sender);
	count_free(p.count);
	map_free(p.map);
	decoder_free(p.decoder);
	pseudonyms_free(p.key);
	if (p.signals >= 0)
		close(p.signals);
	return rc;
}
