/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sources.h - who may send notifications: the inventory by address and by MAC. */
#ifndef KK_COLLECTOR_TRAP_SOURCES_H
#define KK_COLLECTOR_TRAP_SOURCES_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/trap/bucket.h"
#include "lib/err.h"
#include "rrd/db/inventory.h"

/* A device, and what it has sent. */
struct source {
	struct in6_addr addr; /* IPv4 as ::ffff:a.b.c.d */
	uint32_t device;
	const char *community; /* the inventory's; "": the configured one */
	struct bucket bucket;
	int64_t asked_ms; /* monotonic: when it was nudged; INT64_MIN: never */
	int32_t inform;	  /* request-id of its newest inform */
	in_port_t inform_port;
};

struct sources;

/**
 * Take an inventory; devices that are still there keep what is known of them.
 *
 * @param inv   Inventory; must live until the next call, or sources_free().
 * @param s     Sources; *s NULL: there were none. Stays as it was on an error.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int sources_follow(const struct inventory *inv, struct sources **s);

/** @param s Sources, NULL is allowed. */
void sources_free(struct sources *s);

/** The devices at an address. @param s Sources, NULL: none. @param a Address. @param n Receives how
 * many. @return The first; the others stand behind it. NULL: none. */
struct source *sources_at(struct sources *s, const struct in6_addr *a, size_t *n);

/** The device with a MAC address that can be polled. @param s Sources. @param mac 6 octets. @return
 * NULL: none, or several. */
struct source *sources_with_mac(struct sources *s, const uint8_t mac[6]);

#endif
