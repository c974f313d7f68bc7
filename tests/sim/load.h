/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load.h - how much a simulated access point has carried: an exact function of (its weight, time),
 * no state.
 *
 * Skewed like the city's: log-normal weights in which the top 1 % of APs carry about 14 % and the
 * top 10 % about 47 %; daily and weekly rhythm in Asia/Seoul; a ripple of minutes. Integers
 * throughout, so that any value can be recomputed.
 */
#ifndef KK_SIM_LOAD_H
#define KK_SIM_LOAD_H

#include <stdint.h>

/* A fleet's load: how its total is shared. Read-only once made. */
struct load {
	uint64_t seed;
	uint32_t devices;
	uint64_t month_octets; /* of the whole fleet in 30 days, down + up */
	uint64_t weight_sum;
	uint32_t *weights;	   /* per device; load_free() frees them */
	uint64_t parts_until[169]; /* rhythm summed up to each hour of the week, × 1/100 s */
};

/** @param l Receives the load. @param seed Any number. @param devices How many, 1 and up. @param
 * month_octets See struct load. @return 1, or 0: out of memory. */
int load_init(struct load *l, uint64_t seed, uint32_t devices, uint64_t month_octets);

/** @param l Load. */
void load_free(struct load *l);

/** A device's share of the total, as a weight; load.weight_sum is the sum. @param l Load. @param
 * device Index from 0. @return Weight, 1 and up. */
uint64_t load_weight(const struct load *l, uint32_t device);

/**
 * Octets that a virtual AP of a device has carried towards clients since the epoch; never falls.
 *
 * @param l        Load.
 * @param device   Index.
 * @param radio    0: 2.4 GHz (30 % of the device's), 1: 5 GHz (70 %).
 * @param time_cs  1/100 s since the epoch.
 * @return         Octets.
 */
uint64_t load_down(const struct load *l, uint32_t device, unsigned radio, int64_t time_cs);

/** The same from clients: 15 % of down, with a phase of its own. @param l Load. @param device
 * Index. @param radio 0 or 1. @param time_cs Time. @return Octets. */
uint64_t load_up(const struct load *l, uint32_t device, unsigned radio, int64_t time_cs);

/** Stations associated now. @param l Load. @param device Index. @param radio 0 or 1. @param time_cs
 * Time. @return 0 .. 200. */
uint32_t load_clients(const struct load *l, uint32_t device, unsigned radio, int64_t time_cs);

/** A number that looks random and is always the same for the same input (splitmix64). @param x
 * Input. @return Number. */
uint64_t load_mix(uint64_t x);

#endif
