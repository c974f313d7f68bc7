/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rrd/import/rows.h"

#define NONE UINT32_MAX

/* Whom a device hangs on: its index, NONE if nobody has that id. */
static uint32_t
index_of(const struct import *im, const char *id, int prune)
{
	const struct import_device *d = id[0] == '\0' ? NULL : import_find(im, id);

	if (d == NULL || d->retired || (prune && d->row == NULL))
		return NONE;
	return (uint32_t)(d - im->devices);
}

static void
tell_of_strangers(struct import *im, const struct import_device *d, int prune)
{
	static const int columns[] = {COL_UPLINK, COL_UPLINK2, COL_CONTROLLER};

	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const char *to = d->row->text[columns[i]];

		if (to != NULL && to[0] != '\0' && index_of(im, to, prune) == NONE)
			import_warn(im, d->row->line, d->id, import_column_name(columns[i]),
			    "no device has the id \"%.80s\"", to);
	}
}

/* Name the loop that goes through device `at`. */
static void
tell_of_loop(struct import *im, const uint32_t *up, uint32_t at)
{
	const struct import_row *row = NULL;
	const char *id = im->devices[at].id;
	char path[400] = "";
	uint32_t i = at;
	size_t n = 0;

	do {
		const struct import_device *d = &im->devices[i];

		if (row == NULL && d->row != NULL) {
			row = d->row;
			id = d->id;
		}
		if (n < 300)
			n += (size_t)snprintf(path + n, sizeof(path) - n, "%.80s > ", d->id);
		i = up[i];
	} while (i != at);
	if (row == NULL) /* it was there before this file */
		return;
	import_warn(im, row->line, id, "uplink", "the uplinks form a loop: %s%.80s%s", path,
	    n < 300 ? im->devices[at].id : "", n < 300 ? "" : "...");
}

/* Every device has at most one uplink, so that a walk which meets its own trail has found a loop.
 * Trails are numbered by the device they began at: each device is walked over once. */
static void
find_loops(struct import *im, const uint32_t *up, uint32_t *trail)
{
	for (uint32_t start = 0; start < im->n_devices; start++) {
		uint32_t i = start;

		while (i != NONE && trail[i] == NONE) {
			trail[i] = start;
			i = up[i];
		}
		if (i != NONE && trail[i] == start)
			tell_of_loop(im, up, i);
	}
}

void
import_tree(struct import *im, int prune)
{
	uint32_t *up = calloc(im->n_devices + 1, sizeof(*up));
	uint32_t *trail = calloc(im->n_devices + 1, sizeof(*trail));

	if (up == NULL || trail == NULL) {
		im->failed = KK_E_NOMEM;
		goto out;
	}
	for (size_t i = 0; i < im->n_devices; i++) {
		const struct import_device *d = &im->devices[i];

		trail[i] = NONE;
		up[i] = index_of(im, d->text[COL_UPLINK], prune);
		if (d->row != NULL)
			tell_of_strangers(im, d, prune);
	}
	find_loops(im, up, trail);
out:
	free(up);
	free(trail);
}
