/* SPDX-License-Identifier: GPL-3.0-or-later */
/* netsnmp.h - net-snmp as a codec only: no MIB files, no configuration, no persistent state, no
 * words on stderr. */
#ifndef KK_COLLECTOR_SNMP_NETSNMP_H
#define KK_COLLECTOR_SNMP_NETSNMP_H

/**
 * Make the library ready. Costs nothing when it was called before; single-threaded, like all of
 * the collector.
 */
void netsnmp_start(void);

#endif
