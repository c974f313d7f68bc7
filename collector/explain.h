/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * explain.h - `kkachi poll ID`: ask one device everything now and tell every object, its value and
 * why it counts or not. Moves no odometer: it asks as a stranger who has never seen the device.
 *
 * The same for kkachid (its engine, its profiles) and for the command without a daemon.
 */
#ifndef KK_COLLECTOR_EXPLAIN_H
#define KK_COLLECTOR_EXPLAIN_H

#include <stdio.h>

#include "collector/target.h"

struct explain;

/* Called exactly once per explain_start() that returned KK_OK, from inside engine_run() or
 * engine_free(). `x` belongs to the caller, who prints it and frees it, also in here. */
typedef void (*explain_done_cb)(void *ctx, struct explain *x);

/**
 * Ask a device: identify it, learn its tables, read its values.
 * @param env As for target_new(); borrowed until it is freed.
 * @param dev Device; copied as far as needed.
 * @param lang Of the reasoning.
 * @param done Callback.
 * @param ctx For `done`.
 * @param out Receives it at once; explain_free() frees it, at any time.
 * @param d Why not.
 * @retval KK_OK
 * @retval KK_E_RANGE As target_new().
 * @retval KK_E_NOTFOUND As target_new().
 * @retval KK_E_FULL The engine has no slot.
 */
int explain_start(const struct target_env *env, const struct device *dev, enum language lang,
    explain_done_cb done, void *ctx, struct explain **out, struct diag *d);

/** Whether the device answered. @param x Explanation after `done`. @return 1 or 0. */
int explain_answered(const struct explain *x);

/** What is to be said of a device that did not. @param x Explanation after `done`. @return Static
 * text. */
const char *explain_silence(const struct explain *x);

/**
 * As one JSON value on one line, without line end:
 * `{"id","profile","metrics":{…},"interfaces":[…],"aps":[…],"objects":[…],"reasoning":[…]}`.
 *
 * @param x  Explanation after `done`.
 * @return   malloc'd UTF-8; NULL: out of memory.
 */
char *explain_json(const struct explain *x);

/** @param x Explanation, NULL is allowed; a request in flight is given up. */
void explain_free(struct explain *x);

#endif
