/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forecast.h - the next twelve months of octets or of a busy-hour load, with intervals, and how
 * well the same method would have told the last months. Pure. The method: docs/decisions/0110.
 *
 * Whole numbers come in and go out; doubles are only inside the model.
 */
#ifndef KK_USAGE_FORECAST_H
#define KK_USAGE_FORECAST_H

#include "lib/err.h"
#include "lib/zone.h"
#include "usage/predict.h"

#define FORECAST_ORIGINS 12 /* months from which the backtest looks ahead, at most */
#define FORECAST_MOST                                                               \
	((uint64_t)INT64_MAX) /* nothing larger is foretold: JSON could not hold it \
			       */
#define FORECAST_TRAIN 12     /* known months that it stands on, at least */

/* One month of history. */
struct forecast_past {
	uint64_t value; /* octets of the month, or octets/s */
	int known;	/* 0: not measured, or too little of it: left out */
};

struct forecast_history {
	const struct forecast_past *past; /* without holes; the newest SEASON_MONTHS_MAX count */
	size_t n;
	kk_day from; /* YYYYMM of past[0] */
	int sums;    /* 1: sums of a month, of which February has less; 0: rates */
};

enum forecast_kind {
	FORECAST_NONE, /* fewer than 3 months are known, or none of the last twelve */
	FORECAST_ZERO, /* nothing passed in the last 3 months: nothing is expected */
	FORECAST_MODEL
};

struct forecast_month {
	kk_day month;
	uint64_t middle; /* as likely more as less */
	uint64_t low80, high80, low95, high95;
};

/* A percentage in tenths; -1: unknown. */
typedef int64_t forecast_tenths;

/* Rolling origin: what was told from each of the last months on, against what came. */
struct forecast_check {
	unsigned points, origins;	    /* 0: too short a history to be checked */
	forecast_tenths mape;		    /* mean of the errors, percent of what came */
	forecast_tenths mape_naive;	    /* had the newest month been told */
	forecast_tenths mape_seasonal;	    /* had the same month of the year before been told */
	forecast_tenths within80, within95; /* share of what came inside the intervals */
	int64_t mase_thousandths; /* error / naive error inside the history; -1: unknown */
	int mase_seasonal;	  /* 1: by the seasonal naive, 0: by the naive */
};

struct forecast {
	enum forecast_kind kind;
	struct forecast_month month[PREDICT_MONTHS]; /* from the month after the history's last */
	enum predict_season season;
	int trend;
	int64_t slope_tenths; /* percent a month, now */
	unsigned known, left_out, drawn_in;
	unsigned
	    widened_percent; /* intervals are so wide as the backtest asks; 100: as the model */
	struct forecast_check check;
};

/**
 * Forecast.
 *
 * @param h       History.
 * @param lender  History of the same months (the city's) whose season is borrowed where there are
 * fewer than PREDICT_SEASON months; NULL: none.
 * @param out     Receives the forecast.
 * @retval KK_OK  Also where there is none: see `kind`.
 * @retval KK_E_RANGE  The lender's months are others.
 * @retval KK_E_NOMEM
 */
int forecast_make(
    const struct forecast_history *h, const struct forecast_history *lender, struct forecast *out);

/**
 * The first month whose forecast is over a bound.
 *
 * @param f      Forecast.
 * @param bound  As the history's values.
 * @param upper  1: by the upper end of the 80 % interval (as early as), 0: by the middle.
 * @return       YYYYMM; 0: not within PREDICT_MONTHS, or there is no forecast.
 */
kk_day forecast_passes(const struct forecast *f, uint64_t bound, int upper);

#endif
