/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rrd/db/inventory.h"
#include "rrd/import/coord.h"
#include "rrd/import/rows.h"

/* What is looked at: one cell of one row. `text` is trimmed, not empty and not "-". */
struct cell {
	struct import *im;
	struct import_row *row;
	int column;
	char *text;
};

static void
leave(const struct cell *c, const char *why)
{
	import_warn(c->im, c->row->line, c->row->text[COL_ID], import_column_name(c->column),
	    "\"%.80s\" %s: not taken", c->text, why);
}

static void
check_kind(const struct cell *c)
{
	for (char *p = c->text; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	if (device_kind_by_name(c->text) >= 0)
		c->row->text[COL_KIND] = c->text;
	else
		import_error(c->im, c->row->line, c->row->text[COL_ID], "kind",
		    "\"%.80s\" is no kind of device (ap, switch, node, controller, gateway, "
		    "camera)",
		    c->text);
}

/* The 25 autonomous districts of Seoul. Others are kept as they are, and told of. */
static void
check_district(const struct cell *c)
{
	static const char *const seoul[] = {"강남구", "강동구", "강북구", "강서구", "관악구",
	    "광진구", "구로구", "금천구", "노원구", "도봉구", "동대문구", "동작구", "마포구",
	    "서대문구", "서초구", "성동구", "성북구", "송파구", "양천구", "영등포구", "용산구",
	    "은평구", "종로구", "중구", "중랑구"};

	c->row->text[COL_DISTRICT] = c->text;
	for (size_t i = 0; i < sizeof(seoul) / sizeof(seoul[0]); i++)
		if (strcmp(c->text, seoul[i]) == 0)
			return;
	import_warn(c->im, c->row->line, c->row->text[COL_ID], "district",
	    "\"%.80s\" is not one of the 25 districts of Seoul", c->text);
}

static void
check_mobile(const struct cell *c)
{
	static const struct {
		const char *word;
		int yes;
	} words[] = {{"yes", 1}, {"y", 1}, {"true", 1}, {"1", 1}, {"예", 1}, {"o", 1}, {"no", 0},
	    {"n", 0}, {"false", 0}, {"0", 0}, {"아니오", 0}, {"x", 0}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(c->text, words[i].word) == 0) {
			c->row->text[COL_MOBILE] = words[i].yes ? "1" : "";
			return;
		}
	leave(c, "is neither yes nor no");
}

/* 12 hexadecimal digits, however they are grouped, as aa:bb:cc:dd:ee:ff. */
static void
check_mac(const struct cell *c)
{
	char digits[12], out[18];
	size_t n = 0;

	for (const char *p = c->text; *p != '\0'; p++) {
		if (strchr(":-. ", *p) != NULL)
			continue;
		if (n == 12 || !isxdigit((unsigned char)*p)) {
			leave(c, "is no MAC address");
			return;
		}
		digits[n++] = (char)tolower((unsigned char)*p);
	}
	if (n != 12) {
		leave(c, "is no MAC address");
		return;
	}
	snprintf(out, sizeof(out), "%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", digits, digits + 2, digits + 4,
	    digits + 6, digits + 8, digits + 10);
	c->row->text[COL_MAC] = region_strdup(c->im->mem, out);
	if (c->row->text[COL_MAC] == NULL)
		c->im->failed = KK_E_NOMEM;
}

/* Names are not resolved: a name server that fails or lies must not move what is counted where. */
static void
check_host(const struct cell *c)
{
	unsigned char address[16];

	if (inet_pton(AF_INET, c->text, address) == 1 || inet_pton(AF_INET6, c->text, address) == 1)
		c->row->text[COL_HOST] = c->text;
	else
		leave(c, "is no IPv4 or IPv6 address (names are not resolved)");
}

static void
check_number(const struct cell *c)
{
	unsigned long most = c->column == COL_PORT ? 65535 : 10000000;
	char *end;
	unsigned long v;

	if (!isdigit((unsigned char)c->text[0])) {
		leave(c, "is no number");
		return;
	}
	v = strtoul(c->text, &end, 10);
	if (*end != '\0' || v == 0 || v > most) {
		leave(c, c->column == COL_PORT ? "is no port (1 to 65535)" : "is out of range");
		return;
	}
	while (c->text[0] == '0') /* one number, one text */
		memmove(c->text, c->text + 1, strlen(c->text));
	c->row->text[c->column] = c->text;
}

static void
check_version(const struct cell *c)
{
	if (strcmp(c->text, "2") == 0 || strcasecmp(c->text, "v2c") == 0 ||
	    strcasecmp(c->text, "2c") == 0)
		c->row->text[COL_VERSION] = "2c";
	else if (strcmp(c->text, "1") == 0 || strcmp(c->text, "3") == 0)
		c->row->text[COL_VERSION] = c->text;
	else
		leave(c, "is no version of SNMP (1, 2c, 3)");
}

/* Columns without an entry take any text; half a coordinate waits there for the other half. */
static void (*const checks[COL_COUNT])(const struct cell *) = {
    [COL_KIND] = check_kind,
    [COL_DISTRICT] = check_district,
    [COL_MOBILE] = check_mobile,
    [COL_MAC] = check_mac,
    [COL_HOST] = check_host,
    [COL_PORT] = check_number,
    [COL_VERSION] = check_version,
    [COL_CAPACITY_MBPS] = check_number,
};

static void
check_coordinate(struct import *im, struct import_row *row)
{
	const char *lat = row->text[COL_LAT], *lon = row->text[COL_LON];
	const char *id = row->text[COL_ID];

	switch (coord_judge(lat, lon, &row->lat, &row->lon)) {
	case COORD_NONE:
		break;
	case COORD_CLEAR:
		row->coordinate = 2;
		break;
	case COORD_SWAPPED:
		import_warn(
		    im, row->line, id, "lat", "latitude and longitude are swapped: repaired");
		row->coordinate = 1;
		break;
	case COORD_RIGHT:
		row->coordinate = 1;
		break;
	case COORD_HALF:
		import_warn(im, row->line, id, lat != NULL && lat[0] != '\0' ? "lon" : "lat",
		    "half of the coordinate is missing: not taken");
		break;
	case COORD_NO_NUMBER:
		import_warn(im, row->line, id, "lat",
		    "\"%.40s\", \"%.40s\" are no decimal degrees: not taken", lat, lon);
		break;
	case COORD_IMPOSSIBLE:
		import_warn(im, row->line, id, "lat",
		    "%.40s, %.40s cannot be in or near Seoul: not taken", lat, lon);
		break;
	}
	row->text[COL_LAT] = row->text[COL_LON] = NULL;
}

/* Trims and bounds a cell, telling of what was wrong with it. NULL: there is nothing in it. */
static char *
tidy(struct import *im, const struct import_row *row, const char *column, size_t most, char *cell)
{
	unsigned faults = 0;

	if (cell == NULL)
		return NULL;
	cell = import_clean(cell, most, &faults);
	if (faults & CLEAN_CONTROL)
		import_warn(im, row->line, row->text[COL_ID], column,
		    "line breaks or control characters in the cell were made blanks");
	if (faults & CLEAN_CUT)
		import_warn(
		    im, row->line, row->text[COL_ID], column, "longer than %zu octets: cut", most);
	return cell[0] == '\0' ? NULL : cell;
}

/* The id first, as all other messages name it. 0: the row cannot be taken. */
static int
take_id(struct import *im, struct import_row *row, char *cells[CSV_FIELDS_MAX])
{
	const struct import_header *h = &im->header;
	unsigned faults = 0;
	char *id = NULL;

	row->text[COL_ID] = "";
	for (size_t i = 0; i < h->n; i++)
		if (h->col[i].column == COL_ID && cells[i] != NULL)
			id = import_clean(cells[i], import_column_most(COL_ID), &faults);
	if (id == NULL || id[0] == '\0' || strcmp(id, "-") == 0) {
		import_error(im, row->line, "", "id", "no id");
		return 0;
	}
	row->text[COL_ID] = id;
	if (faults & CLEAN_CUT) {
		/* Two ids may differ behind the cut: one must not be taken for the other. */
		import_warn(im, row->line, id, "id",
		    "the id is longer than %zu octets: the row is left out",
		    import_column_most(COL_ID));
		return 0;
	}
	if (faults & CLEAN_CONTROL)
		import_warn(im, row->line, id, "id",
		    "line breaks or control characters in the id were made blanks");
	return 1;
}

static void
take_labels(struct import *im, struct import_row *row, char *cells[CSV_FIELDS_MAX])
{
	const struct import_header *h = &im->header;

	if (h->n_labels == 0)
		return;
	row->labels = region_alloc(im->mem, h->n_labels * sizeof(*row->labels));
	if (row->labels == NULL) {
		im->failed = KK_E_NOMEM;
		return;
	}
	for (size_t i = 0; i < h->n_labels; i++) {
		int at = h->by_key[i];
		const char *key = h->col[at].name;
		char *text = tidy(im, row, key, IMPORT_LABEL_MOST, cells[at]);

		if (text == NULL)
			continue;
		row->labels[row->n_labels].key = key;
		row->labels[row->n_labels].value = strcmp(text, "-") == 0 ? "" : text;
		row->n_labels++;
	}
}

static struct import_row *
new_row(struct import *im)
{
	if (im->n_rows == im->rows_room) {
		size_t room = im->rows_room ? im->rows_room * 2 : 1024;
		struct import_row *rows = realloc(im->rows, room * sizeof(*rows));

		if (rows == NULL) {
			im->failed = KK_E_NOMEM;
			return NULL;
		}
		im->rows = rows;
		im->rows_room = room;
	}
	memset(&im->rows[im->n_rows], 0, sizeof(im->rows[0]));
	return &im->rows[im->n_rows];
}

void
import_take(struct import *im, unsigned line, char *cells[CSV_FIELDS_MAX])
{
	const struct import_header *h = &im->header;
	struct import_row *row = new_row(im);

	if (row == NULL)
		return;
	im->report->rows++;
	row->line = line;
	if (!take_id(im, row, cells))
		return;
	for (size_t i = 0; i < h->n; i++) {
		struct cell c = {im, row, h->col[i].column, NULL};

		if (c.column <= COL_ID)
			continue;
		c.text = tidy(
		    im, row, import_column_name(c.column), import_column_most(c.column), cells[i]);
		if (c.text == NULL)
			continue;
		if (strcmp(c.text, "-") == 0 && c.column != COL_LAT && c.column != COL_LON)
			row->text[c.column] = "";
		else if (checks[c.column] != NULL)
			checks[c.column](&c);
		else
			row->text[c.column] = c.text;
		if (h->col[i].is_site)
			row->site_guess = row->text[c.column];
	}
	check_coordinate(im, row);
	take_labels(im, row, cells);
	im->n_rows++;
}
