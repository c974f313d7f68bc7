/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * meter.h - a device's two odometers, moved on by a set of counters that come, go, wrap and start
 * again. Pure but for the memory of the set.
 */
#ifndef KK_COLLECTOR_METER_H
#define KK_COLLECTOR_METER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/sample.h"

/* A speed that the device does not tell: no access point's radio is faster. Mbit/s. */
#define METER_MBPS_UNKNOWN 10000

/* One counter pair as just read. */
struct reading {
	uint32_t key;	   /* identity, as struct counter's */
	uint8_t width;	   /* 32 or 64 bits */
	uint8_t present;   /* 0: the reply lacks it; only `key` counts */
	uint32_t mbps;	   /* the link's speed as the device tells it; 0: unknown */
	uint32_t mbps_max; /* it may be faster than that (radios tell odd speeds); 0: no */
	uint64_t down, up; /* raw, octets */
	int64_t boot_cs;   /* when it started from 0, as known; 0: unknown */
};

/* What holds for a whole reply. */
struct meter_moment {
	int64_t when_cs;
	int64_t slack_cs;      /* by how much a boot time may be wrong */
	int64_t agent_boot_cs; /* when the agent started, if that is not when the box did: a counter
				  that fell may have started from 0 then; 0: nothing known */
	int replaced;	       /* other hardware answers now */
};

/* A reading that could not be true, kept until the next one confirms it or not. */
struct doubt {
	int64_t when_cs; /* 0: none */
	uint64_t down, up;
};

/* The set. `counter[0 .. n)` may be read; meter_advance() alone changes it. */
struct meter {
	uint64_t down, up; /* the odometers, octets */
	int64_t seen_cs;   /* newest reply that carried a counter; 0: none yet */
	uint16_t n, room;
	struct counter *counter;
	struct doubt *doubt; /* in step with `counter` */
};

/** An empty meter: nothing seen. @param m Receives it; meter_free() frees what it holds. */
void meter_init(struct meter *m);

/** @param m Meter; empty afterwards. */
void meter_free(struct meter *m);

/**
 * Take up where a committed sample left off.
 * @param m Empty meter.
 * @param s Sample with odometers and counters.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int meter_restore(struct meter *m, const struct sample *s);

/**
 * Move on to a newer reply.
 *
 * A counter that the reply lacks stays in the set with its last raw values and goes on rightly when
 * it comes back. One that is new on a device that was seen before starts with nothing added, except
 * when it started from 0 after the last reply. One that moved further than its link could carry is
 * left as it was; if the next reading goes on from there, it is taken over, counting only what
 * passed between these two.
 *
 * @param m   Meter.
 * @param r   Readings; equal keys are one counter, of which the first counts.
 * @param n   Count.
 * @param at  What holds for all of them.
 * @return    enum sample_flag of the interval that this closes (FIRST, RESTART, UNSURE, REBASED,
 * REPLACED, PARTIAL), or KK_E_ORDER: not newer than the last reply, nothing changed; or KK_E_NOMEM.
 */
int meter_advance(
    struct meter *m, const struct reading *r, size_t n, const struct meter_moment *at);

/**
 * The wall clock was set: shift what is remembered.
 *
 * @param m   Meter.
 * @param cs  1/100 s.
 */
void meter_clock_step(struct meter *m, int64_t cs);

#endif
