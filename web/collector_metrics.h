/* SPDX-License-Identifier: GPL-3.0-or-later */
/* collector_metrics.h - what kkachid says of itself (kkachid(8), `status`) as OpenMetrics. */
#ifndef KK_WEB_COLLECTOR_METRICS_H
#define KK_WEB_COLLECTOR_METRICS_H

#include <stdio.h>

/**
 * Every number of the status as a metric of its own: kkachi_collector_ and the keys on the way to
 * it. What counts up ends in _total; under `drops` the reason is a label.
 *
 * @param f       Output.
 * @param status  JSON; anything else gives nothing.
 */
void collector_metrics(FILE *f, const char *status);

#endif
