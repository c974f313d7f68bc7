/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/fleet_in.h"
#include "lib/log.h"

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

static void
on_next(void *ctx, const struct sweep_item *item)
{
	(void)ctx;
	target_foresee(((const struct member *)item)->target);
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
	sweep_foresee(f->sweep, on_next);
	begin_sweep(f);
	*out = f;
	return KK_OK;
}

void
fleet_free(struct fleet *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++)
		fleet_member_free(f, f->member[i]);
	fleet_layouts_kept(f, f->n_layouts);
	free(f->layout);
	free(f->member);
	sweep_free(f->sweep);
	free(f);
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
