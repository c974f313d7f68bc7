/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/sample_wire.h"
#include "rrd/journal.h"

#define ENOUGH 20480 /* samples: one call of the sink, and one transaction of the ledger */

struct feed {
	const struct sink *sink;
	char dir[512];
	struct seglog_reader *reader; /* NULL: to be opened at `at` */
	struct cursor at;	      /* everything before it was taken */
	struct sample *sample;
	size_t n, room;
	struct counter *counter; /* of all samples, one after another */
	size_t n_counters, counter_room;
};

int
feed_open(const char *state_dir, const struct sink *sink, struct feed **out, struct diag *d)
{
	struct feed *f = calloc(1, sizeof(*f));
	int rc;

	*out = NULL;
	if (f == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", sink->name, kk_strerror(KK_E_NOMEM));
	f->sink = sink;
	snprintf(f->dir, sizeof(f->dir), "%s/journal", state_dir);
	rc = sink->where(sink->ctx, &f->at);
	if (rc != KK_OK) {
		free(f);
		return diag_set(
		    d, rc, "%s: its place in the journal: %s", sink->name, kk_strerror(rc));
	}
	*out = f;
	return KK_OK;
}

void
feed_free(struct feed *f)
{
	if (f == NULL)
		return;
	seglog_reader_free(f->reader);
	free(f->sample);
	free(f->counter);
	free(f);
}

struct cursor
feed_where(const struct feed *f)
{
	return f->at;
}

static int
make_room(struct feed *f)
{
	struct sample *s;
	struct counter *c;
	size_t room;

	if (f->n == f->room) {
		room = f->room == 0 ? 256 : f->room * 2;
		s = realloc(f->sample, room * sizeof(*s));
		if (s == NULL)
			return KK_E_NOMEM;
		f->sample = s;
		f->room = room;
	}
	if (f->n_counters + SAMPLE_COUNTERS_MAX > f->counter_room) {
		room = f->counter_room == 0 ? 1024 : f->counter_room * 2;
		c = realloc(f->counter, room * sizeof(*c));
		if (c == NULL)
			return KK_E_NOMEM;
		f->counter = c;
		f->counter_room = room;
	}
	return KK_OK;
}

/* The samples of one record; what cannot be read is left out with the rest of its record. */
static int
decode(struct feed *f, const uint8_t *p, size_t len, struct cursor at)
{
	int n, rc;

	while (len > 0) {
		rc = make_room(f);
		if (rc != KK_OK)
			return rc;
		n = sample_decode(p, len, &f->sample[f->n], f->counter + f->n_counters);
		if (n <= 0) {
			log_line(LOG_LV_ERROR,
			    "%s: the record before %llu/%llu: %zu octets are no samples (%s): left "
			    "out for %s",
			    f->dir, (unsigned long long)at.segment, (unsigned long long)at.offset,
			    len, kk_strerror(n), f->sink->name);
			return KK_OK;
		}
		f->n_counters += f->sample[f->n++].n_counters;
		p += n;
		len -= (size_t)n;
	}
	return KK_OK;
}

/* Read records into memory. KK_OK or KK_END, with *next behind what was read. */
static int
gather(struct feed *f, const struct cursor *limit, unsigned records, struct cursor *next,
    struct diag *d)
{
	const void *p;
	size_t len;
	int rc = KK_OK;

	if (f->reader == NULL)
		rc = seglog_read_from(f->dir, f->at, &f->reader, d);
	f->n = f->n_counters = 0;
	*next = f->at;
	for (unsigned i = 0; rc == KK_OK && f->n < ENOUGH && (records == 0 || i < records); i++) {
		rc = seglog_next(f->reader, limit, &p, &len, next, d);
		if (rc == KK_E_CORRUPT) {
			log_line(LOG_LV_ERROR, "%s (left out for %s)", d->text, f->sink->name);
			rc = KK_OK;
			continue;
		}
		if (rc == KK_OK)
			rc = decode(f, p, len, *next);
	}
	return rc;
}

int
feed_step(struct feed *f, const struct cursor *limit, unsigned records, struct diag *d)
{
	const struct counter *c;
	struct cursor next;
	struct diag own = {""};
	int rc = gather(f, limit, records, &next, d == NULL ? &own : d);

	if (rc != KK_OK && rc != KK_END)
		goto again;
	if (cursor_cmp(next, f->at) <= 0)
		return KK_END;
	c = f->counter; /* it has grown, and moved, while they were decoded */
	for (size_t i = 0; i < f->n; i++) {
		f->sample[i].counters = c;
		c += f->sample[i].n_counters;
	}
	if (f->n > 0) {
		rc = f->sink->take(f->sink->ctx, f->sample, f->n, next);
		if (rc != KK_OK) {
			diag_set(d, rc, "%s: %s", f->sink->name, kk_strerror(rc));
			goto again;
		}
	}
	f->at = next;
	return KK_OK;
again: /* the same samples in the next call */
	seglog_reader_free(f->reader);
	f->reader = NULL;
	return rc;
}
