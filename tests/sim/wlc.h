/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wlc.h - what a simulated controller answers beside its system group: WLSX-WLAN-MIB (ArubaOS), a
 * row per access point, per radio and per BSSID. Every table is a function of who hangs on it.
 *
 * A radio's octets are read together: "in" is read when its value is asked for, and "out" is of the
 * same moment, as of a controller that has asked the access point once.
 */
#ifndef KK_SIM_WLC_H
#define KK_SIM_WLC_H

#include "tests/sim/ber.h"
#include "tests/sim/fleet.h"

#define WLC_SERVED 128 /* values of one answer */

/* Octets that an answer holds: of whom, and of when. */
struct wlc_served {
	unsigned n;
	struct {
		uint32_t index; /* access point */
		uint8_t radio;
		int64_t cs;
	} of[WLC_SERVED];
};

/** The value of a name, put in front of an output with it. @param f Fleet. @param index Controller.
 * @param now_cs Time. @param name OID. @param o Output. @param served Added to. @return 1: put, 0:
 * no such instance, -1: no such object. */
int wlc_get(struct fleet *f, uint32_t index, int64_t now_cs, const struct ber_oid *name,
    struct ber_out *o, struct wlc_served *served);

/** The first name behind one. @param f Fleet. @param index Controller. @param name OID, not
 * changed. @param out Receives the next one. @return 1, or 0: no more. */
int wlc_next(
    const struct fleet *f, uint32_t index, const struct ber_oid *name, struct ber_oid *out);

#endif
