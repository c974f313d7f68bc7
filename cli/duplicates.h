/* SPDX-License-Identifier: GPL-3.0-or-later */
/* duplicates.h - what two devices cannot share and do: address, hardware address, serial number,
 * SNMPv3 engine id. */
#ifndef KK_CLI_DUPLICATES_H
#define KK_CLI_DUPLICATES_H

#include "cli/city.h"

#define DUPLICATES_KEY 88 /* octets of what is shared, with NUL */

/* What is shared: id, name in JSON. */
#define SHARED_KINDS(X)       \
	X(ADDRESS, "address") \
	X(MAC, "mac")         \
	X(SERIAL, "serial")   \
	X(ENGINE, "engine_id")
#define SHARED_AS_KIND(id, name) SHARED_##id,
enum shared_kind { SHARED_KINDS(SHARED_AS_KIND) SHARED_COUNT };

struct duplicates;

/**
 * Compare all devices in service: as the inventory has them, as they say themselves, and as SNMPv3
 * has found them (devices whose host is a name have no engine id here).
 *
 * @param c     Run.
 * @param city  Opened; must live as long as the result.
 * @param out   Receives it; duplicates_free() frees it.
 * @return      1, or 0: told of.
 */
int duplicates_find(const struct cli *c, const struct city *city, struct duplicates **out);

/** @param d Duplicates, NULL is allowed. */
void duplicates_free(struct duplicates *d);

/** What one device shares, as JSON. @param d Duplicates. @param num Number; 0: all devices. @return
 * New reference: a list of what, value and devices; NULL: out of memory. */
json_t *duplicates_json(const struct duplicates *d, uint32_t num);

/**
 * What one device shares, one after the other, for a person.
 * @param c     Run.
 * @param d     Duplicates.
 * @param num   Number.
 * @param nth   From 0.
 * @param out   Receives "same serial number SN1: WF2, WF3"; cut if long.
 * @param room  Octets in `out`.
 * @return      1, or 0: there is no nth.
 */
int duplicates_text(const struct cli *c, const struct duplicates *d, uint32_t num, unsigned nth,
    char *out, size_t room);

/** Print what two devices share, for `kkachi devices --duplicates`. @param c Run; configured.
 * @return Exit code. */
int duplicates_list(const struct cli *c);

#endif
