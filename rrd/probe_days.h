/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe_days.h - what probes counted besides octets, per access point and local day: logins that
 * failed, clients by their generation of WiFi, why they were sent away (code_days.h). Written in
 * the ledger's transaction, so exactly once as well.
 */
#ifndef KK_RRD_PROBE_DAYS_H
#define KK_RRD_PROBE_DAYS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/sample.h"
#include "lib/zone.h"
#include "rrd/db/db.h"

/* The counters that are kept, by metric and column. A new one needs a migration in rrd/db/db.c. */
#define PROBE_DAY_COUNTS(X)                       \
	X(ASSOCIATIONS, associations)             \
	X(REFUSALS, refusals)                     \
	X(ROAMS, roams)                           \
	X(AUTH_FAILURES, auth_failures)           \
	X(EAP_FAILURES, eap_failures)             \
	X(HANDSHAKE_FAILURES, handshake_failures) \
	X(DHCP_ASKED, dhcp_asked)                 \
	X(DHCP_ANSWERED, dhcp_answered)           \
	X(SESSIONS, sessions)                     \
	X(WIFI3_CLIENTS, wifi3_clients)           \
	X(WIFI4_CLIENTS, wifi4_clients)           \
	X(WIFI5_CLIENTS, wifi5_clients)           \
	X(WIFI6_CLIENTS, wifi6_clients)           \
	X(WIFI6E_CLIENTS, wifi6e_clients)         \
	X(WIFI7_CLIENTS, wifi7_clients)
#define PROBE_DAY_AS_ENUM(metric, column) PROBE_DAY_##metric,
enum probe_day_count { PROBE_DAY_COUNTS(PROBE_DAY_AS_ENUM) PROBE_DAY_COUNT };

struct probe_days;

/**
 * Where counting goes on: from the newest samples of table `odometer`.
 *
 * @param db   The ledger's connection; outlives it.
 * @param out  Receives it; probe_days_close() frees it.
 * @param d    Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_DB  And the other errors of db_error().
 */
int probe_days_open(struct db *db, struct probe_days **out, struct diag *d);

/** @param p Days, NULL is allowed. */
void probe_days_close(struct probe_days *p);

/**
 * Count samples, within the transaction that is open. A counter that was told once is told in every
 * later sample of its device and source: that is what counting goes on from after a restart. Those
 * of other sources than `probe` and `radius` are passed over, and so are those that are not newer
 * than what is known.
 *
 * @param p  Days.
 * @param s  Samples.
 * @param n  Count of them.
 * @param d  Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_DB  And the other errors of db_error(): roll back; the same samples may come again.
 */
int probe_days_take(struct probe_days *p, const struct sample *s, size_t n, struct diag *d);

/** The transaction is committed. @param p Days. */
void probe_days_keep(struct probe_days *p);

/* Sums of a key over a month. */
struct probe_days_sum {
	const char *key; /* district, id; "city"; "" where unknown */
	kk_day month;	 /* YYYYMM */
	uint32_t known;	 /* bit enum probe_day_count is set if somebody counted that */
	uint64_t n[PROBE_DAY_COUNT];
	uint32_t aps; /* access points that a probe saw */
};

enum probe_days_by { PROBE_DAYS_CITY, PROBE_DAYS_DISTRICT, PROBE_DAYS_AP };

/**
 * Sums by key and month; a day counts where the access point belonged on that day.
 *
 * @param db      Connection.
 * @param from    First month, YYYYMM.
 * @param to      Last month.
 * @param source  enum sample_source: SOURCE_PROBE or SOURCE_RADIUS.
 * @param by      Grouping.
 * @param each    Told each sum, borrowed, by key, then month; other than KK_OK ends it.
 * @param ctx     For `each`.
 * @param d       Why not.
 * @retval KK_OK
 * @retval KK_E_DB  And the other errors of db_error(), or what `each` returned.
 */
int probe_days_read(struct db *db, kk_day from, kk_day to, int source, enum probe_days_by by,
    int (*each)(void *ctx, const struct probe_days_sum *sum), void *ctx, struct diag *d);

#endif
