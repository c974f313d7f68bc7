/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter.h - what the kernel need not hand on: packets of which nothing is counted. */
#ifndef KK_PROBES_FILTER_H
#define KK_PROBES_FILTER_H

#include <stddef.h>

/**
 * A capture filter, in the words of pcap-filter(7): all but what nothing comes of. It names no
 * VLAN, since `vlan` moves all offsets behind it; so another expression may stand behind it.
 *
 * @param linktype     DLT_...
 * @param octets_only  1: of management frames and the like nothing is counted either.
 * @param more         Another expression that must hold as well; NULL: none.
 * @param out          Receives it; "" is everything.
 * @param room         Of `out`.
 * @return             1; 0: no room.
 */
int filter_expression(int linktype, int octets_only, const char *more, char *out, size_t room);

#endif
