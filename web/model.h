/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model.h - the picture of the city that requests are answered from: inventory and live table,
 * joined and judged.
 *
 * A view is immutable and shared by all requests of about a second: a page with a thousand viewers
 * costs one view.
 */
#ifndef KK_WEB_MODEL_H
#define KK_WEB_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "alerts/picture.h"
#include "lib/conf.h"
#include "rrd/db/db.h"
#include "rrd/db/inventory.h"

/* Sums over access points of a district or the city. */
struct view_sum {
	const char *name; /* "" for devices without a district */
	uint32_t total;
	uint32_t in_state[STATE_COUNT];
	uint64_t clients;
	uint32_t clients_known, rate_known; /* how many access points they were known of */
	double down_rate, up_rate;	    /* octets/s */
};

struct view {
	struct inventory *inventory;
	struct picture *picture;
	struct view_sum city;
	struct view_sum *districts; /* by name */
	size_t n_districts;
	int64_t octets_today; /* -1: unknown */
	unsigned holders;     /* model.c's */
};

struct model;

/**
 * @param c    Configuration; borrowed.
 * @param out  Receives the model; model_free() frees it.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int model_new(const struct conf *c, struct model **out);

/** @param m Model, NULL is allowed. No view may be held. */
void model_free(struct model *m);

/**
 * The view of now, at most about a second old; give it back with model_release(). Any thread.
 *
 * @param m  Model.
 * @return   NULL: the database cannot be read.
 */
const struct view *model_view(struct model *m);

/** @param m Model. @param v View, NULL is allowed. */
void model_release(struct model *m, const struct view *v);

#endif
