/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ports.h - what a simulated switch answers beside its system group: IF-MIB, LLDP-MIB, BRIDGE-MIB
 * or Q-BRIDGE-MIB, ENTITY-MIB and ENTITY-SENSOR-MIB with the light that its uplink receives,
 * POWER-ETHERNET-MIB. Every table is a function of what hangs on it; nothing is kept per switch.
 *
 * Ports: ge1 and on, one for each device that hangs on it; xe1 and xe2 (ifIndex 1001, 1002) up.
 */
#ifndef KK_SIM_PORTS_H
#define KK_SIM_PORTS_H

#include "tests/sim/ber.h"
#include "tests/sim/fleet.h"

/** The value of a name, put in front of an output with it. @param f Fleet. @param index Switch.
 * @param now_cs Time. @param name OID. @param o Output. @return 1: put, 0: no such instance, -1: no
 * such object. */
int ports_get(const struct fleet *f, uint32_t index, int64_t now_cs, const struct ber_oid *name,
    struct ber_out *o);

/** The first name behind one. @param f Fleet. @param index Switch. @param name OID, not changed.
 * @param out Receives the next one. @return 1, or 0: no more. */
int ports_next(
    const struct fleet *f, uint32_t index, const struct ber_oid *name, struct ber_oid *out);

#endif
