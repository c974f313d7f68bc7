/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ssid.h - names of WiFi networks: octets that anybody on the air may choose, as text for people,
 * and lists of them in the configuration. */
#ifndef KK_LIB_SSID_H
#define KK_LIB_SSID_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

#define SSID_MAX      32		 /* octets of a network's name */
#define SSID_TEXT_MAX (4 * SSID_MAX + 1) /* octets of its text, with NUL */
#define SSID_LIST_MAX 128		 /* names in a list */

struct ssid {
	uint8_t len; /* 0: none, or hidden */
	uint8_t octets[SSID_MAX];
};

/* Names that the configuration lists. */
struct ssid_list {
	size_t n;
	struct ssid name[SSID_LIST_MAX];
};

/**
 * A name as text: valid UTF-8 as it is; what a terminal or a reader could be deceived with
 * (controls, marks without width or of direction, octets that are no UTF-8, a blank at either end,
 * backslash and comma) as "\\xNN" per octet. Different names give different texts.
 *
 * @param ssid  Name of at most SSID_MAX octets.
 * @param out   Receives NUL-terminated text.
 * @return      `out`.
 */
const char *ssid_text(const struct ssid *ssid, char out[SSID_TEXT_MAX]);

/** @param a Name. @param b Name. @return 1: the same octets. */
int ssid_same(const struct ssid *a, const struct ssid *b);

/**
 * Read a list: names separated by commas, blanks around them left out, "\\xNN" is an octet.
 *
 * @param text  List; "" is the empty one.
 * @param out   Receives it; undefined on error.
 * @retval KK_OK
 * @retval KK_E_SYNTAX  An empty name, or another use of the backslash.
 * @retval KK_E_RANGE   A name of more than SSID_MAX octets.
 * @retval KK_E_FULL    More than SSID_LIST_MAX names.
 */
int ssid_list_parse(const char *text, struct ssid_list *out);

/** @param list List. @param ssid Name. @return Its place, -1: it is not in it. */
int ssid_list_find(const struct ssid_list *list, const struct ssid *ssid);

#endif
