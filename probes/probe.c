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
#include "probes/decoded.h"
#include "probes/keyed.h"
#include "probes/lockdown.h"
#include "probes/report.h"
#include "probes/samples.h"
#include "probes/sender.h"
#include "probes/workers.h"

#define PACKETS_AT_ONCE 4096
#define TICK_MS		1000
#define ANSWER_MS	30000 /* how long samples wait for the collector at the end */
#define ANSWER_SPOOL_MS 3000  /* ... where the next start sends them else */
#define DRAIN_MS	10000 /* how long what is in the rings is read at the end */
#define CS_US		10000

struct probe {
	const struct options *o;
	FILE *out;
	struct report_span span; /* of the interval that is told */
	struct pseudonyms *key;
	struct decoder *decoder[LIVE_LANES_MAX]; /* one for each lane */
	struct map *map;
	struct counting to; /* the counter, and who listens to the air; NULL there: octets only */
	struct sender *sender; /* NULL: nothing is sent */
	struct keyed *keyed;   /* NULL: a file, or nothing is sent: one key for all */
	struct capture *capture;
	struct live *live; /* the capture's; NULL: a file */
	struct workers *workers;
	int signals;
	int stop, failed, reload;
	int64_t told_us;	   /* the end of what was told last, at least */
	struct live_counts counts; /* as they were last */
	struct complaint losing, undirected, encrypted, down, sessions, exchanges;
	struct decoded decoded;
};

/* ---- what the counter tells ---- */

static void
send_line(struct probe *p, const struct interval *iv, const struct ap_line *line)
{
	struct samples s;

	samples_of(iv, line, &s);
	if (line->t.octets_undirected > 0)
		complain(&p->undirected, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "%s: octets whose direction nobody knows: the map lacks a gateway", line->name);
	if (line->t.encrypted > 0)
		complain(&p->encrypted, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "%s: its tunnel is encrypted: octets and clients are not known from there",
		    line->name);
	for (size_t i = 0; i < s.n; i++)
		if (sender_put(p->sender, line->name, s.from_cs, &s.sample[i]) != KK_OK)
			p->failed = 1;
}

/* Tables are bounded: what found no room is told, since figures are too small by it. */
static void
check_room(struct probe *p, const struct ap_line *line)
{
	if (line->figures == NULL)
		return;
	if (line->figures->radius.stats.full > 0)
		complain(&p->sessions, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "%s: no room for more RADIUS sessions: what they carry is not counted",
		    line->name);
	if (line->figures->exchanges.full > 0)
		complain(&p->exchanges, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "%s: no room for more exchanges: not every login and DHCP is counted",
		    line->name);
}

static void
on_ap(void *ctx, const struct interval *iv, const struct ap_line *line)
{
	struct probe *p = ctx;

	check_room(p, line);
	if (p->o->print && !report_ap(p->out, &p->span, iv, line))
		p->failed = 1;
	if (p->sender != NULL && line->mapped)
		send_line(p, iv, line);
	/* Nobody was heard there today, unless others say so: which is not known if it is hidden.
	 */
	if (p->keyed != NULL && line->mapped && line->heard && !line->opaque)
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
	p->told_us = samples_end_cs(iv) * CS_US;
	if (p->o->print && fflush(p->out) != 0)
		p->failed = 1;
}

static void
count_decoded(struct probe *p)
{
	decoded_count(&p->decoded, &p->to, 0, p->decoded.n);
	decoded_clear(&p->decoded);
}

static void
on_packets(void *ctx, const struct packet *packet, size_t n)
{
	struct probe *p = ctx;

	for (size_t at = 0, end; at < n; at = end) {
		end = n - at < COUNT_BATCH ? n : at + COUNT_BATCH;
		decoded_take(&p->decoded, p->decoder[0], p->to.count, packet + at, end - at,
		    capture_ahead(p->capture));
		count_decoded(p);
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
	turn_us = keyed_plan(p->keyed, count_due(p->to.count), p->o->interval * INT64_C(1000000));
	if (turn_us != 0)
		count_turn(p->to.count, turn_us);
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

/* Wait for packets, answers, signals; at most a tick. `capture` -1: none of it. 1: it has some. */
static int
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
	return fd[1].revents != 0;
}

/* A pipe may be quiet for long; who wants it to end does not wait so long. */
static int
await_pipe(void *ctx, int fd)
{
	struct probe *p = ctx;

	while (!p->stop && !wait_for(p, fd, TICK_MS))
		;
	return !p->stop;
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
	count_finish(p->to.count, 0);
	return rc == KK_END || rc == KK_E_CLOSED ? KK_OK : rc;
}

/* Packets that were lost since the last time, whoever lost them. */
static uint64_t
lost(void *ctx)
{
	struct probe *p = ctx;
	uint64_t before = p->counts.kernel + p->counts.interface, more;

	if (p->live == NULL)
		return 0;
	live_count(p->live, &p->counts);
	more = p->counts.kernel + p->counts.interface - before;
	if (more > 0)
		complain(&p->losing, clock_mono_ms(NULL), LOG_LV_WARNING,
		    "%s: packets are lost before they are counted: %llu by the ring (a larger "
		    "--buffer or more --threads help), %llu by the interface, until now",
		    p->o->iface, (unsigned long long)p->counts.kernel,
		    (unsigned long long)p->counts.interface);
	return more;
}

/* What is lost is marked while the interval runs; an interface that is down hears nothing. */
static void
check_lost(struct probe *p)
{
	uint64_t more = lost(p);

	if (more > 0)
		count_lost(p->to.count, more);
	if (live_state(p->live) == LIVE_UP) {
		complaint_over(&p->down, "%s: is up again", p->o->iface);
		return;
	}
	complain(&p->down, clock_mono_ms(NULL), LOG_LV_WARNING,
	    "%s: is down; waiting until it is up again", p->o->iface);
	count_lost(p->to.count, 0);
}

static struct count *
new_count(struct probe *p, const struct map *map)
{
	const struct count_options o = {.interval_s = (unsigned)p->o->interval,
	    .octets_only = p->o->octets_only,
	    .live = p->o->iface != NULL};
	const struct count_sink sink = {.ctx = p,
	    .ap = on_ap,
	    .end = on_end,
	    .client = p->keyed != NULL ? on_client : NULL,
	    .lost = p->o->iface != NULL ? lost : NULL};

	return count_new(&o, map, &sink);
}

/* Where an interval may be cut in two now: what is still in the rings may be from before its end.
 */
static int64_t
cut_us(const struct probe *p)
{
	int64_t now = now_us(), last = count_due(p->to.count) - CS_US;

	return now < last ? now : last;
}

/* Samples tell no interval that is shorter than a hundredth of a second: the collector would refuse
 * the next one, as it would begin before this one's end. A clock that was set back must catch up.
 */
static int
may_reload(const struct probe *p)
{
	return cut_us(p) - p->told_us > CS_US;
}

/* The map's file; NULL: there is none, or it came through a pipe and cannot be read again. */
static const char *
map_file(const struct options *o)
{
	return o->map != NULL && strcmp(o->map, "-") != 0 ? o->map : NULL;
}

/* SIGHUP: another map. The interval is closed as it is, and the next one goes on from there. */
static void
reload(struct probe *p)
{
	struct map *map = NULL;
	struct count *count = NULL;
	struct diag d = {"out of memory"};
	int64_t at_us;

	p->reload = 0;
	if (map_file(p->o) == NULL) {
		log_line(LOG_LV_NOTICE, "SIGHUP: there is no map's file to read again");
		return;
	}
	if (map_read(p->o->map, p->key, &map, &d) == KK_OK)
		count = new_count(p, map);
	if (count == NULL) {
		log_line(LOG_LV_ERROR, "the old map stays: %s", d.text);
		map_free(map);
		return;
	}
	if (p->to.air != NULL && air_run_map(p->to.air, map) != KK_OK) {
		log_line(LOG_LV_ERROR, "the old map stays: out of memory");
		count_free(count);
		map_free(map);
		return;
	}
	at_us = cut_us(p);
	count_finish(p->to.count, at_us);
	count_start(count, at_us > p->told_us ? at_us : p->told_us);
	count_succeed(count, p->to.count);
	count_free(p->to.count);
	/* It looks up in the old map what goes on in the new one. */
	if (p->keyed != NULL && !keyed_map(p->keyed, map))
		log_line(LOG_LV_ERROR, "no memory for the clients of a day");
	map_free(p->map);
	p->to.count = count;
	p->map = map;
	log_line(LOG_LV_NOTICE, "%s: read again", p->o->map);
}

/* Each second: what was lost, and intervals in which nothing came any more. */
static void
tick(struct probe *p)
{
	int64_t now = now_us() - WORKERS_LATE_US, passed = workers_passed(p->workers);

	check_lost(p);
	count_advance(p->to.count, passed < now ? passed : now);
	keep_day(p);
	if (p->to.air != NULL)
		air_run_advance(p->to.air, passed < now ? passed : now);
}

/* Nothing comes any more: what is in the rings is counted, and what is left is said. */
static int
drain(struct probe *p, struct diag *d)
{
	int64_t until_ms = clock_mono_ms(NULL) + DRAIN_MS;
	struct pollfd fd = {workers_fd(p->workers), POLLIN, 0};
	int rc;

	live_finish(p->live);
	workers_end(p->workers);
	while (
	    (rc = workers_take(p->workers, &p->to, d)) == KK_OK && clock_mono_ms(NULL) < until_ms)
		poll(&fd, 1, LIVE_BLOCK_MS);
	workers_free(p->workers);
	p->workers = NULL;
	live_give_up(p->live, &p->counts);
	if (p->counts.own > 0)
		count_lost(p->to.count, p->counts.own);
	count_finish(p->to.count, now_us());
	return rc == KK_END ? KK_OK : rc;
}

static int
run_live(struct probe *p, struct diag *d)
{
	int64_t checked_ms = 0, now_ms;
	int rc = KK_OK, rest_ms;

	p->told_us = now_us();
	count_start(p->to.count, p->told_us);
	sd_notify(0, "READY=1");
	while (rc == KK_OK && !p->stop && !p->failed) {
		if ((rest_ms = workers_rest_ms(p->workers)) > 0)
			wait_for(p, -1, rest_ms);
		wait_for(p, workers_fd(p->workers), TICK_MS);
		rc = workers_take(p->workers, &p->to, d);
		now_ms = clock_mono_ms(NULL);
		if (rc == KK_OK && now_ms - checked_ms >= TICK_MS) {
			checked_ms = now_ms;
			tick(p);
		}
		if (p->reload && may_reload(p))
			reload(p);
	}
	sd_notify(0, "STOPPING=1");
	if (rc == KK_OK) {
		rc = drain(p, d);
	} else {
		check_lost(p);
		count_finish(p->to.count, now_us());
	}
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
make_decoders(struct probe *p, struct diag *d)
{
	for (int i = 0; i < p->o->threads; i++) {
		if ((p->decoder[i] = decoder_new(p->key)) == NULL)
			return diag_set(d, KK_E_NOMEM, "out of memory for the decoder");
		if (p->o->octets_only)
			decoder_octets_only(p->decoder[i]);
		decoder_l2tp_cookie(p->decoder[i], (unsigned)p->o->l2tp_cookie);
		decoder_follow(p->decoder[i], (unsigned)p->o->follow);
	}
	return KK_OK;
}

/* A file's packets are of any day: they are hashed with a key of our own. */
static int
open_day(struct probe *p, struct diag *d)
{
	const struct options *o = p->o;
	int rc;

	if (o->file != NULL || !o->send)
		return KK_OK;
	if ((rc = keyed_new(o->id, p->key, p->map, NULL, &p->keyed, d)) != KK_OK)
		return rc;
	for (int i = 0; i < o->threads; i++)
		decoder_turns(p->decoder[i], keyed_turns(p->keyed));
	return KK_OK;
}

/* With the privileges that there are; without any when it returns. */
static int
open_capture(struct probe *p, struct diag *d)
{
	const struct options *o = p->o;
	const struct capture_options cap = {.file = o->file,
	    .live = {.iface = o->iface,
		.filter = o->filter,
		.snaplen = o->snaplen,
		.buffer_mb = o->buffer_mb,
		.lanes = o->threads,
		.octets_only = o->octets_only},
	    .user = o->user,
	    .wait = {await_pipe, p}};
	int rc = capture_open(&cap, &p->capture, d);

	if (rc == KK_OK)
		p->live = capture_live(p->capture);
	return rc;
}

/* Without privileges any more: the spool belongs to whom this has become. */
static int
open_sender(struct probe *p, struct diag *d)
{
	const struct options *o = p->o;
	const struct sender_options so = {.socket = o->socket,
	    .probe = o->id,
	    .ctx = p,
	    .key = p->keyed != NULL ? on_key : NULL,
	    .spool = o->spool,
	    .spool_octets = (uint64_t)o->spool_mb * 1000000};

	return o->send ? sender_new(&so, &p->sender, d) : KK_OK;
}

/* Threads are under what their maker was under when it made them, so paths come before them. */
static int
lock_down(struct probe *p, struct diag *d)
{
	const struct options *o = p->o;
	const struct lockdown_paths paths = {
	    .map = map_file(o), .iface = o->iface, .spool = o->send ? o->spool : NULL};
	int rc = lockdown_paths(&paths, d);

	if (rc == KK_OK && p->live != NULL)
		rc = workers_start(p->live, p->decoder, o->threads, &p->workers, d);
	return rc == KK_OK ? lockdown_calls(d) : rc;
}

static int
prepare(struct probe *p, struct diag *d)
{
	const struct options *o = p->o;
	int rc;

	if ((rc = block_signals(p, d)) != KK_OK || (rc = pseudonyms_new(&p->key, d)) != KK_OK ||
	    (rc = make_decoders(p, d)) != KK_OK)
		return rc;
	/* Whatever is wrong with the map, it is configuration. */
	if (o->map != NULL && map_read(o->map, p->key, &p->map, d) != KK_OK)
		return KK_E_SYNTAX;
	if (o->map == NULL && o->send)
		log_line(
		    LOG_LV_NOTICE, "without --map no access point is known: no samples are sent");
	if ((rc = open_day(p, d)) != KK_OK)
		return rc;
	if ((p->to.count = new_count(p, p->map)) == NULL)
		return diag_set(d, KK_E_NOMEM, "out of memory for the tables");
	if ((rc = open_capture(p, d)) != KK_OK || (rc = open_sender(p, d)) != KK_OK)
		return rc;
	if (!o->octets_only && (rc = air_run_new(o, p->map, o->print && o->air ? p->out : NULL,
				    p->sender, &p->to.air, d)) != KK_OK)
		return rc;
	return lock_down(p, d);
}

int
probe_run(const struct options *o, FILE *out, struct diag *d)
{
	struct probe p = {.o = o, .out = out, .signals = -1};
	struct diag unsent;
	int rc = prepare(&p, d), sent;

	if (rc == KK_OK)
		rc = o->file != NULL ? run_file(&p, d) : run_live(&p, d);
	else if (rc == KK_E_CLOSED && p.stop)
		rc = KK_OK; /* a pipe had nothing until it was told to end: that is what is told */
	else
		goto out;
	if (p.to.air != NULL && !air_run_finish(p.to.air))
		p.failed = 1;
	if (o->print &&
	    !report_totals(out, count_totals(p.to.count), p.live != NULL ? &p.counts : NULL))
		p.failed = 1;
	sent = await_answers(&p, &unsent);
	if (rc == KK_OK && (p.failed || fflush(out) != 0))
		rc = diag_set(d, KK_E_IO, "the output cannot be written");
	if (rc == KK_OK && sent != KK_OK)
		rc = diag_set(d, sent, "%s", unsent.text);
out:
	workers_free(p.workers);
	capture_close(p.capture);
	keyed_free(p.keyed);
	air_run_free(p.to.air);
	sender_free(p.sender);
	count_free(p.to.count);
	map_free(p.map);
	for (int i = 0; i < LIVE_LANES_MAX; i++)
		decoder_free(p.decoder[i]);
	pseudonyms_free(p.key);
	if (p.signals >= 0)
		close(p.signals);
	return rc;
}
