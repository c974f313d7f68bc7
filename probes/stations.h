/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stations.h - clients that ask to be let in, and where those were that were let in or left lately:
 * what is needed to know their generation and that they roamed.
 *
 * Bounded: whoever was not heard of for longest makes room. Pure, on the captures' time; about 100
 * octets per client, and nobody is known for longer than ten seconds.
 */
#ifndef KK_PROBES_STATIONS_H
#define KK_PROBES_STATIONS_H

#include <stddef.h>
#include <stdint.h>

/* A client that was let in. */
struct arrival {
	uint8_t generation; /* enum detail_generation: what its request says */
	uint64_t from;	    /* the access point it names as its own, or was at lately; 0: unknown */
};

struct stations;

/** @param capacity Clients at once, 1 to 2^24. @return NULL: out of memory; stations_free() frees
 * it. */
struct stations *stations_new(size_t capacity);

/** @param s Stations, NULL is allowed. */
void stations_free(struct stations *s);

/**
 * A client asks to be let in.
 *
 * @param s           Stations.
 * @param client      Pseudonym.
 * @param ap          Whom it asks; a key of the caller's.
 * @param current     Where it is, as it says; 0: it does not.
 * @param generation  enum detail_generation.
 * @param now_us      Time.
 */
void stations_ask(struct stations *s, uint64_t client, uint64_t ap, uint64_t current,
    uint8_t generation, int64_t now_us);

/** It is let in. @param s Stations. @param client Pseudonym. @param ap By whom. @param now_us Time.
 * @return What is known of it. */
struct arrival stations_admit(struct stations *s, uint64_t client, uint64_t ap, int64_t now_us);

/** It leaves, or is sent away. @param s Stations. @param client Pseudonym. @param ap Where it was.
 * @param now_us Time. */
void stations_leave(struct stations *s, uint64_t client, uint64_t ap, int64_t now_us);

#endif
