/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/keep.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/conf.h"
#include "lib/sample_wire.h"
#include "lib/zone.h"
#include "rrd/store.h"
#include "tests/bench/bare_keep.h"
#include "tests/bench/measure.h"

#define SWEEPS_MAX 101
#define WARM	   2

struct run {
	struct conf conf;
	struct store *store;
	struct bare *bare;
	unsigned devices;
	uint64_t octets; /* of the journal, until now */
	struct bare_row *rows;
	uint8_t *blobs; /* devices × SAMPLE_WIRE_MAX */
	int64_t ours_wall[SWEEPS_MAX], ours_cpu[SWEEPS_MAX], bare_wall[SWEEPS_MAX],
	    bare_cpu[SWEEPS_MAX];
};

static int
ours(struct run *r, int64_t time_s, struct spent *took)
{
	struct counter counter[2];
	struct diag d = {""};
	struct spent from;

	spent_now(&from);
	for (uint32_t i = 1; i <= r->devices; i++) {
		struct sample s = bench_sample(i, time_s, 1, counter);

		if (store_put(r->store, &s) != KK_OK) {
			fprintf(stderr, "kk-bench: the store is full\n");
			return 0;
		}
	}
	if (store_commit(r->store, &d) < 0) {
		fprintf(stderr, "kk-bench: %s\n", d.text);
		return 0;
	}
	*took = spent_since(&from);
	return 1;
}

/* The same rows, made before the clock runs. */
static void
make_rows(struct run *r, int64_t time_s)
{
	struct counter counter[2];

	for (uint32_t i = 0; i < r->devices; i++) {
		struct sample s = bench_sample(i + 1, time_s, 1, counter);
		uint8_t *blob = r->blobs + (size_t)i * SAMPLE_WIRE_MAX;

		r->rows[i] = (struct bare_row){.day = 20210701,
		    .device = i + 1,
		    .time_cs = s.time_cs,
		    .octets_down = s.value[METRIC_OCTETS_DOWN],
		    .octets_up = s.value[METRIC_OCTETS_UP],
		    .more_down = 6000,
		    .more_up = 1000,
		    .blob = blob,
		    .len = sample_encode(&s, blob, SAMPLE_WIRE_MAX)};
	}
}

static int
bare(struct run *r, int64_t time_s, size_t octets, struct spent *took)
{
	struct spent from;
	int ok;

	make_rows(r, time_s);
	spent_now(&from);
	ok = bare_write(r->bare, octets) && bare_upsert(r->bare, r->rows, r->devices);
	*took = spent_since(&from);
	return ok;
}

static int
sweep(struct run *r, unsigned n, size_t *octets)
{
	int64_t time_s = BENCH_START + 3600 + n * 60;
	struct store_stats stats;
	struct spent o, b;

	if (!ours(r, time_s, &o))
		return 0;
	store_stats(r->store, &stats);
	*octets = (size_t)(stats.journal_octets - r->octets);
	r->octets = stats.journal_octets;
	if (!bare(r, time_s, *octets, &b))
		return 0;
	if (n < WARM)
		return 1;
	r->ours_wall[n - WARM] = o.wall_us;
	r->ours_cpu[n - WARM] = o.cpu_us;
	r->bare_wall[n - WARM] = b.wall_us;
	r->bare_cpu[n - WARM] = b.cpu_us;
	return 1;
}

static int
prepare(struct run *r, const char *dir, unsigned devices)
{
	struct diag d = {""};

	conf_defaults(&r->conf);
	snprintf(r->conf.state_dir, sizeof(r->conf.state_dir), "%s/state", dir);
	snprintf(r->conf.run_dir, sizeof(r->conf.run_dir), "%s/run", dir);
	r->conf.store.archives = 0;
	r->devices = devices;
	r->rows = calloc(devices, sizeof(*r->rows));
	r->blobs = calloc(devices, SAMPLE_WIRE_MAX);
	r->bare = bare_open(dir);
	if (zone_use(r->conf.timezone, &d) != KK_OK || r->rows == NULL || r->blobs == NULL ||
	    r->bare == NULL)
		return 0;
	if (store_open(&r->conf, 0, &r->store, &d) == KK_OK)
		return 1;
	fprintf(stderr, "kk-bench: %s\n", d.text);
	return 0;
}

int
bench_keep(const char *dir, unsigned devices, unsigned sweeps)
{
	struct run *r = calloc(1, sizeof(*r));
	size_t octets = 0;
	int ok;

	if (r == NULL || sweeps == 0 || sweeps > SWEEPS_MAX)
		return 2;
	ok = prepare(r, dir, devices);
	for (unsigned n = 0; ok && n < sweeps + WARM; n++)
		ok = sweep(r, n, &octets);
	if (ok)
		printf("{\"devices\":%u,\"journal_octets\":%zu,\"keep_wall_us\":%lld,"
		       "\"keep_cpu_us\":%lld,\"bare_wall_us\":%lld,\"bare_cpu_us\":%lld}\n",
		    devices, octets, (long long)median(r->ours_wall, sweeps),
		    (long long)median(r->ours_cpu, sweeps), (long long)median(r->bare_wall, sweeps),
		    (long long)median(r->bare_cpu, sweeps));
	store_close(r->store);
	bare_close(r->bare);
	free(r->rows);
	free(r->blobs);
	free(r);
	return ok ? 0 : 1;
}
