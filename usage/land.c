/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/land.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/csv.h"

#define DISTRICTS_MAX 300
#define NAME_ROOM     64

struct district {
	char name[NAME_ROOM];
	uint64_t hectares;
};

struct land {
	struct district at[DISTRICTS_MAX];
	size_t n;
};

/* As the city publishes them, in 1/100 km²; 605.25 km² together. From "서울특별시의 행정 구역",
 * Korean Wikipedia, as of May 2022, after the city's list of districts (자치구별 동 현황). Small
 * changes of a few ares come with every survey. */
static const struct {
	const char *name;
	unsigned hectares;
} seoul[] = {{"종로구", 2391}, {"중구", 996}, {"용산구", 2187}, {"성동구", 1685}, {"광진구", 1706},
    {"동대문구", 1420}, {"중랑구", 1850}, {"성북구", 2456}, {"강북구", 2361}, {"도봉구", 2070},
    {"노원구", 3544}, {"은평구", 2969}, {"서대문구", 1760}, {"마포구", 2388}, {"양천구", 1740},
    {"강서구", 4143}, {"구로구", 2012}, {"금천구", 1300}, {"영등포구", 2457}, {"동작구", 1635},
    {"관악구", 2957}, {"서초구", 4700}, {"강남구", 3951}, {"송파구", 3388}, {"강동구", 2458}};

static int
add(struct land *l, const char *name, uint64_t hectares)
{
	struct district *a = &l->at[l->n];

	if (l->n == DISTRICTS_MAX || strlen(name) >= NAME_ROOM)
		return KK_E_RANGE;
	snprintf(a->name, NAME_ROOM, "%s", name);
	a->hectares = hectares;
	l->n++;
	return KK_OK;
}

/* "23.91" as 2391; more decimals are cut off. */
static int
parse_km2(const char *text, uint64_t *hectares)
{
	uint64_t n = 0;
	int decimals = -1;

	if (*text == '\0' || strlen(text) > 12)
		return KK_E_SYNTAX;
	for (; *text != '\0'; text++) {
		if (*text == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (*text < '0' || *text > '9')
			return KK_E_SYNTAX;
		if (decimals == 2)
			continue;
		n = n * 10 + (uint64_t)(*text - '0');
		if (decimals >= 0)
			decimals++;
	}
	for (; decimals < 2; decimals = decimals < 0 ? 1 : decimals + 1)
		n *= 10;
	*hectares = n;
	return n > 0 ? KK_OK : KK_E_SYNTAX;
}

static int
read_rows(struct land *l, struct csv *csv, const char *path, struct diag *d)
{
	char *f[CSV_FIELDS_MAX];
	size_t n, name = SIZE_MAX, km2 = SIZE_MAX;
	uint64_t hectares;
	unsigned line;
	int rc;

	if ((rc = csv_next(csv, f, &n, &line, d)) != KK_OK)
		return rc == KK_END ? diag_set(d, KK_E_SYNTAX, "%s: empty", path) : rc;
	for (size_t i = 0; i < n; i++)
		if (strcmp(f[i], "district") == 0)
			name = i;
		else if (strcmp(f[i], "km2") == 0)
			km2 = i;
	if (name == SIZE_MAX || km2 == SIZE_MAX)
		return diag_set(
		    d, KK_E_SYNTAX, "%s:%u: the columns are district and km2", path, line);
	while ((rc = csv_next(csv, f, &n, &line, d)) == KK_OK)
		if (n <= name || n <= km2 || parse_km2(f[km2], &hectares) != KK_OK ||
		    add(l, f[name], hectares) != KK_OK)
			return diag_set(d, KK_E_SYNTAX,
			    "%s:%u: not a district and its km², as 강남구,39.51", path, line);
	return rc == KK_END ? KK_OK : rc;
}

int
land_read(const char *path, struct land **out, struct diag *d)
{
	struct land *l = calloc(1, sizeof(*l));
	struct csv *csv = NULL;
	int rc = KK_OK;

	*out = NULL;
	if (l == NULL)
		return diag_set(d, KK_E_NOMEM, "%s", kk_strerror(KK_E_NOMEM));
	if (*path == '\0') {
		for (size_t i = 0; i < sizeof(seoul) / sizeof(seoul[0]); i++)
			add(l, seoul[i].name, seoul[i].hectares);
	} else if ((rc = csv_open(path, &csv, d)) == KK_OK) {
		rc = read_rows(l, csv, path, d);
		csv_free(csv);
	}
	if (rc == KK_OK)
		*out = l;
	else
		land_free(l);
	return rc;
}

void
land_free(struct land *l)
{
	free(l);
}

uint64_t
land_of(const struct land *l, const char *district)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->at[i].name, district) == 0)
			return l->at[i].hectares;
	return 0;
}

uint64_t
land_whole(const struct land *l)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < l->n; i++)
		sum += l->at[i].hectares;
	return sum;
}
