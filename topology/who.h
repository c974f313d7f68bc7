/* SPDX-License-Identifier: GPL-3.0-or-later */
/* who.h - which device of the inventory a neighbour is: by its hardware address, its address, its
 * name. What two devices share tells nothing. */
#ifndef KK_TOPOLOGY_WHO_H
#define KK_TOPOLOGY_WHO_H

#include "topology/topology.h"

struct who;

/**
 * @param v    What is known; borrowed.
 * @param out  Receives the index; who_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int who_new(const struct topology_view *v, struct who **out);

/** @param w Index, NULL is allowed. */
void who_free(struct who *w);

/** Index of a device by its number. @param v View. @param num Inventory number. @return UINT32_MAX:
 * none. */
uint32_t who_numbered(const struct topology_view *v, uint32_t num);

/** Index of a device by its id. @param w Index. @param id The city's id. @return UINT32_MAX: none.
 */
uint32_t who_called(const struct who *w, const char *id);

/** Who a neighbour is. @param w Index. @param n What is told of him. @return Index of a device,
 * UINT32_MAX: nobody that the inventory knows, or several. */
uint32_t who_is(const struct who *w, const struct neighbour *n);

#endif
