/* SPDX-License-Identifier: GPL-3.0-or-later */
/* odometer.h - octets that certainly passed, from counters that wrap, stop and start again. Pure.
 */
#ifndef KK_COLLECTOR_ODOMETER_H
#define KK_COLLECTOR_ODOMETER_H

#include <stdint.h>

#include "lib/err.h"

/* What a counter said last. A plain value: copy it freely. */
struct odometer {
	uint64_t total;	 /* octets since the first reading; never falls */
	uint64_t last;	 /* raw counter at `when_cs` */
	int64_t boot_cs; /* when the counter started from 0, 1/100 s since the epoch */
	int64_t when_cs; /* sample time, likewise */
};

/**
 * Move an odometer on to a newer reading of its counter. The same boot: adds the difference
 * modulo the counter's width. A newer boot (or discontinuity): adds `raw`, the octets since
 * then; what passed before is unknown.
 * @param o Odometer; untouched on error.
 * @param raw Counter (ifHCOutOctets, ...), octets.
 * @param width 32 or 64: the counter's width in bits.
 * @param boot_cs When the counter started from 0, as boot_time() gives it.
 * @param when_cs Sample time.
 * @param max_octets More cannot have passed: link speed × elapsed time, with a margin.
 * @retval KK_OK
 * @retval KK_RESTART Moved on over a reboot: mark the interval.
 * @retval KK_E_ORDER The reading is not newer than the last one.
 * @retval KK_E_RANGE More octets than `max_octets`: not this counter's.
 */
int odometer_advance(struct odometer *o, uint64_t raw, unsigned width, int64_t boot_cs,
    int64_t when_cs, uint64_t max_octets);

/**
 * When a device booted, from sysUpTime, stable against jitter and against sysUpTime's own wrap
 * after 497 days.
 *
 * @param known_cs   The boot time as known until now; 0: unknown.
 * @param uptime_cs  sysUpTime, 1/100 s, 32 bits (RFC 3418).
 * @param when_cs    When it was read.
 * @param slack_cs   Tolerance: round trip, tries, drift since the last reading.
 * @return           `known_cs` if it is the same boot, else the new boot time.
 */
int64_t boot_time(int64_t known_cs, uint32_t uptime_cs, int64_t when_cs, int64_t slack_cs);

/**
 * Follow a device's boot time: tells a reboot from a clock that drifts and from an agent that
 * renews sysUpTime seldom. A reboot lies after the last contact; a boot time that moved, but lies
 * before it, is only known better now.
 *
 * @param boot_cs    Boot time; 0: unknown. Moved on.
 * @param uptime_cs  sysUpTime or hrSystemUptime, 1/100 s, 32 bits.
 * @param when_cs    When it was read.
 * @param slack_cs   As in boot_time().
 * @param seen_cs    When the device was last heard; 0: never.
 * @retval KK_OK       The same boot.
 * @retval KK_RESTART  Booted since `seen_cs`.
 */
int boot_advance(
    int64_t *boot_cs, uint32_t uptime_cs, int64_t when_cs, int64_t slack_cs, int64_t seen_cs);

/**
 * How many octets a link can carry at the most: its speed × time, with a margin for agents that
 * renew their counters seldom.
 *
 * @param mbps     Speed, Mbit/s.
 * @param span_cs  Time, 1/100 s; below 0 counts as 0.
 * @return         Octets, UINT64_MAX when it is more than 64 bits.
 */
uint64_t link_octets(uint32_t mbps, int64_t span_cs);

#endif
