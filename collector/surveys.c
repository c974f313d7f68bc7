/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/surveys.h"

#include <stdlib.h>
#include <string.h>

#include "collector/errands.h"
#include "collector/harvest.h"
#include "collector/learn.h"
#include "lib/text.h"

#define RUNNING_MAX  64		      /* surveys at the same time */
#define PATIENCE_MS  (10 * 60 * 1000) /* of one survey */
#define KEPT_AT_ONCE 20		      /* devices of one surveys_keep() */
#define LIGHTS_MAX   64		      /* ports with light of one device */

/* One switch or node. */
struct member {
	struct errand errand; /* first: it is handed back */
	uint32_t num;
	struct surveys *all;
	struct survey *survey; /* NULL: none runs */
	struct survey_memory memory;
	int64_t neighbours_due_ms; /* monotonic */
	int neighbours;		   /* the one that runs looks at them */
	struct port_meters meters;
	struct {
		uint32_t key; /* of the port's name */
		int32_t rx_mdbm;
	} light[LIGHTS_MAX];
	unsigned n_lights;
	int64_t lights_ms;
};

struct surveys {
	const struct kk_clock *clock;
	const struct conf *conf;
	const struct profiles *profiles;
	struct member **member; /* by number */
	size_t n;
	uint64_t *mac; /* of the inventory: open addressing, 0 is free */
	size_t mac_mask;
	struct harvest *first, *last;
	struct errands errands;
	struct surveys_stats stats;
};

/* ---- whose address it is ---- */

static uint64_t
mac_number(const uint8_t m[6])
{
	uint64_t n = 0;

	for (int i = 0; i < 6; i++)
		n = n << 8 | m[i];
	return n;
}

static uint64_t *
mac_place(const struct surveys *s, uint64_t mac)
{
	size_t at = text_hash(&mac, sizeof(mac)) & s->mac_mask;

	while (s->mac[at] != 0 && s->mac[at] != mac)
		at = (at + 1) & s->mac_mask;
	return &s->mac[at];
}

static int
is_known(void *ctx, const uint8_t mac[6])
{
	const struct surveys *s = ((struct member *)ctx)->all;
	uint64_t n = mac_number(mac);

	return n != 0 && s->mac != NULL && *mac_place(s, n) == n;
}

static int
learn_macs(struct surveys *s, const struct device *dev, size_t n)
{
	size_t size = 64;

	while (size < n * 2)
		size *= 2;
	free(s->mac);
	s->mac_mask = size - 1;
	if ((s->mac = calloc(size, sizeof(*s->mac))) == NULL)
		return KK_E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		uint64_t mac = text_mac(dev[i].mac);

		if (mac != 0)
			*mac_place(s, mac) = mac;
	}
	return KK_OK;
}

/* ---- members ---- */

static struct member *
find(const struct surveys *s, uint32_t num)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->member[mid]->num < num)
			low = mid + 1;
		else
			high = mid;
	}
	return low < s->n && s->member[low]->num == num ? s->member[low] : NULL;
}

static void
member_free(struct member *m)
{
	if (m == NULL)
		return;
	errand_drop(&m->all->errands, &m->errand);
	port_meters_free(&m->meters);
	free(m);
}

static struct member *
member_new(struct surveys *s, uint32_t num)
{
	struct member *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	m->num = num;
	m->all = s;
	m->memory = (struct survey_memory){.optical = SURVEY_UNKNOWN, .fdb = SURVEY_UNKNOWN};
	scan_forget(&m->memory.bulk);
	return m;
}

void
surveys_free(struct surveys *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->n; i++)
		member_free(s->member[i]);
	for (struct harvest *h = s->first, *next; h != NULL; h = next) {
		next = h->next;
		harvest_free(h);
	}
	free(s->member);
	free(s->mac);
	free(s);
}

/* What a new member's counters said before it was one. */
static void
restore(void *ctx, const struct port_row *row)
{
	struct member *m = find(ctx, row->device);

	if (m != NULL && m->errand.started_ms == 0)
		(void)port_meters_restore(&m->meters, row); /* without memory it starts anew */
}

int
surveys_follow(struct surveys *s, const struct inventory *inv, struct db *db, struct diag *d)
{
	size_t n_dev, n = 0, old = 0, fresh = 0;
	const struct device *dev = inventory_all(inv, &n_dev);
	struct member **all = calloc(n_dev > 0 ? n_dev : 1, sizeof(*all));

	if (all == NULL)
		return diag_set(d, KK_E_NOMEM, "surveys: %s", kk_strerror(KK_E_NOMEM));
	for (size_t i = 0; i < n_dev; i++) { /* both are ordered by number */
		struct member *m = NULL;

		if ((dev[i].kind != KIND_SWITCH && dev[i].kind != KIND_NODE) ||
		    dev[i].host[0] == '\0')
			continue;
		while (old < s->n && s->member[old]->num < dev[i].num)
			member_free(s->member[old++]);
		if (old < s->n && s->member[old]->num == dev[i].num)
			m = s->member[old++];
		if (m == NULL && (m = member_new(s, dev[i].num)) != NULL)
			fresh++;
		if (m != NULL)
			all[n++] = m;
	}
	while (old < s->n)
		member_free(s->member[old++]);
	free(s->member);
	s->member = all;
	s->n = s->stats.devices = n;
	if (learn_macs(s, dev, n_dev) != KK_OK)
		return diag_set(d, KK_E_NOMEM, "surveys: %s", kk_strerror(KK_E_NOMEM));
	return fresh > 0 ? port_rows_read(db, 0, restore, s, d) : KK_OK;
}

/* ---- what a survey gave ---- */

static void
note_light(struct member *m, const struct facts *f)
{
	m->n_lights = 0;
	m->lights_ms = clock_mono_ms(m->all->clock);
	for (size_t i = 0; i < f->ports.n && m->n_lights < LIGHTS_MAX; i++) {
		const struct port *p = &f->ports.port[i];

		if (!(p->known & PORT_HAS_RX))
			continue;
		m->light[m->n_lights].key = learn_key(p->name, strlen(p->name));
		m->light[m->n_lights++].rx_mdbm = p->rx_mdbm;
	}
}

static int
reap(struct member *m, const struct survey_result *r, struct harvest *h)
{
	const struct ports *p = &r->facts->ports;
	int64_t now_cs = clock_utc_cs(m->all->clock);
	int rc;

	h->device = m->num;
	h->time_s = now_cs / 100;
	h->has_lldp = r->has_lldp;
	h->has_bridge = r->has_bridge;
	h->n = p->n;
	h->port = calloc(p->n + 1, sizeof(*h->port));
	h->pair = calloc(p->n + 1, sizeof(*h->pair));
	if (h->port == NULL || h->pair == NULL)
		return KK_E_NOMEM;
	if (p->n > 0)
		memcpy(h->port, p->port, p->n * sizeof(*h->port));
	if ((rc = port_meters_advance(&m->meters, r->facts, now_cs, h->pair)) != KK_OK)
		return rc;
	return m->neighbours ? told_make(r->facts, &h->told) : KK_OK;
}

static void
on_surveyed(void *ctx, int rc, const struct survey_result *r)
{
	struct member *m = ctx;
	struct surveys *s = m->all;
	struct harvest *h = rc == KK_OK ? calloc(1, sizeof(*h)) : NULL;

	if (h != NULL && reap(m, r, h) == KK_OK) {
		note_light(m, r->facts);
		if (s->last != NULL)
			s->last->next = h;
		else
			s->first = h;
		s->last = h;
		s->stats.waiting++;
		s->stats.done++;
	} else {
		harvest_free(h);
		s->stats.failed++;
	}
	survey_free(m->survey);
	m->survey = NULL;
	errand_ended(&s->errands, &m->errand);
}

/* ---- when ---- */

static int
may_ask(void *ctx)
{
	return !target_is_busy(((struct member *)ctx)->errand.target);
}

/* Its own profile's rules, else those for every switch. */
static const struct port_rules *
rules_of(const struct surveys *s, const struct target *t)
{
	const struct profile *p = target_profile(t, NULL);

	if (p == NULL || p->ports == NULL)
		p = profiles_by_name(s->profiles, "switch");
	return p != NULL ? p->ports : NULL;
}

static int
begin(void *ctx, struct errand *e)
{
	struct surveys *s = ctx;
	struct member *m = (struct member *)e;
	int64_t now_ms = clock_mono_ms(s->clock);
	unsigned each = s->conf->snmp.neighbours;
	struct survey_wish wish = {
	    .rules = rules_of(s, e->target), .ctx = m, .known = is_known, .may_ask = may_ask};
	struct ask_peer peer = target_peer(e->target);

	if (wish.rules == NULL)
		return 0;
	m->neighbours = wish.neighbours = each > 0 && now_ms >= m->neighbours_due_ms;
	e->due_ms = now_ms + (int64_t)s->conf->snmp.ports * 1000;
	if (survey_start(&peer, &wish, &m->memory, on_surveyed, &m->survey) != KK_OK) {
		s->stats.failed++;
		return 0;
	}
	if (wish.neighbours)
		m->neighbours_due_ms = now_ms + (int64_t)each * 1000;
	return 1;
}

static void
resume(void *ctx, struct errand *e)
{
	(void)ctx;
	survey_resume(((struct member *)e)->survey);
}

static void
drop(void *ctx, struct errand *e)
{
	struct member *m = (struct member *)e;

	(void)ctx;
	survey_free(m->survey);
	m->survey = NULL;
}

int
surveys_new(const struct kk_clock *clock, const struct conf *conf, const struct profiles *profiles,
    struct surveys **out)
{
	struct surveys *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return KK_E_NOMEM;
	s->clock = clock;
	s->conf = conf;
	s->profiles = profiles;
	s->errands = (struct errands){.clock = clock,
	    .ctx = s,
	    .calls = {begin, resume, drop},
	    .patience_ms = PATIENCE_MS,
	    .most = RUNNING_MAX};
	*out = s;
	return KK_OK;
}

void
surveys_polled(struct surveys *s, struct target *t, const struct sample *sample)
{
	struct member *m = find(s, target_device(t));
	int may = !(sample->flags & SAMPLE_SILENT) && s->conf->snmp.ports > 0;

	if (m != NULL)
		s->stats.failed += (uint64_t)errand_polled(&s->errands, &m->errand, t, may);
}

void
surveys_gone(struct surveys *s, const struct target *t)
{
	struct member *m = find(s, target_device(t));

	if (m != NULL && m->errand.target == t)
		errand_drop(&s->errands, &m->errand);
}

void
surveys_enrich(const struct surveys *s, struct sample *sample)
{
	const struct member *m = find(s, sample->device);
	int64_t old_ms = (int64_t)s->conf->snmp.ports * 2500;

	if (m == NULL || (sample->flags & SAMPLE_SILENT) || sample->n_counters == 0 ||
	    clock_mono_ms(s->clock) - m->lights_ms > old_ms)
		return;
	for (unsigned i = 0; i < m->n_lights; i++)
		if (m->light[i].key == sample->counters[0].key)
			sample_set(sample, METRIC_OPTICAL_RX, m->light[i].rx_mdbm);
}

/* ---- keeping ---- */

int
surveys_keep(struct surveys *s, struct db *db, struct diag *d)
{
	for (unsigned i = 0; i < KEPT_AT_ONCE && s->first != NULL; i++) {
		struct harvest *h = s->first;
		int rc = harvest_keep(h, db, d);

		if (rc == KK_E_BUSY)
			return rc;
		s->first = h->next;
		if (s->first == NULL)
			s->last = NULL;
		s->stats.waiting--;
		harvest_free(h);
		if (rc != KK_OK)
			return rc;
	}
	return s->first != NULL ? KK_END : KK_OK;
}

void
surveys_clock_step(struct surveys *s, int64_t cs)
{
	for (size_t i = 0; i < s->n; i++)
		port_meters_step(&s->member[i]->meters, cs);
}

void
surveys_stats(const struct surveys *s, struct surveys_stats *out)
{
	*out = s->stats;
	out->running = s->errands.running;
}
