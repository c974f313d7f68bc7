/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal_lines STATE_DIR: what a collector's journal holds from probes, as text: device, end of
 * the interval (in Seoul's time; of a part of a second, the next one), and by how much the
 * odometers moved since the sample before: octets down and up, packets down and up. A sample that
 * comes twice is one line; exit 1 if the two differ, or an odometer falls.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/zone.h"
#include "rrd/journal.h"

#define DEVICES 100000

static const enum metric counts[] = {
    METRIC_OCTETS_DOWN, METRIC_OCTETS_UP, METRIC_PACKETS_DOWN, METRIC_PACKETS_UP};
#define COUNTS (sizeof(counts) / sizeof(counts[0]))

/* A device as its newest sample left it. */
struct last {
	int64_t time_cs;
	int64_t value[COUNTS];
};

static int
print(struct last *last, const struct sample *s)
{
	char time[ZONE_TEXT];
	struct last now = {.time_cs = s->time_cs};
	int ok = 1;

	for (size_t i = 0; i < COUNTS; i++) {
		now.value[i] = s->value[counts[i]];
		ok &= now.value[i] >= last->value[i];
	}
	if (s->time_cs == last->time_cs)
		return memcmp(&now, last, sizeof(now)) == 0;
	printf("%" PRIu32 " %s", s->device, zone_format((s->time_cs + 99) / 100, time));
	for (size_t i = 0; i < COUNTS; i++)
		printf(" %" PRId64, now.value[i] - last->value[i]);
	putchar('\n');
	ok &= s->time_cs > last->time_cs;
	*last = now;
	return ok;
}

static int
take(void *ctx, const struct sample *s, size_t n, struct cursor end)
{
	struct last *last = ctx;

	(void)end;
	for (size_t i = 0; i < n; i++) {
		if (s[i].source != SOURCE_PROBE)
			continue;
		if (s[i].device >= DEVICES || !print(&last[s[i].device], &s[i])) {
			fprintf(stderr,
			    "journal_lines: device %" PRIu32 ": a sample twice, and not the same\n",
			    s[i].device);
			return KK_E_CORRUPT;
		}
	}
	return KK_OK;
}

static int
where(void *ctx, struct cursor *c)
{
	(void)ctx;
	*c = (struct cursor){0, 0};
	return KK_OK;
}

int
main(int argc, char **argv)
{
	struct last *last = calloc(DEVICES, sizeof(*last));
	const struct sink sink = {"lines", last, take, where};
	struct diag d = {""};
	struct feed *f = NULL;
	int rc = KK_E_NOMEM;

	if (argc != 2 || last == NULL || zone_use("Asia/Seoul", &d) != KK_OK)
		return 2;
	if ((rc = feed_open(argv[1], &sink, &f, &d)) == KK_OK)
		while ((rc = feed_step(f, NULL, 0, &d)) == KK_OK)
			;
	feed_free(f);
	free(last);
	if (rc == KK_END)
		return 0;
	fprintf(stderr, "journal_lines: %s\n", d.text);
	return 1;
}
