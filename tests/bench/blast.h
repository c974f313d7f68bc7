/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blast.h - the yardstick: a loop that sends a sweep's packets, in batches, with the collector's
 * timeouts and retries, and decodes nothing of what comes back but the request-id. */
#ifndef KK_BENCH_BLAST_H
#define KK_BENCH_BLAST_H

#include <stdint.h>

#include "tests/bench/packets.h"

struct blast_options {
	unsigned port;
	unsigned timeout_ms, retries; /* as snmp.timeout and snmp.retries */
	unsigned window;	      /* devices in flight at the most; 0: all */
};

struct blast_result {
	uint32_t devices, answered; /* answered: every request of the device was */
	uint64_t sent, retries;
	int64_t wall_us, cpu_us; /* from before the first datagram to after the last event */
};

/**
 * One sweep.
 *
 * @param s  Packets.
 * @param o  Options.
 * @param r  Receives what it took.
 * @return   1; 0: told on stderr.
 */
int blast(const struct packets *s, const struct blast_options *o, struct blast_result *r);

#endif
