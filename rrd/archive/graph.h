/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graph.h - a picture drawn by RRDtool: traffic or clients of a device, a district or the city. */
#ifndef KK_RRD_ARCHIVE_GRAPH_H
#define KK_RRD_ARCHIVE_GRAPH_H

#include <stdint.h>

#include "lib/conf.h"
#include "lib/i18n.h"
#include "lib/metric.h"

struct graph_request {
	const char *key;    /* archive_key() or archive_area_key() */
	const char *title;  /* UTF-8 */
	const char *metric; /* "traffic" (both octets), "clients", "rtt", or a name of metric.def */
	int64_t from_s, to_s;	/* UTC seconds */
	const char *path;	/* out; ends in .png or .svg */
	unsigned width, height; /* pixels; 0: 800 × 240 */
	enum language lang;
};

/**
 * Draw. The file appears whole or not at all (written beside it and renamed). Any thread: librrd
 * draws one picture at a time, so the others wait. The time axis is that of the process's zone
 * (zone_use()). Kkachid, if it runs, is asked to bring the archive up to date first.
 *
 * @param c  Configuration.
 * @param g  What to draw.
 * @param d  Why not.
 * @retval KK_OK Done.
 * @retval KK_E_NOTFOUND  No such archive yet.
 * @retval KK_E_RANGE     Unknown metric, or to_s not after from_s.
 * @retval KK_E_IO
 */
int graph_draw(const struct conf *c, const struct graph_request *g, struct diag *d);

/**
 * Draw into memory: an SVG document.
 *
 * @param c    Configuration.
 * @param g    What to draw; its path is not looked at.
 * @param out  Receives malloc'd text, NULL on errors.
 * @param d    Why not.
 * @return     As graph_draw().
 */
int graph_svg(const struct conf *c, const struct graph_request *g, char **out, struct diag *d);

#endif
