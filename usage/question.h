/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * question.h - what a council asks, each question answered by sheets and pictures of a book.
 *
 * Methods are told in the sheets' notes, in kkachi-questions(1) and docs/decisions/0110 to 0114.
 * What nobody measured is shown as unknown and counted, never as 0.
 */
#ifndef KK_USAGE_QUESTION_H
#define KK_USAGE_QUESTION_H

#include "lib/conf.h"
#include "rrd/db/db.h"
#include "usage/book.h"

/* Bounds that a planner may set. */
struct question_limits {
	unsigned metres;      /* so close is close, 1 .. PAIRS_METRES_MAX */
	unsigned months;      /* whole months over which use is summed, 1 .. 12 */
	unsigned days;	      /* in which an idle access point was not used, 7 .. 366 */
	uint64_t a_day;	      /* fewer octets a day are no use */
	unsigned observed;    /* percent of its time that it must have been observed, 1 .. 100 */
	unsigned clients;     /* at once, that an access point serves well */
	unsigned load;	      /* percent of a line's capacity that is too much */
	int apart;	      /* 1: the same coordinates in the list are not close together */
	const char *district; /* only this one's; NULL: all */
	size_t top;	      /* rows of a list that may be long; 0: all */
};

/* Who is asked. */
struct question {
	const struct conf *conf;
	struct db *db; /* outside of a transaction */
	int64_t now_s; /* UTC */
	struct question_limits limits;
	enum language lang; /* of pictures */
};

/** The bounds, if a planner sets none. @param l Receives them. */
void question_defaults(struct question_limits *l);

#define QUESTIONS(X)                         \
	X(NEAR, "near", near)                \
	X(IDLE, "idle", idle)                \
	X(SATURATED, "saturated", saturated) \
	X(PHASES, "phases", phases)          \
	X(WIFI6, "wifi6", wifi6)             \
	X(FORECAST, "forecast", forecast)    \
	X(UPLINKS, "uplinks", uplinks)
#define QUESTION_AS_ENUM(id, name, function) QUESTION_##id,
enum question_id { QUESTIONS(QUESTION_AS_ENUM) QUESTION_COUNT };

/** @param id Question. @return "near", ... */
const char *question_name(enum question_id id);

/** Look a question up. @param name "near", ... @return enum question_id or -1. */
int question_of(const char *name);

/**
 * Answer one: adds sheets and pictures to a book.
 *
 * @param q   Who is asked.
 * @param id  Which.
 * @param b   Book.
 * @param d   Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_DB  And the other errors of db_error().
 */
int question_answer(const struct question *q, enum question_id id, struct book *b, struct diag *d);

#endif
