/* SPDX-License-Identifier: GPL-3.0-or-later */
/* names.h - which device of the inventory an access point is that a controller lists: by hardware
 * address, else by name or id. */
#ifndef KK_COLLECTOR_APS_NAMES_H
#define KK_COLLECTOR_APS_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "rrd/db/inventory.h"

/* What is known of one access point of the inventory. */
struct named {
	uint32_t num;	     /* of the device */
	uint32_t controller; /* of the device that the inventory names as its controller; 0: none */
};

struct names;

/**
 * @param inv  Snapshot; not needed afterwards. Access points alone count.
 * @param out  Receives the names; names_free() frees them.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int names_new(const struct inventory *inv, struct names **out);

/** @param n Names, NULL is allowed. */
void names_free(struct names *n);

/** All of them, ordered by number. @param n Names. @param count Receives the count. @return
 * Borrowed. */
const struct named *names_all(const struct names *n, size_t *count);

/** By number. @param n Names. @param num Device. @return NULL: none. */
const struct named *names_by_num(const struct names *n, uint32_t num);

/**
 * By hardware address. Of several with one address the one whose controller asks comes first.
 * @param n           Names.
 * @param mac         Address.
 * @param controller  Who lists it.
 * @return            NULL: nobody has it.
 */
const struct named *names_by_mac(const struct names *n, const uint8_t mac[6], uint32_t controller);

/** By the city's id, else by the name that one device alone has. @param n Names. @param text Id or
 * name. @return NULL: nobody has it, or several. */
const struct named *names_by_text(const struct names *n, const char *text);

#endif
