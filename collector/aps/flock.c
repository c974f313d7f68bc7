/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/aps/flock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

/* How old it may be what a controller tells, 1/100 s. */
#define STALE_CS 30000

/* One access point. */
struct sheep {
	struct meter meter;
	uint32_t num;
	uint32_t owner;	  /* the controller that had it connected last; 0: none yet */
	int64_t owned_ms; /* monotonic: when it said so */
	uint32_t other;	  /* another one that says so as well; 0: none */
	int64_t other_ms;
	uint32_t turn;	   /* the newest list that named it */
	int64_t told_cs;   /* its newest sample */
	int64_t uptime_cs; /* as last told; -1: unknown */
	uint8_t fresh;
};

struct flock {
	const struct kk_clock *clock;
	struct flock_calls calls;
	struct names *names;
	struct sheep *sheep; /* in step with the names */
	size_t n, fresh;
	uint32_t turn;
};

int
flock_new(const struct kk_clock *clock, const struct flock_calls *calls, struct flock **out)
{
	struct flock *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return KK_E_NOMEM;
	f->clock = clock;
	f->calls = *calls;
	*out = f;
	return KK_OK;
}

void
flock_free(struct flock *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++)
		meter_free(&f->sheep[i].meter);
	free(f->sheep);
	names_free(f->names);
	free(f);
}

/* ---- the inventory ---- */

static struct sheep *
find(const struct flock *f, uint32_t num)
{
	const struct named *one = f->names != NULL ? names_by_num(f->names, num) : NULL;
	size_t n;

	return one != NULL ? &f->sheep[one - names_all(f->names, &n)] : NULL;
}

int
flock_follow(struct flock *f, const struct inventory *inv)
{
	struct names *names = NULL;
	const struct named *all;
	struct sheep *sheep;
	size_t n, old = 0;
	int rc = names_new(inv, &names);

	if (rc != KK_OK)
		return rc;
	all = names_all(names, &n);
	if ((sheep = calloc(n + 1, sizeof(*sheep))) == NULL) {
		names_free(names);
		return KK_E_NOMEM;
	}
	f->fresh = 0;
	for (size_t i = 0; i < n; i++) { /* both are ordered by number */
		while (old < f->n && f->sheep[old].num < all[i].num)
			meter_free(&f->sheep[old++].meter);
		if (old < f->n && f->sheep[old].num == all[i].num)
			sheep[i] = f->sheep[old++];
		else
			sheep[i] = (struct sheep){.num = all[i].num, .uptime_cs = -1, .fresh = 1};
		f->fresh += sheep[i].fresh;
	}
	while (old < f->n)
		meter_free(&f->sheep[old++].meter);
	free(f->sheep);
	names_free(f->names);
	f->sheep = sheep;
	f->names = names;
	f->n = n;
	return KK_OK;
}

size_t
flock_fresh(const struct flock *f)
{
	return f->fresh;
}

void
flock_restore(struct flock *f, const struct sample *s)
{
	struct sheep *a = s->source == SOURCE_CONTROLLER ? find(f, s->device) : NULL;

	if (a == NULL || !a->fresh)
		return;
	a->told_cs = s->time_cs;
	if (s->boot_cs != 0)
		a->uptime_cs = s->time_cs - s->boot_cs;
	if (s->n_counters > 0 && meter_restore(&a->meter, s) != KK_OK)
		meter_free(&a->meter); /* no memory: it begins anew */
}

void
flock_restored(struct flock *f)
{
	for (size_t i = 0; i < f->n; i++)
		f->sheep[i].fresh = 0;
	f->fresh = 0;
}

void
flock_clock_step(struct flock *f, int64_t cs)
{
	for (size_t i = 0; i < f->n; i++) {
		meter_clock_step(&f->sheep[i].meter, cs);
		if (f->sheep[i].told_cs != 0)
			f->sheep[i].told_cs += cs;
	}
}

/* ---- who it is ---- */

static struct sheep *
recognise(const struct flock *f, uint32_t controller, const struct roll *r, const struct roll_ap *a)
{
	const struct named *one = NULL;
	uint8_t mac[6];
	char name[256];
	int has;
	size_t n;

	for (unsigned i = 0; one == NULL && (has = roll_mac(r, a, i, mac)) >= 0; i++)
		if (has)
			one = names_by_mac(f->names, mac, controller);
	for (unsigned i = 0; one == NULL && (has = roll_name(r, a, i, name)) >= 0; i++)
		if (has)
			one = names_by_text(f->names, name);
	return one != NULL ? &f->sheep[one - names_all(f->names, &n)] : NULL;
}

static void
note_stranger(struct flock_count *out, const struct roll *r, const struct roll_ap *a)
{
	char name[256] = "";
	size_t i = out->strangers++;

	if (i >= FLOCK_STRANGERS)
		return;
	if (roll_name(r, a, 0, name) > 0)
		text_from_octets((const uint8_t *)name, strlen(name), out->stranger[i].name,
		    sizeof(out->stranger[i].name));
	out->stranger[i].has_mac = roll_mac(r, a, 0, out->stranger[i].mac) > 0;
}

/* ---- whose it is ---- */

/*
 * Whether this controller's word on it counts. It belongs to the one that has it connected; when
 * two say so, to the one that the inventory names, else to the one that had it first.
 */
static int
claim(const struct flock *f, struct sheep *a, uint32_t controller, int64_t every_ms)
{
	int64_t now = clock_mono_ms(f->clock);
	int held = a->owner != 0 && a->owner != controller && now - a->owned_ms <= 3 * every_ms;

	if (held && f->names != NULL && names_by_num(f->names, a->num)->controller != controller) {
		a->other = controller;
		a->other_ms = now;
		return 0;
	}
	if (held) {
		a->other = a->owner;
		a->other_ms = a->owned_ms;
	} else if (a->other == controller) {
		a->other = 0;
	}
	a->owner = controller;
	a->owned_ms = now;
	return 1;
}

/* ---- samples ---- */

static int64_t
later_than(int64_t cs, const struct sheep *a)
{
	return cs > a->told_cs ? cs : a->told_cs + 1;
}

static void
tell(struct flock *f, struct sheep *a, struct sample *s)
{
	a->told_cs = s->time_cs;
	f->calls.sample(f->calls.ctx, s);
}

static void
tell_silent(struct flock *f, struct sheep *a, enum sample_reason why)
{
	struct sample s = {.device = a->num,
	    .source = SOURCE_CONTROLLER,
	    .flags = (uint16_t)(SAMPLE_SILENT | (unsigned)why << SAMPLE_REASON_AT),
	    .time_cs = later_than(clock_utc_cs(f->clock), a)};

	tell(f, a, &s);
}

/* Controllers tell of a minute ago: an access point that runs for a short time would seem to have
 * booted again and again. It did if its uptime fell, or began well after it was last heard of. */
static int
has_rebooted(const struct sheep *a, const struct roll_ap *ap)
{
	return a->uptime_cs >= 0 && ap->uptime_cs >= 0 &&
	       (ap->uptime_cs < a->uptime_cs ||
		   ap->when_cs - ap->uptime_cs > a->meter.seen_cs + STALE_CS);
}

/* Its counters moved on. Flags of the interval. */
static unsigned
advance(struct sheep *a, const struct roll *r, const struct roll_ap *ap)
{
	int64_t boot_cs = 0; /* as it was */
	struct reading reading[SAMPLE_COUNTERS_MAX];
	struct meter_moment at = {.when_cs = ap->when_cs};
	int rc;

	if (ap->uptime_cs >= 0 && (a->meter.seen_cs == 0 || has_rebooted(a, ap)))
		boot_cs = ap->when_cs - ap->uptime_cs;
	/* Whatever its clock says: the list before this one had not seen it. */
	if (boot_cs != 0 && boot_cs <= a->meter.seen_cs)
		boot_cs = a->meter.seen_cs + 1;

	if (ap->n == 0)
		return a->meter.n > 0 ? SAMPLE_PARTIAL : 0;
	if (at.when_cs <= a->meter.seen_cs)
		at.when_cs = a->meter.seen_cs + 1;
	for (unsigned i = 0; i < ap->n; i++) {
		reading[i] = r->reading[ap->first + i];
		reading[i].boot_cs = boot_cs;
	}
	rc = meter_advance(&a->meter, reading, ap->n, &at);
	return rc >= 0 ? (unsigned)rc : SAMPLE_PARTIAL;
}

static void
tell_up(struct flock *f, struct sheep *a, const struct roll *r, const struct roll_ap *ap,
    int64_t every_ms)
{
	int64_t boot_cs = ap->uptime_cs >= 0 ? ap->when_cs - ap->uptime_cs : 0;
	unsigned flags = advance(a, r, ap);
	struct sample s = {.device = a->num,
	    .source = SOURCE_CONTROLLER,
	    .time_cs = later_than(ap->when_cs, a),
	    .boot_cs = boot_cs,
	    .known = ap->known};

	a->uptime_cs = ap->uptime_cs;
	if (a->other != 0 && clock_mono_ms(f->clock) - a->other_ms <= 3 * every_ms)
		flags |= (unsigned)REASON_TWO_CONTROLLERS << SAMPLE_REASON_AT;
	s.flags = (uint16_t)flags;
	memcpy(s.value, ap->value, sizeof(s.value));
	sample_set(&s, METRIC_UP, 1);
	if (ap->uptime_cs >= 0)
		sample_set(&s, METRIC_UPTIME, ap->uptime_cs / 100);
	if (a->meter.seen_cs != 0) {
		sample_set(&s, METRIC_OCTETS_DOWN, (int64_t)a->meter.down);
		sample_set(&s, METRIC_OCTETS_UP, (int64_t)a->meter.up);
		s.n_counters = a->meter.n;
		s.counters = a->meter.counter;
	}
	tell(f, a, &s);
}

static void
tell_plate(struct flock *f, const struct sheep *a, const struct roll *r, const struct roll_ap *ap)
{
	static const struct {
		enum ap_fact fact;
		enum nameplate_field field;
	} facts[] = {{AP_FACT_MODEL, NAMEPLATE_MODEL}, {AP_FACT_SERIAL, NAMEPLATE_SERIAL},
	    {AP_FACT_FIRMWARE, NAMEPLATE_FIRMWARE}};
	struct nameplate n = {0};
	uint8_t mac[6];
	int any = 0;

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		const struct cell *c = rows_cell(r->rows, r->rules->fact[facts[i].fact], ap->row);

		if (c->len == 0)
			continue;
		nameplate_take(&n, facts[i].field, rows_text(r->rows, c), c->len);
		any = 1;
	}
	if (!any || f->calls.named == NULL)
		return;
	if (roll_mac(r, ap, 0, mac) > 0)
		nameplate_take_mac(&n, mac);
	f->calls.named(f->calls.ctx, a->num, &n);
}

static void
take_one(struct flock *f, uint32_t controller, int64_t every_ms, const struct roll *r,
    const struct roll_ap *ap, struct flock_count *out)
{
	struct sheep *a = recognise(f, controller, r, ap);

	out->listed++;
	out->up += (size_t)(ap->up != 0);
	if (ap->up && ap->known >> METRIC_CLIENTS & 1)
		out->clients = (out->clients < 0 ? 0 : out->clients) + ap->value[METRIC_CLIENTS];
	if (a == NULL) {
		note_stranger(out, r, ap);
		return;
	}
	if (a->turn == f->turn)
		return; /* two rows of the list are one device of the inventory */
	if (ap->up) {
		int mine = claim(f, a, controller, every_ms);

		out->elsewhere += (size_t)(!mine || a->other != 0);
		if (!mine)
			return;
		a->turn = f->turn;
		tell_plate(f, a, r, ap);
		tell_up(f, a, r, ap, every_ms);
	} else {
		a->turn = f->turn;
		if (a->owner == controller || a->owner == 0)
			tell_silent(f, a, REASON_SAID_DOWN);
	}
}

/* Who should be on the list and is not. */
static void
tell_missing(struct flock *f, uint32_t controller, struct flock_count *out)
{
	size_t n;
	const struct named *all = names_all(f->names, &n);

	for (size_t i = 0; i < n; i++) {
		struct sheep *a = &f->sheep[i];
		uint32_t owner = a->owner != 0 ? a->owner : all[i].controller;

		if (owner != controller || a->turn == f->turn)
			continue;
		out->missing++;
		tell_silent(f, a, REASON_GONE);
	}
}

void
flock_take(struct flock *f, uint32_t controller, int64_t every_ms, const struct roll *r,
    struct flock_count *out)
{
	*out = (struct flock_count){.clients = -1};
	if (f->names == NULL)
		return;
	f->turn++;
	for (size_t i = 0; i < r->n; i++)
		take_one(f, controller, every_ms, r, &r->ap[i], out);
	tell_missing(f, controller, out);
}
