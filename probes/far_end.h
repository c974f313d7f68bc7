/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * far_end.h - which switch and port a wire that is listened to comes from, as LLDP says it there:
 * told once each, so that whoever plugged a mirror in sees where. By names only: whoever sends LLDP
 * may call itself a switch, and its address may be a client's. Pure.
 */
#ifndef KK_PROBES_FAR_END_H
#define KK_PROBES_FAR_END_H

#include <stddef.h>

#include "probes/dec/detail.h"

#define FAR_ENDS     8 /* that are told: a mirror may hand on those of other ports as well */
#define FAR_END_TEXT 160

/* Those that were told. Zeroed at first. */
struct far_ends {
	char told[FAR_ENDS][FAR_END_TEXT];
	size_t n;
};

/**
 * A neighbour was heard.
 *
 * @param f     What was told.
 * @param lldp  What it says.
 * @return      Text of the switch and port, in `f`, harmless UTF-8; NULL: it was told before, is no
 *              infrastructure, has no name, or is one too many.
 */
const char *far_ends_new(struct far_ends *f, const struct detail_lldp *lldp);

#endif
