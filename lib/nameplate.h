/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nameplate.h - what a device says that it is: model, serial number, base hardware address and
 * firmware; what of it has changed, and whether that is other hardware.
 */
#ifndef KK_LIB_NAMEPLATE_H
#define KK_LIB_NAMEPLATE_H

#include <stddef.h>
#include <stdint.h>

/* What stands on it: id, name in JSON, tables and profiles. */
#define NAMEPLATE_FIELDS(X) \
	X(MODEL, "model")   \
	X(SERIAL, "serial") \
	X(MAC, "base_mac")  \
	X(FIRMWARE, "firmware")
#define NAMEPLATE_AS_FIELD(id, name) NAMEPLATE_##id,
enum nameplate_field { NAMEPLATE_FIELDS(NAMEPLATE_AS_FIELD) NAMEPLATE_COUNT };

#define NAMEPLATE_TEXT 64 /* octets of a field, with NUL */

/* All fields "": unknown. A plain value. */
struct nameplate {
	char text[NAMEPLATE_COUNT][NAMEPLATE_TEXT]; /* UTF-8; the address as "02:4b:00:00:00:01" */
};

/* What nameplate_advance() found; 1 << enum nameplate_field is a field that has changed. */
#define NAMEPLATE_SWAPPED (1u << 6) /* other hardware */
#define NAMEPLATE_FILLED  (1u << 7) /* a field was unknown until now: no change of the device */

/** @param field Which. @return Its name, "serial". */
const char *nameplate_field_name(enum nameplate_field field);

/**
 * Take a text from a device. Blanks around it go; what makers write where there is nothing ("N/A",
 * "000000") is unknown.
 *
 * @param n      Receives it.
 * @param field  Not NAMEPLATE_MAC.
 * @param p      Octets, as they came.
 * @param len    Count.
 */
void nameplate_take(struct nameplate *n, enum nameplate_field field, const uint8_t *p, size_t len);

/** Take the base hardware address. @param n Receives it. @param mac Six octets; all 0 are unknown.
 */
void nameplate_take_mac(struct nameplate *n, const uint8_t mac[6]);

/**
 * From what is known to what is seen. What is not seen now stays as it was, unless it is other
 * hardware: of that nothing is known but what was seen.
 *
 * It is other hardware if the serial numbers differ; if one of them is unknown, if the addresses
 * do; and if these do not tell either, if the models do.
 *
 * @param known  Of before; becomes what is known now.
 * @param seen   What the device says now.
 * @return       Fields that have changed, NAMEPLATE_SWAPPED, NAMEPLATE_FILLED; 0: all as it was.
 */
unsigned nameplate_advance(struct nameplate *known, const struct nameplate *seen);

/** Stands there nothing? @param n Nameplate. @return 1 or 0. */
int nameplate_is_blank(const struct nameplate *n);

#endif
