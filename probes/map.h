/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * map.h - which access point a frame belongs to: a CSV file with the columns key, value, ap.
 *
 *     key,value,ap
 *     bssid,02:11:22:33:44:50,WF181037     the air: one line per BSSID
 *     vlan,100.200,WF181038                the wire: S-VID.C-VID, or one VLAN
 *     mac,02:00:00:00:0a:01,WF181039       the wire: an access point that routes
 *     tunnel,192.0.2.1,WF181040            a tunnel: the access point's end, IPv4 or IPv6
 *     radio,02:11:22:33:44:50,WF181040     CAPWAP: a radio's address
 *     port,02:00:00:00:0c:01/1/7,WF181041  DHCP's relay: a switch's address, slot and port
 *     controller,192.0.2.254,              a tunnel: the network's end, to tell up from down
 *     gateway,02:00:00:00:0b:01,           the wire: where the network is, likewise
 *
 * RADIUS and DHCP name access points too: by bssid, radio, mac, tunnel, port or ap
 * (count_figures.c).
 */
#ifndef KK_PROBES_MAP_H
#define KK_PROBES_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "probes/dec/pseudonym.h"
#include "probes/set.h"

enum map_key {
	MAP_UNKNOWN,
	MAP_BSSID,
	MAP_VLAN,
	MAP_MAC,
	MAP_GATEWAY,
	MAP_TUNNEL,
	MAP_RADIO,
	MAP_CONTROLLER,
	MAP_PORT
};

/* One line. `value`: BSSID and radio of 48 bits; VLAN as outer << 12 | inner; MAC and gateway as
 * pseudonym_mark(), tunnel and controller as dec_end_of(), since the decoder knows them as such;
 * port as map_port(). */
struct map_row {
	enum map_key key;
	uint32_t ap; /* index for map_ap(); of no meaning where map_has_ap() says 0 */
	uint64_t value;
};

struct map;

/**
 * Read a map file.
 *
 * @param path  File; "-" is standard input.
 * @param p     For the addresses; borrowed during the call.
 * @param out   Receives the map; map_free() frees it.
 * @param d     "FILE:LINE: what is wrong".
 * @retval KK_OK
 * @retval KK_E_SYNTAX  And its kin: an unknown key, a bad value, a missing column, a key twice.
 */
int map_read(const char *path, const struct pseudonyms *p, struct map **out, struct diag *d);

/** As map_read(), over memory. @param name For messages. @param text CSV. @param len Octets. @param
 * p For the addresses. @param out Map. @param d Why not. @retval KK_OK And the errors of
 * map_read(). */
int map_over(const char *name, const void *text, size_t len, const struct pseudonyms *p,
    struct map **out, struct diag *d);

/** @param m Map, NULL is allowed. */
void map_free(struct map *m);

/** All lines. @param m Map, NULL is allowed: none. @param n Receives their count. @return Array. */
const struct map_row *map_rows(const struct map *m, size_t *n);

/** Whether a line of such a key names an access point. @param key Key. @return 1 or 0. */
static inline int
map_has_ap(enum map_key key)
{
	return key != MAP_GATEWAY && key != MAP_CONTROLLER;
}

/** A port of a switch as one number. @param mac 48 bits, the switch's. @param port Slot in the
 * upper 8 bits. @return Value of MAP_PORT; no two have the same. */
static inline uint64_t
map_port(uint64_t mac, uint16_t port)
{
	return set_mix(mac << 16 | port); /* tables keep 56 bits of it */
}

/** How many access points there are. @param m Map, NULL is allowed. @return Count. */
size_t map_aps(const struct map *m);

/** The city's id of an access point. @param m Map. @param ap Index. @return Borrowed text. */
const char *map_ap(const struct map *m, size_t ap);

#endif
