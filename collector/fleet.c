/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/snmp/usm.h"
#include "lib/log.h"
#include "lib/text.h"

#define COMPLAINTS_MAX 20 /* devices named in the log per update; the others are only counted */

/* One polled device. */
struct member {
	struct sweep_item item; /* first: the sweep hands it back */
	struct fleet *fleet;
	struct target *target;
	uint32_t num;
	uint64_t print; /* of all that makes its target what it is */
	int64_t begun_ms;
	int32_t took_ms, mean_8ms; /* newest poll; the mean of the last ones, 1/8 ms */
	uint32_t sweep;		   /* the one in which its newest poll was started */
	int fresh;
};

struct fleet {
	struct fleet_env env;
	struct sweep *sweep;
	struct member **member; /* by number */
	size_t n, fresh;
	struct layout_row *layout; /* learned, not yet kept; profile and data are ours */
	size_t n_layouts, layout_room;
	struct fleet_stats stats;
	struct sweep_health now, last; /* sweeps */
};

struct sweep *
fleet_sweep(struct fleet *f)
{
	return f->sweep;
}

const struct fleet_stats *
fleet_stats(const struct fleet *f)
{
	return &f->stats;
}

size_t
fleet_fresh(const struct fleet *f)
{
	return f->fresh;
}

static struct member *
find(const struct fleet *f, uint32_t num)
{
	size_t low = 0, high = f->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (f->member[mid]->num < num)
			low = mid + 1;
		else
			high = mid;
	}
	return low < f->n && f->member[low]->num == num ? f->member[low] : NULL;
}

/* ---- polling ---- */

/* Layouts are learned once in a device's life here: copying them costs nothing that counts. */
static void
note_layout(struct fleet *f, struct member *m)
{
	const char *profile;
	size_t len;
	const void *data = target_layout(m->target, &profile, &len);
	struct layout_row row = {.device = m->num, .len = len};
	void *copy;

	if (data == NULL)
		return;
	if (f->n_layouts == f->layout_room) {
		size_t room = f->layout_room > 0 ? f->layout_room * 2 : 256;
		struct layout_row *more = realloc(f->layout, room * sizeof(*more));

		if (more == NULL)
			return; /* it is learned again after a restart */
		f->layout = more;
		f->layout_room = room;
	}
	copy = malloc(len > 0 ? len : 1);
	row.profile = strdup(profile);
	if (copy == NULL || row.profile == NULL) {
		free(copy);
		free((char *)row.profile);
		return; /* cppcheck-suppress memleak */
	}
	memcpy(copy, data, len);
	row.data = copy;
	f->layout[f->n_layouts++] = row;
}

#define MEAN_OF 8

/* A poll is over: how long it took. */
static void
note_end(struct fleet *f, struct member *m)
{
	int64_t now = clock_mono_ms(f->env.target->clock), took = now - m->begun_ms;
	uint32_t sweep = (uint32_t)f->stats.sweeps;

	m->took_ms = took < INT32_MAX / MEAN_OF ? (int32_t)took : INT32_MAX / MEAN_OF;
	if (m->mean_8ms == 0)
		m->mean_8ms = m->took_ms * MEAN_OF;
	else
		m->mean_8ms += m->took_ms - m->mean_8ms / MEAN_OF;
	hist_add(&f->now.took, took);
	if (m->sweep == sweep)
		f->now.duration_ms = now - f->now.begun_ms;
	else if (m->sweep + 1 == sweep)
		f->last.duration_ms = now - f->last.begun_ms;
}

static void
on_polled(void *ctx, struct target *t, const struct sample *s)
{
	struct member *m = ctx;
	struct fleet *f = m->fleet;

	sweep_ended(f->sweep, &m->item);
	note_end(f, m);
	if (s->flags & SAMPLE_SILENT) {
		f->stats.silent++;
		f->now.silent++;
	} else {
		f->stats.answered++;
		f->now.answered++;
	}
	f->env.sample(f->env.ctx, s);
	note_layout(f, m);
	if (f->env.polled != NULL)
		f->env.polled(f->env.ctx, t, s);
}

static int
on_due(void *ctx, struct sweep_item *item)
{
	struct member *m = (struct member *)item;
	struct fleet *f = ctx;
	int rc;

	m->begun_ms = clock_mono_ms(f->env.target->clock);
	m->sweep = (uint32_t)f->stats.sweeps;
	if ((rc = target_poll(m->target, on_polled, m)) != KK_OK)
		return rc;
	f->now.started++;
	if (item->slot_ms != 0)
		hist_add(&f->now.lag, m->begun_ms - item->slot_ms);
	return KK_OK;
}

/* Its next moment has come, and it is not ready for it. */
static void
on_late(void *ctx, struct sweep_item *item)
{
	struct member *m = (struct member *)item;
	struct fleet *f = ctx;
	enum target_expired what;

	if (!item->flying) {
		f->now.waited++;
		health_left(&f->now, m->num);
		return;
	}
	if ((what = target_expire(m->target)) == TARGET_GOES_ON)
		return;
	f->now.ended++;
	f->stats.ended++;
	health_left(&f->now, m->num);
	if (what == TARGET_NOT_ASKED) {
		f->now.not_asked++;
		f->stats.not_asked++;
		sweep_ended(f->sweep, item);
		note_end(f, m);
	}
}

static void
begin_sweep(struct fleet *f)
{
	f->now = (struct sweep_health){
	    .begun_ms = clock_mono_ms(f->env.target->clock),
	    .begun_s = clock_utc_cs(f->env.target->clock) / 100,
	};
}

/* Who was left, in one line. */
static void
tell_left(const struct fleet *f)
{
	const struct sweep_health *h = &f->last;
	uint32_t named = h->n_left < HEALTH_LEFT_MAX ? h->n_left : HEALTH_LEFT_MAX;
	char text[512] = "";
	size_t at = 0;

	for (uint32_t i = 0; i < named && at < sizeof(text); i++) {
		const struct member *m = find(f, h->left[i]);
		int n = snprintf(text + at, sizeof(text) - at, "%s%s", i > 0 ? ", " : "",
		    m != NULL ? target_id(m->target) : "(gone)");

		at += n > 0 ? (size_t)n : 0;
	}
	log_line(LOG_LV_WARNING,
	    "the sweep left %u of %zu devices at its end (%llu polls ended, %llu of them not "
	    "asked; "
	    "%llu not begun): %s%s",
	    h->n_left, f->stats.devices, (unsigned long long)h->ended,
	    (unsigned long long)h->not_asked, (unsigned long long)h->waited, text,
	    h->n_left > named ? ", ..." : "");
}

static void
on_turned(void *ctx)
{
	struct fleet *f = ctx;

	f->last = f->now;
	f->stats.sweeps++;
	begin_sweep(f);
	if (f->last.n_left > 0)
		tell_left(f);
}

/* ---- the fleet ---- */

int
fleet_new(const struct fleet_env *env, struct fleet **out)
{
	struct fleet *f = calloc(1, sizeof(*f));
	int rc;

	if (f == NULL)
		return KK_E_NOMEM;
	f->env = *env;
	rc = sweep_new(env->target->clock, env->target->conf->snmp.interval, on_due, f, &f->sweep);
	if (rc != KK_OK) {
		free(f);
		return rc;
	}
	sweep_listen(f->sweep, on_late, on_turned);
	begin_sweep(f);
	*out = f;
	return KK_OK;
}

static void
drop_target(struct fleet *f, struct member *m)
{
	if (f->env.gone != NULL && m->target != NULL)
		f->env.gone(f->env.ctx, m->target);
	target_free(m->target);
	m->target = NULL;
}

static void
member_free(struct fleet *f, struct member *m)
{
	if (m == NULL)
		return;
	sweep_remove(f->sweep, &m->item);
	f->fresh -= (size_t)m->fresh;
	drop_target(f, m);
	free(m);
}

void
fleet_free(struct fleet *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++)
		member_free(f, f->member[i]);
	fleet_layouts_kept(f, f->n_layouts);
	free(f->layout);
	free(f->member);
	sweep_free(f->sweep);
	free(f);
}

/* ---- following the inventory ---- */

static uint64_t
mix(uint64_t h, const char *text)
{
	return (h ^ text_hash(text, strlen(text))) * UINT64_C(0x9e3779b97f4a7c15);
}

/* Two devices with the same print are asked the same at the same address. */
static uint64_t
print_of(const struct device *d, const struct conf *c, const struct usm_users *users)
{
	const char *user = d->user[0] ? d->user : c->snmp.user;
	uint64_t h = d->capacity_mbps;

	h = mix(h, d->id);
	h = mix(h, d->host);
	h = (h ^ (d->port > 0 ? d->port : c->snmp.port)) * UINT64_C(0x9e3779b97f4a7c15);
	h = mix(h, d->version[0] ? d->version : c->snmp.version);
	h = mix(h, d->community[0] ? d->community : c->snmp.community);
	h = mix(h, user);
	if (usm_users_find(users, user) != NULL) /* with other secrets it is somebody else */
		h ^= usm_user_print(usm_users_find(users, user));
	h = mix(h, d->profile);
	h = mix(h, d->mac);
	h = mix(h, d->controller);
	return (h ^ (uint64_t)d->kind) * UINT64_C(0x9e3779b97f4a7c15);
}

static struct target *
make_target(struct fleet *f, const struct device *dev)
{
	struct target *t = NULL;
	struct diag d = {""};
	int rc = target_new(f->env.target, dev, &t, &d);

	if (rc == KK_OK)
		return t;
	if (f->stats.unusable++ < COMPLAINTS_MAX)
		log_line(LOG_LV_WARNING, "not polled: %s", d.text[0] ? d.text : kk_strerror(rc));
	return NULL;
}

static struct member *
join(struct fleet *f, const struct device *dev, uint64_t print)
{
	struct member *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	if ((m->target = make_target(f, dev)) == NULL) {
		free(m);
		return NULL;
	}
	m->fleet = f;
	m->num = dev->num;
	m->print = print;
	m->fresh = 1;
	f->fresh++;
	sweep_add(f->sweep, &m->item, dev->id);
	return m;
}

/* The same device, asked otherwise from now on. Returns NULL, and nothing is left, if it cannot. */
static struct member *
change(struct fleet *f, struct member *m, const struct device *dev, uint64_t print)
{
	struct target *t = make_target(f, dev);

	if (t == NULL) {
		member_free(f, m);
		return NULL;
	}
	target_inherit(t, m->target);
	drop_target(f, m); /* a poll in flight ends with it */
	if (m->item.flying)
		sweep_ended(f->sweep, &m->item);
	m->target = t;
	m->print = print;
	return m;
}

int
fleet_update(struct fleet *f, const struct inventory *inv)
{
	size_t n_dev, n = 0, old = 0;
	const struct device *dev = inventory_all(inv, &n_dev);
	struct member **all = calloc(n_dev > 0 ? n_dev : 1, sizeof(*all));

	if (all == NULL)
		return KK_E_NOMEM;
	f->stats.unusable = 0;
	for (size_t i = 0; i < n_dev; i++) { /* both are ordered by number */
		uint64_t print = print_of(&dev[i], f->env.target->conf, f->env.target->users);
		struct member *m = NULL;

		while (old < f->n && f->member[old]->num < dev[i].num)
			member_free(f, f->member[old++]);
		if (old < f->n && f->member[old]->num == dev[i].num)
			m = f->member[old++];
		if (dev[i].host[0] == '\0') {
			member_free(f, m);
			continue;
		}
		if (m == NULL)
			m = join(f, &dev[i], print);
		else if (m->print != print)
			m = change(f, m, &dev[i], print);
		if (m != NULL)
			all[n++] = m;
	}
	while (old < f->n)
		member_free(f, f->member[old++]);
	free(f->member);
	f->member = all;
	f->n = f->stats.devices = n;
	if (f->stats.unusable > COMPLAINTS_MAX)
		log_line(LOG_LV_WARNING, "%zu devices of the inventory are not polled",
		    f->stats.unusable);
	return KK_OK;
}

void
fleet_all(struct fleet *f)
{
	for (size_t i = 0; i < f->n; i++)
		f->member[i]->item.early = target_silent(f->member[i]->target) > 0;
	sweep_all(f->sweep);
}

int
fleet_nudge(struct fleet *f, uint32_t device)
{
	struct member *m = find(f, device);
	int rc = m != NULL ? sweep_now(f->sweep, &m->item) : KK_E_NOTFOUND;

	if (rc != KK_E_NOTFOUND)
		target_wake(m->target);
	return rc;
}

/* ---- how they are ---- */

static void
describe(const struct member *m, struct fleet_device *out)
{
	*out = (struct fleet_device){
	    .device = m->num,
	    .id = target_id(m->target),
	    .took_ms = m->took_ms,
	    .mean_ms = m->mean_8ms / MEAN_OF,
	    .silent = target_silent(m->target),
	    .slow_lane = target_slow_lane(m->target),
	};
	out->trouble = target_trouble(m->target, out->text, sizeof(out->text));
}

int
fleet_device(const struct fleet *f, uint32_t device, struct fleet_device *out)
{
	const struct member *m = find(f, device);

	if (m == NULL)
		return KK_E_NOTFOUND;
	describe(m, out);
	return KK_OK;
}

size_t
fleet_slowest(const struct fleet *f, struct fleet_device *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++) {
		const struct member *m = f->member[i];
		int64_t mean = m->mean_8ms / MEAN_OF;
		size_t at = n;

		if (m->mean_8ms == 0 || (n == max && out[n - 1].mean_ms >= mean))
			continue;
		while (at > 0 && out[at - 1].mean_ms < mean)
			at--;
		if (n < max)
			n++;
		memmove(&out[at + 1], &out[at], (n - 1 - at) * sizeof(*out));
		describe(m, &out[at]);
	}
	return n;
}

size_t
fleet_slow_lane(const struct fleet *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n; i++)
		n += (size_t)target_slow_lane(f->member[i]->target);
	return n;
}

const struct sweep_health *
fleet_last_sweep(const struct fleet *f)
{
	return &f->last;
}

/* ---- what is remembered ---- */

void
fleet_restore(struct fleet *f, const struct sample *s)
{
	struct member *m = s->source == SOURCE_SNMP ? find(f, s->device) : NULL;

	if (m != NULL && m->fresh)
		target_restore(m->target, s);
}

void
fleet_restored(struct fleet *f)
{
	for (size_t i = 0; i < f->n; i++)
		f->member[i]->fresh = 0;
	f->fresh = 0;
}

void
fleet_set_layout(struct fleet *f, const struct layout_row *row)
{
	struct member *m = find(f, row->device);

	/* One that does not fit any more is learned anew. */
	if (m != NULL && m->fresh)
		(void)target_set_layout(m->target, row->profile, row->data, row->len);
}

const struct layout_row *
fleet_layouts(const struct fleet *f, size_t *n)
{
	*n = f->n_layouts;
	return f->layout;
}

void
fleet_layouts_kept(struct fleet *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free((char *)f->layout[i].profile);
		free((void *)f->layout[i].data);
	}
	f->n_layouts -= n;
	if (n > 0)
		memmove(f->layout, f->layout + n, f->n_layouts * sizeof(*f->layout));
}

void
fleet_clock_step(struct fleet *f, int64_t cs)
{
	for (size_t i = 0; i < f->n; i++)
		target_clock_step(f->member[i]->target, cs);
}
