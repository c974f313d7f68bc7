/* SPDX-License-Identifier: GPL-3.0-or-later */
/* counting.h - a counter over a map, packets for it, and what it told, line by line. */
#ifndef KK_TESTS_COUNTING_H
#define KK_TESTS_COUNTING_H

#include "probes/count.h"
#include "tests/harness.h"

#define S  INT64_C(1000000)
#define T0 (INT64_C(1627740000) * S) /* a full minute */

/* What the counter told, line by line. */
struct told {
	uint64_t lost; /* for who asks */
	struct {
		struct interval iv;
		char name[COUNT_NAME_MAX];
		int mapped, heard, air, opaque;
		struct tally t;
		int64_t clients, busiest;
		size_t bssids;
		uint64_t bssid[4];
		uint64_t associations[4];
	} line[64];
	int n, ends;
};

/** @param told Receives what is told; borrowed. @return As count_new() wants it. */
struct count_sink counting_sink(struct told *told);

/** Read a map. @param text Its file. @param path Receives where that was. @param m Receives it;
 * map_free() it. @param d Says why not. @return Of map_read(). */
int counting_read_map(const char *text, char path[80], struct map **m, struct diag *d);

/** @param text A map that must be in order. @return map_free() it. */
struct map *counting_map(const char *text);

/** A counter of minutes. @param m Map; NULL: none. @param told Receives what is told. @param
 * clients_max Bound; 0: as by default. @param unmapped_max The same. @return count_free() it. */
struct count *counting_new(
    const struct map *m, struct told *told, size_t clients_max, size_t unmapped_max);

/** @param bssid BSSID. @param kind Of frame. @param direction Where to. @param client Pseudonym; 0:
 * none. @param octets Of the client's packet; 0: it has none. @return A packet of the air. */
struct seen counting_air(uint64_t bssid, enum seen_kind kind, enum seen_direction direction,
    uint64_t client, uint32_t octets);

/** @param outer VLAN; 0: none. @param inner The same. @param from Whose first letter is the
 * sender's address. @param to The receiver's. @param octets Of the packet. @return One of the wire.
 */
struct seen counting_wire(
    unsigned outer, unsigned inner, const char *from, const char *to, uint32_t octets);

/** @return A packet of 192.0.2.10 that is encrypted. */
struct seen counting_tunnelled(void);

/** @param told What was told. @param name Access point. @return Its newest line. */
int counting_find(const struct told *told, const char *name);

/** Run a suite, with pseudonyms; the body of its main(). @param s Suite. @return Exit code, of
 * decoding_run(). */
int counting_run(Suite *s);

#endif
