/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/ledger_days.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sample_wire.h"
#include "rrd/ledger.h"

#define SHARES_MAX  400			/* local days that one interval is shared among */
#define OCTETS_MOST (UINT64_C(1) << 62) /* no odometer of this world */

struct ledger_days {
	int64_t gap_cs;
	int fresh;
	struct zone_day today; /* of the newest sample: most samples are of one day */

	struct day_state *states;
	size_t n_states, states_room;
	uint32_t *by_key; /* open addressing: index + 1 */
	size_t by_key_mask;

	uint32_t round;
	struct day_sum *sums;
	size_t n_sums, sums_room;
	uint32_t *moved;
	size_t n_moved, moved_room;
	unsigned fallen;
	uint32_t first_fallen;
	struct day_share shares[SHARES_MAX];
};

struct ledger_days *
days_new(unsigned gap_s, int fresh)
{
	struct ledger_days *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->gap_cs = (int64_t)gap_s * 100;
	a->fresh = fresh;
	a->by_key_mask = 1023;
	a->by_key = calloc(a->by_key_mask + 1, sizeof(*a->by_key));
	if (a->by_key == NULL) {
		free(a);
		return NULL;
	}
	return a;
}

void
days_free(struct ledger_days *a)
{
	if (a == NULL)
		return;
	free(a->states);
	free(a->by_key);
	free(a->sums);
	free(a->moved);
	free(a);
}

/* ---- odometers by (device, source) ---- */

static size_t
slot_of(const struct ledger_days *a, uint32_t device, unsigned source)
{
	uint64_t key = (uint64_t)device << 8 | source;
	size_t at = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & a->by_key_mask;

	for (; a->by_key[at] != 0; at = (at + 1) & a->by_key_mask) {
		const struct day_state *st = &a->states[a->by_key[at] - 1];

		if (st->device == device && st->source == source)
			break;
	}
	return at;
}

static int
grow_index(struct ledger_days *a)
{
	size_t size = (a->by_key_mask + 1) * 2;
	uint32_t *bigger = calloc(size, sizeof(*bigger));

	if (bigger == NULL)
		return KK_E_NOMEM;
	free(a->by_key);
	a->by_key = bigger;
	a->by_key_mask = size - 1;
	for (size_t i = 0; i < a->n_states; i++)
		a->by_key[slot_of(a, a->states[i].device, a->states[i].source)] = (uint32_t)i + 1;
	return KK_OK;
}

/* Room for one more element; NULL when memory is out. */
static void *
grow(void *array, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 1024;
	void *bigger;

	if (n < *room)
		return array;
	bigger = realloc(array, more * size);
	if (bigger != NULL)
		*room = more;
	return bigger;
}

/* The odometer of a (device, source), a new one if need be; NULL when memory is out. */
static struct day_state *
state_of(struct ledger_days *a, uint32_t device, unsigned source)
{
	size_t at = slot_of(a, device, source);
	struct day_state *states;

	if (a->by_key[at] != 0)
		return &a->states[a->by_key[at] - 1];
	if (a->n_states * 2 > a->by_key_mask) {
		if (grow_index(a) != KK_OK)
			return NULL;
		at = slot_of(a, device, source);
	}
	states = grow(a->states, a->n_states, &a->states_room, sizeof(*states));
	if (states == NULL)
		return NULL;
	a->states = states;
	a->states[a->n_states] = (struct day_state){.device = device, .source = (uint8_t)source};
	a->by_key[at] = (uint32_t)++a->n_states;
	return &a->states[a->n_states - 1];
}

int
days_restore(struct ledger_days *a, uint32_t device, unsigned source, int64_t time_cs,
    uint64_t down, uint64_t up)
{
	struct day_state *st = state_of(a, device, source);

	if (st == NULL)
		return KK_E_NOMEM;
	st->known = 1;
	st->time_cs = time_cs;
	st->down = down;
	st->up = up;
	return KK_OK;
}

/* ---- sums ---- */

/* The round's sum of a day, a new one if need be; NULL when memory is out. */
static struct day_sum *
sum_of(struct ledger_days *a, struct day_state *st, kk_day day)
{
	struct day_sum *sums;

	for (uint32_t i = st->last_sum; i != 0; i = a->sums[i - 1].before)
		if (a->sums[i - 1].day == day)
			return &a->sums[i - 1];
	sums = grow(a->sums, a->n_sums, &a->sums_room, sizeof(*sums));
	if (sums == NULL)
		return NULL;
	a->sums = sums;
	a->sums[a->n_sums] = (struct day_sum){.day = day,
	    .device = st->device,
	    .source = st->source,
	    .clients_peak = -1,
	    .state = (uint32_t)(st - a->states) + 1,
	    .before = st->last_sum};
	st->last_sum = (uint32_t)++a->n_sums;
	return &a->sums[a->n_sums - 1];
}

/* What one sample adds: how much of what, and over which time. */
struct increment {
	uint64_t down, up;
	int64_t from_cs, to_cs;
	int lump;	    /* came after a gap: nobody saw when */
	int observed;	    /* the interval counts as seen */
	int64_t up_from_cs; /* the device ran from here on; later than to_cs: it did not */
};

/* Share by days; most intervals lie in one. */
static size_t
share(struct ledger_days *a, int64_t from_cs, int64_t to_cs, uint64_t down, uint64_t up)
{
	struct day_share *one = &a->shares[0];

	if (from_cs >= a->today.from_s * 100 && from_cs <= to_cs && to_cs < a->today.to_s * 100) {
		*one = (struct day_share){.day = a->today.day,
		    .seconds = (uint32_t)(to_cs / 100 - from_cs / 100),
		    .octets_down = down,
		    .octets_up = up};
		return 1;
	}
	return ledger_share(from_cs, to_cs, down, up, a->shares, SHARES_MAX);
}

static int
add_up_time(struct ledger_days *a, struct day_state *st, const struct increment *in)
{
	size_t n;

	if (in->up_from_cs >= in->to_cs)
		return KK_OK;
	n = share(a, in->up_from_cs, in->to_cs, 0, 0);
	for (size_t i = 0; i < n; i++) {
		struct day_sum *sum;

		if (a->shares[i].seconds == 0)
			continue;
		sum = sum_of(a, st, a->shares[i].day);
		if (sum == NULL)
			return KK_E_NOMEM;
		sum->up_s += a->shares[i].seconds;
	}
	return KK_OK;
}

static int
add(struct ledger_days *a, struct day_state *st, const struct sample *s, const struct increment *in)
{
	struct day_sum *sum = NULL;
	int32_t clients = -1;
	size_t n;

	if (in->to_cs >= a->today.to_s * 100 || in->to_cs < a->today.from_s * 100)
		zone_day_of(in->to_cs / 100, &a->today);
	n = share(a, in->from_cs, in->to_cs, in->down, in->up);
	for (size_t i = 0; i < n; i++) {
		const struct day_share *d = &a->shares[i];

		sum = sum_of(a, st, d->day);
		if (sum == NULL)
			return KK_E_NOMEM;
		sum->octets_down += d->octets_down;
		sum->octets_up += d->octets_up;
		if (in->lump)
			sum->octets_lump += d->octets_down + d->octets_up;
		if (in->observed)
			sum->observed_s += d->seconds;
	}
	if (sum == NULL) /* a share is never empty */
		return KK_OK;
	/* Marks and clients belong to the moment of the sample: the last day. */
	if (sample_has(s, METRIC_CLIENTS))
		clients = (int32_t)s->value[METRIC_CLIENTS];
	if (clients > sum->clients_peak)
		sum->clients_peak = clients;
	if (s->flags & (SAMPLE_RESTART | SAMPLE_REBASED | SAMPLE_REPLACED))
		sum->restarts++;
	if (s->flags & SAMPLE_UNSURE)
		sum->unsure++;
	return add_up_time(a, st, in);
}

/* ---- samples ---- */

static void
begin_state(struct ledger_days *a, struct day_state *st)
{
	if (st->round == a->round)
		return;
	st->round = a->round;
	st->newest = UINT32_MAX;
	st->last_sum = 0;
	st->new_known = st->known;
	st->new_time_cs = st->time_cs;
	st->new_down = st->down;
	st->new_up = st->up;
	st->new_written = st->written;
}

/* From when on the device certainly ran in this interval. */
static int64_t
up_from(const struct sample *s, const struct increment *in)
{
	if (sample_has(s, METRIC_UP) && s->value[METRIC_UP] == 0)
		return in->to_cs;
	if (s->boot_cs != 0)
		return s->boot_cs > in->from_cs ? s->boot_cs : in->from_cs;
	return in->observed ? in->from_cs : in->to_cs;
}

/*
 * What lies between the odometer as we have it and this sample. 0: nothing that counts, it is a
 * repetition or older than what is known.
 *
 * An odometer that grew counts even if the wall clock went back: then in the day of the sample, as
 * no interval is known. One that fell lost its state: taken over without counting.
 */
static int
increment_of(struct ledger_days *a, const struct day_state *st, const struct sample *s,
    uint64_t down, uint64_t up, struct increment *in)
{
	int later = s->time_cs > st->new_time_cs;
	int grew = down > st->new_down || up > st->new_up;
	int fell = down < st->new_down || up < st->new_up;

	*in = (struct increment){.from_cs = s->time_cs, .to_cs = s->time_cs};
	if (!st->new_known) {
		/* One that begins here counts what it has: its device was read once before. */
		if ((s->flags & SAMPLE_FIRST) || !a->fresh) {
			in->down = down;
			in->up = up;
			in->lump = !(s->flags & SAMPLE_FIRST);
		}
	} else if (!later && (fell || !grew)) {
		return 0;
	} else if (fell || (grew && (s->flags & SAMPLE_FIRST))) {
		a->fallen++;
		if (a->fallen == 1)
			a->first_fallen = s->device;
	} else {
		in->down = down - st->new_down;
		in->up = up - st->new_up;
		if (later)
			in->from_cs = st->new_time_cs;
		in->lump = !later || in->to_cs - in->from_cs > a->gap_cs;
		in->observed = later && !in->lump;
	}
	in->up_from_cs = up_from(s, in);
	return 1;
}

static int
take_one(struct ledger_days *a, const struct sample *s, uint32_t index)
{
	struct day_state *st;
	struct increment in;
	uint64_t down, up;
	uint32_t *moved;

	if ((s->flags & SAMPLE_SILENT) || s->device == 0 || s->source >= SOURCE_COUNT ||
	    s->time_cs <= 0 || s->time_cs >= SAMPLE_TIME_MAX)
		return KK_OK;
	st = state_of(a, s->device, s->source);
	if (st == NULL)
		return KK_E_NOMEM;
	begin_state(a, st);
	down = sample_has(s, METRIC_OCTETS_DOWN) ? (uint64_t)s->value[METRIC_OCTETS_DOWN]
						 : st->new_down;
	up = sample_has(s, METRIC_OCTETS_UP) ? (uint64_t)s->value[METRIC_OCTETS_UP] : st->new_up;
	if (down > OCTETS_MOST || up > OCTETS_MOST || !increment_of(a, st, s, down, up, &in))
		return KK_OK;
	if (add(a, st, s, &in) != KK_OK)
		return KK_E_NOMEM;
	if (st->newest == UINT32_MAX) {
		moved = grow(a->moved, a->n_moved, &a->moved_room, sizeof(*moved));
		if (moved == NULL)
			return KK_E_NOMEM;
		a->moved = moved;
		a->moved[a->n_moved++] = (uint32_t)(st - a->states);
	}
	st->newest = index;
	st->new_known = 1;
	st->new_time_cs = s->time_cs;
	st->new_down = down;
	st->new_up = up;
	return KK_OK;
}

static int
by_day(const void *x, const void *y)
{
	const struct day_sum *a = x, *b = y;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return (int)a->source - (int)b->source;
}

int
days_take(struct ledger_days *a, const struct sample *s, size_t n)
{
	a->round++;
	a->n_sums = a->n_moved = 0;
	a->fallen = 0;
	for (size_t i = 0; i < n; i++)
		if (take_one(a, &s[i], (uint32_t)i) != KK_OK)
			return KK_E_NOMEM;
	return KK_OK;
}

struct day_sum *
days_sums(struct ledger_days *a, size_t *n)
{
	/* Sums of one odometer are chained by index: that ends with this sort. */
	if (a->n_sums > 1)
		qsort(a->sums, a->n_sums, sizeof(*a->sums), by_day);
	*n = a->n_sums;
	return a->sums;
}

/* Device and source of a state before its index: what the sort compares. */
static int
by_key(const void *x, const void *y, void *states)
{
	const struct day_state *a = (const struct day_state *)states + *(const uint32_t *)x;
	const struct day_state *b = (const struct day_state *)states + *(const uint32_t *)y;

	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return (int)a->source - (int)b->source;
}

const uint32_t *
days_moved(struct ledger_days *a, size_t *n)
{
	if (a->n_moved > 1)
		qsort_r(a->moved, a->n_moved, sizeof(*a->moved), by_key, a->states);
	*n = a->n_moved;
	return a->moved;
}

struct day_state *
days_state(struct ledger_days *a, uint32_t i)
{
	return &a->states[i];
}

void
days_keep(struct ledger_days *a)
{
	for (size_t i = 0; i < a->n_moved; i++) {
		struct day_state *st = &a->states[a->moved[i]];

		st->known = st->new_known;
		st->time_cs = st->new_time_cs;
		st->down = st->new_down;
		st->up = st->new_up;
		st->written = st->new_written;
	}
}

unsigned
days_fallen(const struct ledger_days *a, uint32_t *device)
{
	*device = a->first_fallen;
	return a->fallen;
}
