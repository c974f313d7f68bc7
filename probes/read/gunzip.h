/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gunzip.h - gzip, unpacked as it is read. Nobody outside probes/read/ includes it. */
#ifndef KK_PROBES_READ_GUNZIP_H
#define KK_PROBES_READ_GUNZIP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"

struct gunzip;
struct source;

/** Whether octets begin a gzip file. @param p Octets. @param n How many. @return 1 or 0. */
int gunzip_is(const uint8_t *p, size_t n);

/** Begin. @param p What has been read of it already. @param n Octets, at most SOURCE_ROOM. @return
 * NULL: out of memory; gunzip_free() frees it. */
struct gunzip *gunzip_new(const uint8_t *p, size_t n);

/** @param g Gunzip, NULL is allowed. */
void gunzip_free(struct gunzip *g);

/**
 * Unpack some octets.
 *
 * @param g     Gunzip.
 * @param s     Where more is read from.
 * @param out   Receives octets.
 * @param room  How many at most, at least 1.
 * @param got   Receives how many; 0 at the end.
 * @param d     Why not.
 * @retval KK_OK Done.
 * @retval KK_E_TRUNCATED  The file ends inside.
 * @retval KK_E_CORRUPT    Damaged, or something else follows.
 * @retval KK_E_CLOSED     Nobody waits any more.
 * @retval KK_E_IO         And its kin.
 */
int gunzip_read(struct gunzip *g, const struct source *s, uint8_t *out, size_t room, size_t *got,
    struct diag *d);

#endif
