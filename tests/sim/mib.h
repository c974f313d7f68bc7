/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mib.h - what a simulated device answers: sorted objects, shared by all devices of one shape;
 * values are functions.
 *
 * Objects: SNMPv2-MIB system, IF-MIB ifTable and ifXTable, HOST-RESOURCES hrSystemUptime,
 * UBNT-UniFi radio and VAP tables.
 */
#ifndef KK_SIM_MIB_H
#define KK_SIM_MIB_H

#include "tests/sim/ber.h"
#include "tests/sim/fleet.h"

/* One object instance: its name, ready to send, and what makes its value. */
struct mib_object {
	struct ber_oid name;
	uint8_t encoded[80]; /* contents of the OBJECT IDENTIFIER */
	uint8_t encoded_len;
	uint8_t tag;	  /* type on the wire */
	uint8_t what;	  /* mib.c's */
	uint8_t port;	  /* 0: wired, 1 + radio: radios */
	const char *text; /* of constant texts */
	uint64_t number;  /* of constant numbers */
};

struct mib;

/** Make the objects of a profile. @param profile enum sim_profile. @param moved 1: interfaces stand
 * under other indices. @return mib_free() frees it; NULL: out of memory. */
struct mib *mib_new(unsigned profile, int moved);

/** @param m Objects, NULL is allowed. */
void mib_free(struct mib *m);

/** The object of a name. @param m Objects. @param encoded OID contents. @param len Octets. @return
 * NULL: no such instance. */
const struct mib_object *mib_get(const struct mib *m, const uint8_t *encoded, size_t len);

/** The first object behind a name. @param m Objects. @param name OID. @return NULL: end of the
 * view. */
const struct mib_object *mib_next(const struct mib *m, const struct ber_oid *name);

/** Whether some object of the same type (all but the last sub-identifier) exists: noSuchInstance,
 * not noSuchObject. @param m Objects. @param name OID. @return 1 or 0. */
int mib_has_object(const struct mib *m, const struct ber_oid *name);

/**
 * Put an object's value in front of an output.
 *
 * @param o       Output.
 * @param obj     Object.
 * @param f       Fleet.
 * @param index   Device.
 * @param now_cs  Time.
 * @param served  Bits of the radios whose octets were put, added to.
 */
void mib_put_value(struct ber_out *o, const struct mib_object *obj, const struct fleet *f,
    uint32_t index, int64_t now_cs, unsigned *served);

#endif
