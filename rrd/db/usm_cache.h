/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usm_cache.h - SNMPv3 agents' engine ids and clocks, kept so that a restart need not ask for them.
 * No key is here. */
#ifndef KK_RRD_DB_USM_CACHE_H
#define KK_RRD_DB_USM_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "rrd/db/db.h"

#define USM_ROW_ENGINE 32
#define USM_ROW_USER   33

/* One agent as one user knows it. */
struct usm_row {
	uint8_t address[16]; /* IPv6, or IPv4 as ::ffff:a.b.c.d */
	uint16_t port;
	char user[USM_ROW_USER];
	uint8_t engine[USM_ROW_ENGINE];
	uint8_t engine_len;
	uint8_t frozen;
	uint32_t boots, time;
	int64_t at_cs;	 /* UTC, 1/100 s: when its time was `time` */
	int64_t fell_cs; /* UTC, 1/100 s: when boots or time fell; 0: never */
};

/** Hand out what is kept; rows that cannot be are left out. @param db Connection. @param each
 * Called per agent; the row is borrowed. @param ctx For `each`. @param d Why not. @retval KK_OK
 * Done. @retval KK_E_DB And the other errors of db_error(). */
int usm_cache_load(
    struct db *db, void (*each)(void *ctx, const struct usm_row *row), void *ctx, struct diag *d);

/**
 * Keep agents, in one transaction that waits for nobody.
 *
 * @param db    Writing connection.
 * @param rows  Agents; they replace older rows of the same ones.
 * @param n     Count.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_BUSY  Another process is writing: try again later.
 * @retval KK_E_DB    And the other errors of db_error(); nothing was kept.
 */
int usm_cache_save(struct db *db, const struct usm_row *rows, size_t n, struct diag *d);

/**
 * Who kkachid is as an SNMPv3 engine itself, at one more start of it; on disk before it returns, as
 * no two starts may have the same number (RFC 3414 section 2.3).
 *
 * @param db     Writing connection.
 * @param id     In: random, for the case that there is none yet. Out: what tells this engine from
 *               others, for ever the same.
 * @param boots  Receives how often it has started, 1 .. 2^31 - 2; at its end the id is a new one.
 * @param d      Why not.
 * @retval KK_OK Done.
 * @retval KK_E_BUSY  Another process is writing: try again later.
 * @retval KK_E_DB    And the other errors of db_error().
 */
int usm_cache_start(struct db *db, int64_t *id, uint32_t *boots, struct diag *d);

#endif
