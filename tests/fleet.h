/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet.h - a few devices, a roster of them and samples that can be recomputed: for the tests of
 * what is kept. */
#ifndef KK_TESTS_FLEET_H
#define KK_TESTS_FLEET_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/conf.h"
#include "lib/sample.h"
#include "rrd/db/inventory.h"

#define FLEET_T0 INT64_C(1625065200) /* 2021-07-01 00:00:00 in Seoul */

/* Ids as the city has them; two districts, one site of two access points and one of one. */
static inline struct device
fleet_device(uint32_t num)
{
	static const char *const ids[] = {"WF181037", "---EP000001", "서울5차-0152-1", "GR190001"};
	static char more[1200][16];
	struct device d = {.num = num, .kind = KIND_AP, .site_type = "", .phase = "1"};

	d.id = num <= 4 ? ids[num - 1] : more[num % 1200];
	if (num > 4)
		snprintf(more[num % 1200], sizeof(more[0]), "AP%06u", num);
	d.name = d.id;
	d.district = num % 2 ? "성동구" : "구로구";
	d.site = num == 1 || num == 3 ? "성동구청" : num == 2 ? "구로시장" : "";
	return d;
}

/* The odometers of a device after `minutes` of traffic: `num` kB/s down, a tenth of it up. */
static inline struct sample
fleet_sample(uint32_t num, int64_t time_s)
{
	int64_t octets = (time_s - FLEET_T0 + 1000000) * 1000 * num;
	struct sample s = {.device = num, .source = SOURCE_SNMP, .time_cs = time_s * 100};

	sample_set(&s, METRIC_OCTETS_DOWN, octets);
	sample_set(&s, METRIC_OCTETS_UP, octets / 10);
	sample_set(&s, METRIC_CLIENTS, num % 50);
	sample_set(&s, METRIC_RTT, 1500);
	return s;
}

static inline struct sample
fleet_silent(uint32_t num, int64_t time_s)
{
	struct sample s = {.device = num, .time_cs = time_s * 100, .flags = SAMPLE_SILENT};

	return s;
}

static inline struct conf
fleet_conf(const char *dir, unsigned interval)
{
	struct conf c;

	memset(&c, 0, sizeof(c));
	snprintf(c.state_dir, sizeof(c.state_dir), "%s", dir);
	snprintf(c.run_dir, sizeof(c.run_dir), "%s", dir);
	snprintf(c.timezone, sizeof(c.timezone), "Asia/Seoul");
	c.snmp.interval = interval;
	c.store.archives = 1;
	c.store.journal_days = 7;
	return c;
}

#endif
