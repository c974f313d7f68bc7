/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/sample.h"
#include "rrd/import/rows.h"

/* What makes up a belonging, besides the account. */
static const int belonging[] = {COL_DISTRICT, COL_SITE, COL_SITE_TYPE, COL_PHASE};

static int
is_belonging(int c)
{
	for (size_t i = 0; i < sizeof(belonging) / sizeof(belonging[0]); i++)
		if (belonging[i] == c)
			return 1;
	return 0;
}

/* The row's value, or the guess of a site where none is known; NULL: leave what is known. */
static const char *
value_of(const struct import_row *row, const struct import_device *dev, int c)
{
	if (c == COL_SITE && row->text[c] == NULL && dev->text[c][0] == '\0')
		return row->site_guess;
	if (c == COL_KIND && row->text[c] != NULL && row->text[c][0] == '\0')
		return "ap";
	return row->text[c];
}

static void
lay_texts(struct import_device *dev, const struct import_row *row)
{
	for (int c = COL_ID + 1; c < COL_COUNT; c++) {
		const char *v = value_of(row, dev, c);

		if (v == NULL || strcmp(v, dev->text[c]) == 0)
			continue;
		/* To learn what was unknown is no move: it holds for the past as well. */
		if (is_belonging(c) && dev->moved != 1)
			dev->moved = dev->text[c][0] == '\0' ? 2 : 1;
		else if (!is_belonging(c))
			dev->changed = 1;
		dev->text[c] = v;
	}
}

static void
lay_coordinate(struct import_device *dev, const struct import_row *row)
{
	double lat = row->coordinate == 1 ? row->lat : (double)NAN;
	double lon = row->coordinate == 1 ? row->lon : (double)NAN;

	if (row->coordinate == 0)
		return;
	if ((isnan(lat) && isnan(dev->lat)) || (lat == dev->lat && lon == dev->lon))
		return;
	dev->lat = lat;
	dev->lon = lon;
	dev->changed = 1;
}

static unsigned
account_of(const struct import_device *dev)
{
	if (dev->text[COL_HOST][0] != '\0')
		return SOURCE_SNMP;
	return dev->text[COL_CONTROLLER][0] != '\0' ? SOURCE_CONTROLLER : SOURCE_PROBE;
}

static int
lay(struct import *im, struct import_device *dev)
{
	const struct import_row *row = dev->row;
	const char *labels = import_labels(im->mem, dev->labels, row);
	unsigned account;

	if (labels == NULL)
		return KK_E_NOMEM;
	lay_texts(dev, row);
	lay_coordinate(dev, row);
	if (strcmp(labels, dev->labels) != 0) {
		dev->labels = labels;
		dev->changed = 1;
	}
	account = account_of(dev);
	if (account != dev->account) {
		dev->account = account;
		dev->moved = 1;
	}
	if (dev->retired) {
		dev->retired = 0;
		dev->changed = 1;
	}
	return KK_OK;
}

/* The device of a row: known, or new. Of repeated ids the last row is the device's. */
static int
assign(struct import *im, const struct import_row *row, int warn)
{
	struct import_device *dev = import_find(im, row->text[COL_ID]);

	if (dev == NULL) {
		dev = import_new_device(im);
		if (dev == NULL)
			return KK_E_NOMEM;
		dev->id = dev->text[COL_ID] = row->text[COL_ID];
		dev->text[COL_KIND] = "ap";
		import_index(im, dev);
	} else if (dev->row != NULL && warn) {
		import_warn(im, dev->row->line, dev->id, "id",
		    "the id is there again in line %u: the last one wins", row->line);
	}
	dev->row = row;
	return KK_OK;
}

int
import_merge(struct import *im, int prune)
{
	struct import_report *r = im->report;
	int again = im->merged, rc = KK_OK;

	r->added = r->changed = r->unchanged = r->removed = 0;
	for (size_t i = 0; i < im->n_rows && rc == KK_OK; i++)
		rc = assign(im, &im->rows[i], !again);
	for (size_t i = 0; i < im->n_devices && rc == KK_OK; i++) {
		struct import_device *dev = &im->devices[i];

		if (dev->row == NULL) {
			r->removed += prune && im->n_rows > 0 && !dev->retired;
			continue;
		}
		rc = lay(im, dev);
		if (dev->num == 0)
			r->added++;
		else if (dev->changed || dev->moved)
			r->changed++;
		else
			r->unchanged++;
	}
	if (prune && im->n_rows == 0 && !again)
		import_warn(im, 1, "", "", "the file holds no device: nothing is pruned");
	im->merged = 1;
	return rc;
}
