/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Plays tests/scenario/polling.scn: the real schedule and the real engine, on a network that is an
 * array and a clock that jumps from event to event.
 *
 * Words, in any number on a line; `#` begins a comment:
 *   scenario TEXT                        begins a new one, with nothing left of the last
 *   interval N  timeout N  retries N     before the first device
 *   device NAME answers N [twice] [stalls N]   N after it was asked; `stalls`: the process sleeps
 *                                        right after asking
 *   device NAME loses N                  the first N datagrams of every poll; then answers after 10
 * ms device NAME silent run N   drain   stall N              time; until no poll is in flight;
 * without the process expect NAME|all KEY=VALUE ... Times are written 10ms or 60s.
 */
#include <ctype.h>

#include "collector/snmp/engine.h"
#include "collector/sweep.h"
#include "tests/fake_net.h"
#include "tests/harness.h"

#define PLACES 16
#define NEVER  INT64_MAX

struct place;

struct device {
	struct sweep_item item; /* first: the schedule hands it back */
	struct place *place;
	struct peer peer;
	char name[32];
	int silent, twice;
	int64_t delay_ms, stall_ms;
	int64_t loses, heard; /* datagrams of this poll */
	int64_t polls, answered, silences, sent, overlaps, begun_ms, took_ms;
	int in_flight;
};

struct reply {
	int64_t at_ms;
	size_t sent; /* which datagram it answers */
};

struct place {
	struct fake_net net;
	int64_t interval_s, timeout_ms, retries;
	struct engine *engine;
	struct sweep *sweep;
	struct request *request;
	struct device device[PLACES];
	int n_devices;
	struct reply reply[1024];
	int n_replies;
	size_t looked; /* datagrams that devices have seen */
	int64_t flying, stall_ms;
	char where[128]; /* file:line: scenario */
};

static void
on_done(void *ctx, int rc, const struct answer *a)
{
	struct device *dev = ctx;
	struct place *p = dev->place;

	(void)a;
	if (rc == KK_OK)
		dev->answered++;
	else if (rc == KK_E_SILENT)
		dev->silences++;
	dev->took_ms = p->net.clock.mono_ms - dev->begun_ms;
	dev->in_flight = 0;
	p->flying--;
	if (rc != KK_E_CLOSED)
		sweep_ended(p->sweep, &dev->item);
}

static int
on_due(void *ctx, struct sweep_item *item)
{
	struct place *p = ctx;
	struct device *dev = (struct device *)item;

	dev->overlaps += dev->in_flight;
	dev->in_flight = 1;
	dev->heard = 0;
	dev->polls++;
	dev->begun_ms = p->net.clock.mono_ms;
	p->flying++;
	return engine_ask(p->engine, &dev->peer, p->request, on_done, dev);
}

static void
open_place(struct place *p)
{
	static const unsigned long uptime[] = {1, 3, 6, 1, 2, 1, 1, 3, 0};
	struct engine_options o = {
	    .timeout_ms = (unsigned)p->timeout_ms, .retries = (unsigned)p->retries};
	struct request_oid oid = {uptime, 9};
	struct net net;
	struct diag d;

	fake_net_init(&p->net);
	net = fake_net_net(&p->net);
	ck_assert_int_eq(engine_new(&net, &p->net.clock, &o, &p->engine), KK_OK);
	ck_assert_int_eq(request_new(REQUEST_GET, 2, "city", &oid, 1, 0, &p->request, &d), KK_OK);
	ck_assert_int_eq(
	    sweep_new(&p->net.clock, (unsigned)p->interval_s, on_due, p, &p->sweep), KK_OK);
}

static void
close_place(struct place *p)
{
	if (p->engine == NULL)
		return;
	engine_free(p->engine);
	ck_assert_int_eq(p->flying, 0); /* every callback came, exactly once */
	sweep_free(p->sweep);
	request_free(p->request);
	fake_net_clear(&p->net);
}

/* ---- the devices' side ---- */

static void
hear(struct place *p, size_t i)
{
	struct device *dev = &p->device[p->net.sent[i].peer.sin6_addr.s6_addr[15]];
	int times = dev->twice ? 2 : 1;

	dev->sent++;
	p->stall_ms = dev->stall_ms;
	if (dev->silent || dev->heard++ < dev->loses)
		return;
	for (int k = 0; k < times; k++) {
		ck_assert_int_lt(p->n_replies, ROWS(p->reply));
		p->reply[p->n_replies++] = (struct reply){p->net.clock.mono_ms + dev->delay_ms, i};
	}
}

/* Returns when the next reply is due. */
static int64_t
deliver(struct place *p)
{
	int64_t next = NEVER;
	int left = 0;

	for (; p->looked < p->net.n_sent; p->looked++)
		hear(p, p->looked);
	for (int i = 0; i < p->n_replies; i++) {
		if (p->reply[i].at_ms <= p->net.clock.mono_ms)
			fake_answer(&p->net, p->reply[i].sent);
		else
			p->reply[left++] = p->reply[i];
	}
	p->n_replies = left;
	for (int i = 0; i < left; i++)
		next = p->reply[i].at_ms < next ? p->reply[i].at_ms : next;
	return next;
}

/* ---- time ---- */

static int64_t
sooner(int64_t at, int64_t now, int wait)
{
	return wait >= 0 && now + wait < at ? now + wait : at;
}

/* One round of the process; returns when the next is due. */
static int64_t
turn(struct place *p)
{
	int64_t now = p->net.clock.mono_ms, at;

	deliver(p);
	at = sooner(NEVER, now, sweep_run(p->sweep));
	at = sooner(at, now, engine_run(p->engine));
	now = deliver(p); /* what was just sent may be answered at once */
	at = now < at ? now : at;
	if (p->net.inbox_at < p->net.n_inbox)
		at = p->net.clock.mono_ms;
	if (p->stall_ms > 0) {
		clock_advance(&p->net.clock, p->stall_ms);
		p->stall_ms = 0;
	}
	return at;
}

static void
run_for(struct place *p, int64_t ms, int drain)
{
	int64_t end = p->net.clock.mono_ms + ms;

	for (int turns = 0; turns < 1000000; turns++) {
		int64_t at = turn(p);

		if (drain && p->flying == 0)
			return;
		if (at > end) {
			if (p->net.clock.mono_ms < end)
				clock_advance(&p->net.clock, end - p->net.clock.mono_ms);
			return;
		}
		if (at > p->net.clock.mono_ms)
			clock_advance(&p->net.clock, at - p->net.clock.mono_ms);
	}
	ck_abort_msg("%s: it never rests", p->where);
}

/* ---- the script ---- */

static char *
word(char **at)
{
	char *w;

	while (isspace((unsigned char)**at))
		++*at;
	if (**at == '\0' || **at == '#')
		return NULL;
	w = *at;
	while (**at != '\0' && !isspace((unsigned char)**at))
		++*at;
	if (**at != '\0')
		*(*at)++ = '\0';
	return w;
}

/* The next word as a number; a time in milliseconds. */
static int64_t
number(struct place *p, char **at)
{
	char *w = word(at), *end = NULL;
	int64_t v = w != NULL ? strtoll(w, &end, 10) : 0;

	if (w == NULL || end == w)
		ck_abort_msg("%s: a number is missing", p->where);
	return strcmp(end, "s") == 0 ? v * 1000 : v;
}

static struct device *
device(struct place *p, const char *name)
{
	struct device *dev;

	for (int i = 0; i < p->n_devices; i++)
		if (strcmp(p->device[i].name, name) == 0)
			return &p->device[i];
	if (p->n_devices == PLACES)
		ck_abort_msg("%s: too many devices", p->where);
	if (p->n_devices == 0)
		open_place(p);
	dev = &p->device[p->n_devices];
	dev->place = p;
	snprintf(dev->name, sizeof(dev->name), "%s", name);
	dev->peer.addr = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(161)};
	dev->peer.addr.sin6_addr.s6_addr[15] = (uint8_t)p->n_devices++;
	sweep_add(p->sweep, &dev->item, name);
	return dev;
}

static void
say_device(struct place *p, char **at)
{
	struct device *dev = device(p, word(at));
	char *w;

	dev->silent = dev->twice = 0;
	dev->loses = dev->stall_ms = 0;
	dev->delay_ms = 10;
	while ((w = word(at)) != NULL) {
		if (strcmp(w, "silent") == 0)
			dev->silent = 1;
		else if (strcmp(w, "twice") == 0)
			dev->twice = 1;
		else if (strcmp(w, "answers") == 0)
			dev->delay_ms = number(p, at);
		else if (strcmp(w, "loses") == 0)
			dev->loses = number(p, at);
		else if (strcmp(w, "stalls") == 0)
			dev->stall_ms = number(p, at);
		else
			ck_abort_msg("%s: what is %s?", p->where, w);
	}
}

static int64_t
value(struct place *p, const char *who, const char *key)
{
	const struct engine_stats *st = engine_stats(p->engine);
	struct sweep_stats sw;

	sweep_stats(p->sweep, &sw);
	if (strcmp(who, "all") == 0) {
		if (strcmp(key, "sent") == 0)
			return (int64_t)st->sent;
		if (strcmp(key, "retries") == 0)
			return (int64_t)st->retries;
		if (strcmp(key, "overruns") == 0)
			return (int64_t)sw.overruns;
		if (strcmp(key, "unknown_id") == 0)
			return (int64_t)st->drops[ENGINE_DROP_UNKNOWN_ID];
	} else {
		const struct device *dev = device(p, who);
		const struct {
			const char *key;
			int64_t v;
		} all[] = {{"polls", dev->polls}, {"answered", dev->answered},
		    {"silent", dev->silences}, {"sent", dev->sent}, {"took", dev->took_ms},
		    {"overlaps", dev->overlaps}};

		for (int i = 0; i < ROWS(all); i++)
			if (strcmp(all[i].key, key) == 0)
				return all[i].v;
	}
	ck_abort_msg("%s: %s has no %s", p->where, who, key);
	return 0;
}

static void
say_expect(struct place *p, char **at)
{
	char *who = word(at), *w;

	while ((w = word(at)) != NULL) {
		char *want = strchr(w, '=');
		int64_t is;

		if (want == NULL)
			ck_abort_msg("%s: KEY=VALUE, not %s", p->where, w);
		*want++ = '\0';
		is = value(p, who, w);
		ck_assert_msg(
		    is == number(p, &want), "%s: %s %s is %lld", p->where, who, w, (long long)is);
	}
}

static void
say(struct place *p, char *line)
{
	char *w;

	while ((w = word(&line)) != NULL) {
		if (strcmp(w, "interval") == 0)
			p->interval_s = number(p, &line) / 1000;
		else if (strcmp(w, "timeout") == 0)
			p->timeout_ms = number(p, &line);
		else if (strcmp(w, "retries") == 0)
			p->retries = number(p, &line);
		else if (strcmp(w, "device") == 0)
			say_device(p, &line);
		else if (strcmp(w, "run") == 0)
			run_for(p, number(p, &line), 0);
		else if (strcmp(w, "drain") == 0)
			run_for(p, 60000, 1);
		else if (strcmp(w, "stall") == 0)
			clock_advance(&p->net.clock, number(p, &line));
		else if (strcmp(w, "expect") == 0)
			say_expect(p, &line);
		else
			ck_abort_msg("%s: what is %s?", p->where, w);
	}
}

START_TEST(play)
{
	const char *src = getenv("srcdir") ? getenv("srcdir") : ".";
	static struct place place;
	char path[512], line[512], name[80] = "";
	int n = 0, scenarios = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/scenario/polling.scn", src);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f) != NULL) {
		n++;
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "scenario ", 9) == 0) {
			close_place(&place);
			memset(&place, 0, sizeof(place));
			snprintf(name, sizeof(name), "%.79s", line + 9);
			scenarios++;
			continue;
		}
		snprintf(place.where, sizeof(place.where), "polling.scn:%d: %s", n, name);
		say(&place, line);
	}
	close_place(&place);
	fclose(f);
	ck_assert_int_gt(scenarios, 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("scenario_polling");
	TCase *tc = tcase_create("polling");

	tcase_add_test(tc, play);
	suite_add_tcase(s, tc);
	return harness_run(s);
}
