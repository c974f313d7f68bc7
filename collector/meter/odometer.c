/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/meter/odometer.h"

/* A boot time that moves by less without a reboot keeps its count of sysUpTime's wraps. */
#define DRIFT_MAX_CS (24 * 3600 * 100)

/* 1.2 × the link's speed, and agents renew their counters up to so much later. */
#define OCTETS_PER_MBIT_CS 1500
#define LATE_CS		   500

int
odometer_advance(struct odometer *o, uint64_t raw, unsigned width, int64_t boot_cs, int64_t when_cs,
    uint64_t max_octets)
{
	int restarted = boot_cs > o->boot_cs;
	uint64_t add, total;

	if (when_cs <= o->when_cs)
		return KK_E_ORDER;
	add = restarted ? raw : raw - o->last;
	if (width == 32) {
		if (raw > UINT32_MAX)
			return KK_E_RANGE;
		add &= UINT32_MAX;
	}
	if (add > max_octets || __builtin_add_overflow(o->total, add, &total))
		return KK_E_RANGE;
	*o = (struct odometer){
	    .total = total,
	    .last = raw,
	    .boot_cs = restarted ? boot_cs : o->boot_cs,
	    .when_cs = when_cs,
	};
	return restarted ? KK_RESTART : KK_OK;
}

/* By how much the device's idea of its uptime is behind ours, over sysUpTime's wraps. */
static int32_t
uptime_lag(int64_t known_cs, uint32_t uptime_cs, int64_t when_cs)
{
	return (int32_t)((uint32_t)(when_cs - known_cs) - uptime_cs);
}

int64_t
boot_time(int64_t known_cs, uint32_t uptime_cs, int64_t when_cs, int64_t slack_cs)
{
	int64_t lag;

	if (known_cs == 0)
		return when_cs - uptime_cs;
	lag = uptime_lag(known_cs, uptime_cs, when_cs);
	return lag >= -slack_cs && lag <= slack_cs ? known_cs : when_cs - uptime_cs;
}

int
boot_advance(
    int64_t *boot_cs, uint32_t uptime_cs, int64_t when_cs, int64_t slack_cs, int64_t seen_cs)
{
	int64_t known = *boot_cs;
	int64_t boot = boot_time(known, uptime_cs, when_cs, slack_cs);
	int64_t lag;

	if (known != 0 && boot == known)
		return KK_OK;
	*boot_cs = boot;
	if (seen_cs != 0 && boot > seen_cs - slack_cs)
		return KK_RESTART;
	if (known == 0)
		return KK_OK;
	lag = uptime_lag(known, uptime_cs, when_cs);
	if (lag > -DRIFT_MAX_CS && lag < DRIFT_MAX_CS)
		*boot_cs = known + lag;
	return KK_OK;
}

uint64_t
link_octets(uint32_t mbps, int64_t span_cs)
{
	uint64_t octets;

	if (span_cs < 0)
		span_cs = 0;
	if (__builtin_mul_overflow(
		(uint64_t)mbps * OCTETS_PER_MBIT_CS, (uint64_t)span_cs + LATE_CS, &octets))
		return UINT64_MAX;
	return octets;
}
