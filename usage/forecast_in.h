/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forecast_in.h - between forecast.c and backtest.c only. */
#ifndef KK_USAGE_FORECAST_IN_H
#define KK_USAGE_FORECAST_IN_H

#include "usage/forecast.h"

#define FORECAST_Z80 1.2815516
#define FORECAST_Z95 1.9599640

/**
 * Let the method tell the last months from every month before them.
 *
 * @param s       Logarithms of rates.
 * @param lender  Likewise, or NULL; cut at each origin like `s`.
 * @param out     Receives the check; zeroed where the history is too short.
 * @return        So much wider the intervals should be, 1 .. 3.
 */
double backtest(const struct predict_series *s, const struct predict_series *lender,
    struct forecast_check *out);

#endif
