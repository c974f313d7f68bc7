/* SPDX-License-Identifier: GPL-3.0-or-later */
/* run.h - one run of `kkachi alert`: decide, keep, and hand out what a channel has not heard. */
#ifndef KK_ALERTS_RUN_H
#define KK_ALERTS_RUN_H

#include "alerts/notice.h"
#include "rrd/db/db.h"

struct alert_run {
	struct db *db; /* writing; reading in a dry run */
	const struct inventory *inventory;
	const struct picture *picture;
	int64_t now_s;
	int dry_run; /* 1: nothing is kept */
};

/* What a run found; alert_result_free() frees it. Lives no longer than the run's inventory. */
struct alert_result {
	struct notice *rows; /* open incidents, and those that ended since `heard` */
	size_t n;
	int64_t newest; /* the largest `changed` in it: where the channel's cursor moves */
	struct incidents *incidents;
};

/**
 * Take the lock of alert runs in a state directory: held until it is closed, or the process ends,
 * however it ends.
 *
 * @param state_dir  Folder.
 * @param fd         Receives the lock's descriptor; close(2) gives it back. -1 on error.
 * @param d          Why not.
 * @retval KK_OK
 * @retval KK_E_BUSY  Another run holds it.
 * @retval KK_E_IO    And its kin.
 */
int alert_lock(const char *state_dir, int *fd, struct diag *d);

/**
 * Decide what begins, grows and ends, and keep it with all devices' states in one transaction.
 *
 * @param r  Run.
 * @param d  Why not.
 * @retval KK_OK
 * @retval KK_E_DB  And its kin: nothing was kept.
 */
int alert_decide(const struct alert_run *r, struct diag *d);

/**
 * The incidents that a channel is to hear of. In a dry run, as if the decisions had been kept.
 *
 * @param r      Run.
 * @param heard  The channel's cursor.
 * @param out    Receives them; `incident.changed` > heard: not heard yet.
 * @param d      Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_DB
 */
int alert_notices(
    const struct alert_run *r, int64_t heard, struct alert_result *out, struct diag *d);

/** @param x Result; its fields are freed. */
void alert_result_free(struct alert_result *x);

#endif
