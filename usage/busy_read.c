/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/busy_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rrd/archive/fetch.h"

#define HOUR_S 3600

static const char *const names[BUSY_SERIES] = {"octets_down", "octets_up", "clients"};

int
busy_span_make(int64_t from_s, int64_t to_s, struct busy_span *out)
{
	*out = (struct busy_span){
	    .from_s = (from_s + HOUR_S - 1) / HOUR_S * HOUR_S, .to_s = to_s / HOUR_S * HOUR_S};
	if (out->to_s <= out->from_s)
		return KK_E_RANGE;
	out->hours = (size_t)(out->to_s - out->from_s) / HOUR_S;
	out->slots = malloc(out->hours);
	if (out->slots == NULL)
		return KK_E_NOMEM;
	busy_slots(out->from_s, HOUR_S, out->hours, out->slots);
	return KK_OK;
}

void
busy_span_free(struct busy_span *s)
{
	free(s->slots);
	s->slots = NULL;
}

int
busy_hours_make(const struct busy_span *s, struct busy_hours *out)
{
	double *all = malloc(s->hours * BUSY_SERIES * sizeof(*all));

	*out = (struct busy_hours){{NULL}};
	if (all == NULL)
		return KK_E_NOMEM;
	for (int k = 0; k < BUSY_SERIES; k++)
		out->at[k] = all + (size_t)k * s->hours;
	busy_hours_clear(s, out);
	return KK_OK;
}

void
busy_hours_free(struct busy_hours *h)
{
	free(h->at[0]);
	h->at[0] = NULL;
}

void
busy_hours_clear(const struct busy_span *s, struct busy_hours *h)
{
	for (size_t i = 0; i < s->hours * BUSY_SERIES; i++)
		h->at[0][i] = NAN;
}

static void
add_known(double *sum, double v)
{
	if (!isnan(v))
		*sum = isnan(*sum) ? v : *sum + v;
}

/* A row of the archive, at its place in the span; rows longer than an hour (of an archive that does
 * not reach back in hours) are left out. */
static void
add_series(const struct series *in, const struct busy_span *s, struct busy_hours *h)
{
	for (size_t ds = 0; ds < in->n_ds; ds++)
		for (int k = 0; k < BUSY_SERIES; k++) {
			if (strcmp(in->names[ds], names[k]) != 0)
				continue;
			for (size_t row = 0; row < in->n_rows; row++) {
				int64_t at = in->from_s + (int64_t)row * HOUR_S - s->from_s;

				if (at >= 0 && at < (int64_t)s->hours * HOUR_S)
					add_known(&h->at[k][at / HOUR_S],
					    in->values[row * in->n_ds + ds]);
			}
		}
}

int
busy_hours_add(const struct conf *c, const char *key, const struct busy_span *s,
    struct busy_hours *h, struct diag *d)
{
	struct series *in = NULL;
	int rc = fetch_written(c, key, 0, s->from_s, s->to_s, (unsigned)s->hours, &in, d);

	if (rc == KK_OK && in->step_s == HOUR_S)
		add_series(in, s, h);
	series_free(in);
	return rc;
}

struct busy_hour
busy_hours_find(const struct busy_span *s, const struct busy_hours *h, enum busy_series which,
    int64_t from_s, int64_t to_s)
{
	size_t from, to;

	from_s = from_s > s->from_s ? from_s : s->from_s;
	to_s = to_s < s->to_s ? to_s : s->to_s;
	if (to_s <= from_s)
		return (struct busy_hour){0};
	from = (size_t)(from_s - s->from_s + HOUR_S - 1) / HOUR_S;
	to = (size_t)(to_s - s->from_s) / HOUR_S;
	return busy_find(h->at[which] + from, 1, s->slots + from, to > from ? to - from : 0, 1);
}

void
busy_hours_both(const struct busy_span *s, struct busy_hours *h)
{
	for (size_t i = 0; i < s->hours; i++)
		h->at[BUSY_DOWN][i] += h->at[BUSY_UP][i];
}

void
busy_hours_merge(const struct busy_span *s, struct busy_hours *to, const struct busy_hours *from)
{
	for (size_t i = 0; i < s->hours * BUSY_SERIES; i++)
		add_known(&to->at[0][i], from->at[0][i]);
}
