/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kinds.h - what a notification is about, by its snmpTrapOID. */
#ifndef KK_COLLECTOR_TRAP_KINDS_H
#define KK_COLLECTOR_TRAP_KINDS_H

#include <stddef.h>

enum trap_kind {
	TRAP_OTHER, /* nothing that a poll would show */
	TRAP_COLD_START,
	TRAP_WARM_START,
	TRAP_LINK_DOWN,
	TRAP_LINK_UP,
	TRAP_AP_DOWN, /* a controller has lost an access point */
	TRAP_AP_UP,
	TRAP_KINDS
};

/** @param oid Sub-identifiers. @param len Count. @return enum trap_kind. */
enum trap_kind trap_kind_of(const unsigned long *oid, size_t len);

/** @param k enum trap_kind. @return "cold_start", ... */
const char *trap_kind_name(unsigned k);

#endif
