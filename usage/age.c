/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "usage/age.h"

#include <stdlib.h>

/* Installed in autumn, in use by spring. */
#define LAST_MONTH 6

int
age_months(kk_day from, kk_day to)
{
	return (to / 100 - from / 100) * 12 + to % 100 - from % 100;
}

/* Two or four digits; -1 if there are fewer. */
static int
digits(const char *p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + p[i] - '0';
	}
	return v;
}

kk_day
age_began(const char *installed, kk_day first_use, kk_day ledger)
{
	int year = digits(installed, 4), month = -1, used = first_use / 100;

	if (year > 0) {
		const char *p = installed + 4;

		p += *p == '-' || *p == '.' || *p == '/';
		month = digits(p, 2);
	}
	if (month >= 1 && month <= 12)
		return year * 100 + month;
	if (first_use == 0 || first_use <= ledger)
		return 0;
	if (year > 0 && year != used && !(year + 1 == used && first_use % 100 <= LAST_MONTH))
		return 0;
	return first_use;
}

static int
by_cell(const void *a, const void *b)
{
	const struct age_entry *x = a, *y = b;

	if (x->age != y->age)
		return (x->age > y->age) - (x->age < y->age);
	if (x->group != y->group)
		return (x->group > y->group) - (x->group < y->group);
	return (x->octets > y->octets) - (x->octets < y->octets);
}

/* Entries of one cell, in order of octets. */
static struct age_cell
cell_of(const struct age_entry *e, size_t n)
{
	struct age_cell c = {.group = e->group, .age = e->age, .n = n};
	uint64_t low = e[(n - 1) / 2].octets, high = e[n / 2].octets;
	unsigned __int128 sum = 0;

	for (size_t i = 0; i < n; i++) {
		sum += e[i].octets;
		c.observed_s += e[i].observed_s;
		c.possible_s += e[i].possible_s;
	}
	c.mean = (uint64_t)(sum / n);
	c.median = low + (high - low) / 2;
	return c;
}

int
age_cells(struct age_entry *e, size_t n, struct age_cell **out, size_t *n_out)
{
	size_t cells = 0, from = 0;

	qsort(e, n, sizeof(*e), by_cell);
	for (size_t i = 0; i < n; i++)
		cells += i == 0 || e[i].age != e[i - 1].age || e[i].group != e[i - 1].group;
	*n_out = 0;
	*out = calloc(cells + 1, sizeof(**out));
	if (*out == NULL)
		return KK_E_NOMEM;
	for (size_t i = 1; i <= n; i++)
		if (i == n || e[i].age != e[from].age || e[i].group != e[from].group) {
			(*out)[(*n_out)++] = cell_of(&e[from], i - from);
			from = i;
		}
	return KK_OK;
}
