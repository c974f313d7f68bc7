/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cli_fixture CONF sweeps|back|told|plates: fills a state directory as kkachid would, for tests of
 * the commands.
 *
 * sweeps: an hour of samples up to now, one a minute; the last five are missed by the devices whose
 * profile in the inventory is "quiet"; those of profile "never" never answer. back: one more sweep,
 * which all answer. told: LLDP neighbours of the two switches, with an access point on the wrong
 * one. plates: what three devices were and are; hardware swapped, and a serial number that is there
 * twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/conf.h"
#include "lib/zone.h"
#include "rrd/db/identity.h"
#include "rrd/db/inventory.h"
#include "rrd/db/neighbour.h"
#include "rrd/store.h"

#define SWEEPS 60
#define QUIET  5

static int
is_silent(const struct device *d, int sweep)
{
	return strcmp(d->profile, "never") == 0 ||
	       (strcmp(d->profile, "quiet") == 0 && sweep >= SWEEPS - QUIET && sweep < SWEEPS);
}

static struct sample
sample_of(const struct device *d, int sweep, int64_t time_cs)
{
	struct sample s = {.device = d->num, .source = SOURCE_SNMP, .time_cs = time_cs};
	int64_t n = d->num, answered = sweep;

	if (is_silent(d, sweep)) {
		s.flags = SAMPLE_SILENT;
		if (strcmp(d->profile, "never") == 0)
			return s;
		answered = SWEEPS - QUIET - 1;
	}
	sample_set(&s, METRIC_OCTETS_DOWN, (answered + 1) * n * 7500000);
	sample_set(&s, METRIC_OCTETS_UP, (answered + 1) * n * 750000);
	if (s.flags & SAMPLE_SILENT)
		return s;
	s.boot_cs = time_cs - 8640000 - sweep * 6000;
	if (sweep == 0)
		s.flags = SAMPLE_FIRST;
	if (d->kind == KIND_AP)
		sample_set(&s, METRIC_CLIENTS, n * 3);
	sample_set(&s, METRIC_RTT, 1500 * n);
	sample_set(&s, METRIC_UPTIME, 86400 + sweep * 60);
	return s;
}

static int
sweep(struct store *store, const struct inventory *inv, int number, int64_t time_cs)
{
	struct diag d = {""};
	size_t n;
	const struct device *dev = inventory_all(inv, &n);

	for (size_t i = 0; i < n; i++) {
		struct sample s = sample_of(&dev[i], number, time_cs);

		if (dev[i].host[0] != '\0' && store_put(store, &s) != KK_OK)
			return 0;
	}
	if (store_commit(store, &d) >= 0)
		return 1;
	fprintf(stderr, "%s\n", d.text);
	return 0;
}

static int
tell(const struct conf *c, const struct inventory *inv)
{
	static const struct {
		const char *by, *port, *who, *far_port;
	} rows[] = {{"SW-1", "ge1", "WF181037", "eth0"}, {"SW-2", "ge7", "WF181038", "eth0"},
	    {"SW-1", "ge3", "---EP000001", "eth0"}, {"SW-2", "ge1", "서울5차-0152-1", "eth0"},
	    {"SW-1", "xe1", "SW-2", "xe1"}, {"SW-2", "xe1", "SW-1", "xe1"},
	    {"SW-2", "ge9", "=HYPERLINK()\x1b[2J", "1"}};
	int64_t now_s = clock_utc_cs(NULL) / 100;
	struct diag d = {""};
	struct db *db;
	int good = db_open(c->state_dir, DB_WRITE, &db, &d) == KK_OK;

	for (int k = 1; k <= 2 && good; k++) {
		struct neighbour told[8];
		char by[8];
		size_t n = 0;
		struct reporter self = {.chassis = "", .name = "", .lldp_s = now_s};

		snprintf(by, sizeof(by), "SW-%d", k);
		self.device = inventory_by_id(inv, by)->num;
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if (strcmp(rows[i].by, by) == 0)
				told[n++] = (struct neighbour){.port = rows[i].port,
				    .chassis_type = CHASSIS_LOCAL,
				    .chassis = rows[i].who,
				    .far_type = PORT_NAME,
				    .far_port = rows[i].far_port,
				    .far_descr = "",
				    .name = "",
				    .address = ""};
		good = neighbours_keep(db, &self, told, n, now_s, &d) == KK_OK;
	}
	if (!good)
		fprintf(stderr, "cli_fixture: %s\n", d.text);
	db_close(db);
	return good;
}

static int
plates(const struct conf *c, const struct inventory *inv)
{
	static const struct {
		const char *id;
		int64_t day;
		struct nameplate plate;
	} rows[] = {
	    {"WF181037", 0, {{"R500", "SN0001", "02:00:00:00:00:01", "9.13.3"}}},
	    {"WF181038", 1, {{"R500", "SN0002", "02:00:00:00:00:02", "9.13.3"}}},
	    {"---EP000001", 1, {{"=1+1", "SN0002", "02:00:00:00:00:03", ""}}},
	    {"WF181038", 200, {{"R500", "SN0002", "02:00:00:00:00:02", "9.13.4"}}},
	    {"WF181037", 300, {{"R510", "SN0101", "02:00:00:00:01:01", "200.7"}}},
	};
	struct identity_sight sight[sizeof(rows) / sizeof(rows[0])];
	struct diag d = {""};
	struct db *db = NULL;
	size_t n = sizeof(rows) / sizeof(rows[0]);
	int good = db_open(c->state_dir, DB_WRITE, &db, &d) == KK_OK;

	for (size_t i = 0; i < n; i++)
		sight[i] = (struct identity_sight){inventory_by_id(inv, rows[i].id)->num,
		    1700000000 + rows[i].day * 86400, rows[i].plate};
	if (good)
		good = identity_note(db, sight, n, NULL, NULL, &d) == KK_OK;
	if (!good)
		fprintf(stderr, "cli_fixture: %s\n", d.text);
	db_close(db);
	return good;
}

int
main(int argc, char **argv)
{
	struct conf c;
	struct diag d = {""};
	struct db *db = NULL;
	struct inventory *inv = NULL;
	struct store *store = NULL;
	int64_t now = clock_utc_cs(NULL);
	int good, from = 0, to = SWEEPS;

	if (argc != 3)
		return 2;
	good = conf_read(argv[1], &c, &d) == KK_OK && zone_use(c.timezone, &d) == KK_OK &&
	       db_open(c.state_dir, DB_READ, &db, &d) == KK_OK &&
	       inventory_read(db, &inv, &d) == KK_OK && store_open(&c, 0, &store, &d) == KK_OK;
	if (good && strcmp(argv[2], "told") == 0) {
		good = tell(&c, inv);
		to = 0;
	}
	if (good && strcmp(argv[2], "plates") == 0) {
		good = plates(&c, inv);
		to = 0;
	}
	if (strcmp(argv[2], "back") == 0) {
		from = SWEEPS;
		to = SWEEPS + 1;
	}
	if (good)
		store_inventory(store, inv);
	for (int i = from; i < to && good; i++)
		good = sweep(store, inv, i, now - (int64_t)(to - 1 - i) * 6000);
	if (good)
		good = store_archives(store, &d) == KK_OK;
	if (!good)
		fprintf(stderr, "cli_fixture: %s\n", d.text);
	store_close(store);
	inventory_free(inv);
	db_close(db);
	return !good;
}
