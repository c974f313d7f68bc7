/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t
us(clockid_t c)
{
	struct timespec t;

	clock_gettime(c, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static uint64_t
written(void)
{
	FILE *f = fopen("/proc/self/io", "re");
	unsigned long long v, n = 0;
	char line[64];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "write_bytes: %llu", &v) == 1)
			n = v;
	if (f != NULL)
		fclose(f);
	return n;
}

void
spent_now(struct spent *s)
{
	s->written = written();
	s->wall_us = us(CLOCK_MONOTONIC);
	s->cpu_us = us(CLOCK_PROCESS_CPUTIME_ID);
}

struct spent
spent_since(const struct spent *from)
{
	struct spent s = {.wall_us = us(CLOCK_MONOTONIC) - from->wall_us,
	    .cpu_us = us(CLOCK_PROCESS_CPUTIME_ID) - from->cpu_us};

	s.written = written() - from->written;
	return s;
}

static int
ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

int64_t
median(int64_t *v, size_t n)
{
	qsort(v, n, sizeof(*v), ascending);
	return v[n / 2];
}

struct sample
bench_sample(uint32_t device, int64_t time_s, int all, struct counter counter[2])
{
	struct sample s = {
	    .device = device, .time_cs = time_s * 100 + device % 5000, .n_counters = 2};
	int64_t octets = (time_s - BENCH_START + 600000) * 100 * (device % 1000 + 1);
	int64_t minute = (time_s - BENCH_START) / 60;

	s.boot_cs = (BENCH_START - 864000) * 100 + device;
	s.counters = counter;
	for (unsigned i = 0; i < 2; i++)
		counter[i] = (struct counter){.key = device * 2654435761U + i,
		    .width = 64,
		    .down = (uint64_t)octets / (i + 1),
		    .up = (uint64_t)octets / 7,
		    .boot_cs = s.boot_cs,
		    .when_cs = s.time_cs};
	sample_set(&s, METRIC_OCTETS_DOWN, octets);
	sample_set(&s, METRIC_OCTETS_UP, octets / 7);
	sample_set(&s, METRIC_CLIENTS, (device + minute) % 60);
	sample_set(&s, METRIC_RTT, 900 + (device * 31 + minute * 17) % 700);
	if (!all)
		return s;
	sample_set(&s, METRIC_UP, 1);
	sample_set(&s, METRIC_UPTIME, time_s - s.boot_cs / 100);
	sample_set(&s, METRIC_PACKETS_DOWN, octets / 900);
	sample_set(&s, METRIC_PACKETS_UP, octets / 2000);
	sample_set(&s, METRIC_ERRORS, minute / 7);
	sample_set(&s, METRIC_DISCARDS, minute / 9);
	sample_set(&s, METRIC_CLIENTS_2G, (device + minute) % 20);
	sample_set(&s, METRIC_CLIENTS_5G, (device + minute) % 60 - (device + minute) % 20);
	sample_set(&s, METRIC_CHANNEL_BUSY_2G, (device + minute) % 90);
	sample_set(&s, METRIC_CHANNEL_BUSY_5G, (device * 3 + minute) % 70);
	return s;
}
