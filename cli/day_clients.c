/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/day_clients.h"

#include <stdio.h>

#include "lib/clock.h"
#include "lib/words.h"
#include "lib/zone.h"
#include "rrd/distinct.h"

/* Yesterday's, which is over, before today's. KK_END: neither is there. */
static int
newest(struct db *db, uint32_t device, struct distinct_row *row, struct diag *d)
{
	struct zone_day today = {0};
	int rc;

	zone_day_of(clock_utc_cs(NULL) / 100, &today);
	rc = distinct_of(db, zone_day_add(today.day, -1), device, row, d);
	return rc == KK_END ? distinct_of(db, today.day, device, row, d) : rc;
}

static const char *
day_text(kk_day day, char out[16])
{
	snprintf(out, 16, "%04d-%02d-%02d", (int)(day / 10000), (int)(day / 100 % 100),
	    (int)(day % 100));
	return out;
}

int
day_clients_json(const struct cli *c, struct db *db, uint32_t device, json_t **out)
{
	struct distinct_row row = {0};
	struct diag d = {""};
	char day[16];
	int rc = newest(db, device, &row, &d);

	*out = NULL;
	if (rc == KK_END)
		return 1;
	if (rc != KK_OK) {
		cli_say(c, "%s", d.text);
		return 0;
	}
	*out = json_pack("{s:s, s:I, s:i, s:b, s:i}", "day", day_text(row.day, day), "clients",
	    (json_int_t)row.clients, "error_permille", (int)row.error_permille, "whole",
	    (int)row.whole, "probes", (int)row.probes);
	return *out != NULL;
}

const char *
day_clients_text(const struct cli *c, struct db *db, uint32_t device, char *out, size_t room)
{
	char day[16], clients[24], percent[16];
	const char *words[] = {clients, percent, day};
	struct distinct_row row = {0};

	out[0] = '\0';
	if (newest(db, device, &row, NULL) != KK_OK)
		return out;
	snprintf(clients, sizeof(clients), "%lld", (long long)row.clients);
	snprintf(percent, sizeof(percent), "%.1f", row.error_permille / 10.0);
	day_text(row.day, day);
	return words_fill(out, room,
	    i18n(c->lang, row.whole ? TEXT_DAY_CLIENTS_WHOLE : TEXT_DAY_CLIENTS_LEAST), words, 3);
}
