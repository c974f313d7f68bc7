/* SPDX-License-Identifier: GPL-3.0-or-later */
/* naming.h - how DHCP relays and RADIUS clients name access points. Pure. */
#ifndef KK_PROBES_DEC_NAMING_H
#define KK_PROBES_DEC_NAMING_H

#include <stddef.h>
#include <stdint.h>

#include "probes/dec/detail.h"
#include "probes/dec/pseudonym.h"

/**
 * An Ethernet address at the beginning of a text: 12 hexadecimal digits, in groups of 2, 4 or 6
 * that one of "-:." divides, or undivided; not followed by a 13th.
 *
 * @param text  Octets. @param len How many.
 * @param mac   Receives 6 octets.
 * @return      Octets of text that it takes, 0: there is none.
 */
size_t naming_mac(const uint8_t *text, size_t len, uint8_t mac[6]);

/** Whether octets contain an address, written or as it is. @param text Octets. @param len How many.
 * @param mac 6 octets; NULL: none to look for. @return 1 or 0. */
int naming_mentions(const uint8_t *text, size_t len, const uint8_t *mac);

/** Keep octets. @param out Receives the first of them. @param p Octets. @param len How many. */
void naming_text(struct detail_text *out, const uint8_t *p, size_t len);

/** @param mac 6 octets. @return The 48 bits. */
uint64_t naming_number(const uint8_t *mac);

/**
 * What names an access point: "AA-BB-CC-DD-EE-FF:SSID", "AP name:SSID", either without SSID, or
 * octets that are no text.
 *
 * @param out    Receives it, added to what it holds: what is known there stays.
 * @param text   Octets. @param len How many.
 * @param client The client's address, 6 octets, NULL: unknown. Octets that contain it name nobody's
 *               access point, and nothing of them is kept.
 */
void naming_ap(struct detail_ap *out, const uint8_t *text, size_t len, const uint8_t *client);

/** Add the mark of the address that is known. @param ap What names an access point. @param key
 * Whose marks. */
void naming_mark(struct detail_ap *ap, const struct pseudonyms *key);

#endif
