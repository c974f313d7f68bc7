/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rrd/import/rows.h"

#define AS_NAME(id, name, most) name,
#define AS_MOST(id, name, most) most,

static const char *const names[COL_COUNT] = {IMPORT_COLUMNS(AS_NAME)};
static const size_t mosts[COL_COUNT] = {IMPORT_COLUMNS(AS_MOST)};

/*
 * The city's open-data set of public WiFi: names in the API with X_SWIFI_ (any case, or without the
 * prefix), and in Korean. What Kkachi has no column for becomes a label under its Korean name, so
 * that the same column has one name whichever file it came from.
 */
static const struct {
	const char *api, *korean;
	int column; /* or TARGET_LABEL, TARGET_NONE */
	int is_site;
} open_data[] = {
    {"mgr_no", "관리번호", COL_ID, 0},
    {"wrdofc", "자치구", COL_DISTRICT, 0},
    {"main_nm", "와이파이명", COL_NAME, 1},
    {"adres1", "도로명주소", COL_ADDRESS, 0},
    {"adres2", "상세주소", TARGET_LABEL, 0},
    {"instl_floor", "설치위치(층)", TARGET_LABEL, 0},
    {"instl_ty", "설치유형", COL_SITE_TYPE, 0},
    {"instl_mby", "설치기관", TARGET_LABEL, 0},
    {"svc_se", "서비스구분", TARGET_LABEL, 0},
    {"cmcwr", "망종류", TARGET_LABEL, 0},
    {"cnstc_year", "설치년도", COL_INSTALLED, 0},
    {"inout_door", "실내외구분", COL_PLACE, 0},
    {"remars3", "WIFI접속환경", TARGET_LABEL, 0},
    {"lat", "Y좌표", COL_LAT, 0},
    {"lnt", "X좌표", COL_LON, 0},
    {"latitude", "위도", COL_LAT, 0},
    {"longitude", "경도", COL_LON, 0},
    /* When the set was exported: it would make every row a changed one. */
    {"work_dttm", "작업일자", TARGET_NONE, 0},
};

const char *
import_column_name(int c)
{
	return c >= 0 && c < COL_COUNT ? names[c] : "";
}

size_t
import_column_most(int c)
{
	return mosts[c];
}

/* Lower case, without blanks inside (설치 위치 (층)) and without the API's prefix. */
static void
simplify(const char *name, char out[IMPORT_KEY_MOST * 2])
{
	size_t n = 0;

	for (; *name != '\0' && n + 1 < (size_t)IMPORT_KEY_MOST * 2; name++)
		if (!isspace((unsigned char)*name))
			out[n++] = (char)tolower((unsigned char)*name);
	out[n] = '\0';
	if (strncmp(out, "x_swifi_", 8) == 0)
		memmove(out, out + 8, n - 8 + 1);
}

int
import_target_of(struct region *mem, const char *name, struct import_target *out)
{
	char simple[IMPORT_KEY_MOST * 2];
	unsigned faults = 0;
	char *copy = region_strdup(mem, name);

	if (copy == NULL)
		return KK_E_NOMEM;
	copy = import_clean(copy, IMPORT_KEY_MOST, &faults);
	simplify(copy, simple);
	*out = (struct import_target){TARGET_LABEL, copy, 0};
	if (simple[0] == '\0')
		out->column = TARGET_NONE;
	for (int c = 0; c < COL_COUNT; c++)
		if (strcmp(simple, names[c]) == 0) {
			out->column = c;
			return KK_OK;
		}
	for (size_t i = 0; i < sizeof(open_data) / sizeof(open_data[0]); i++)
		if (strcmp(simple, open_data[i].api) == 0 ||
		    strcasecmp(simple, open_data[i].korean) == 0) {
			out->column = open_data[i].column;
			out->is_site = open_data[i].is_site;
			if (out->column == TARGET_LABEL)
				out->name = open_data[i].korean;
			return KK_OK;
		}
	return KK_OK;
}

int
import_header_add(struct import *im, unsigned line, const char *name)
{
	struct import_header *h = &im->header;
	struct import_target *t = &h->col[h->n];
	int rc;

	if (h->n == CSV_FIELDS_MAX)
		return KK_E_FULL;
	rc = import_target_of(im->mem, name, t);
	if (rc != KK_OK)
		return rc;
	for (size_t i = 0; i < h->n && t->column != TARGET_NONE; i++)
		if (h->col[i].column == t->column &&
		    (t->column != TARGET_LABEL || strcmp(h->col[i].name, t->name) == 0)) {
			import_warn(im, line, "", t->name,
			    "the column is there twice: the first one counts");
			t->column = TARGET_NONE;
		}
	h->n++;
	return KK_OK;
}

void
import_header_done(struct import *im)
{
	struct import_header *h = &im->header;

	h->n_labels = 0;
	for (size_t i = 0; i < h->n; i++)
		for (size_t j = 0; h->col[i].column == COL_SITE && j < h->n; j++)
			h->col[j].is_site = 0; /* the file says it: no guess */
	for (size_t i = 0; i < h->n; i++) {
		size_t at = h->n_labels;

		if (h->col[i].column != TARGET_LABEL)
			continue;
		for (; at > 0 && strcmp(h->col[h->by_key[at - 1]].name, h->col[i].name) > 0; at--)
			h->by_key[at] = h->by_key[at - 1];
		h->by_key[at] = (int)i;
		h->n_labels++;
	}
}
