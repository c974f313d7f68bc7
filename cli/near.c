/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/near.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 128
#define SHOWN	3

static int
same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned
near_distance(const char *a, const char *b, unsigned most)
{
	unsigned char before[LONGEST + 1], last[LONGEST + 1], row[LONGEST + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > LONGEST || m > LONGEST || (n > m ? n - m : m - n) > most)
		return most + 1;
	memset(before, 0, sizeof(before));
	for (size_t j = 0; j <= m; j++)
		last[j] = (unsigned char)j;
	for (size_t i = 1; i <= n; i++) {
		row[0] = (unsigned char)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned cost = least(least(last[j], row[j - 1]) + 1,
			    last[j - 1] + !same(a[i - 1], b[j - 1]));

			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				cost = least(cost, before[j - 2] + 1);
			row[j] = (unsigned char)cost;
		}
		memcpy(before, last, sizeof(last));
		memcpy(last, row, sizeof(row));
	}
	return least(last[m], most + 1);
}

/* 0 is nearest; an id that begins with what was typed is nearer than one with two letters wrong. */
static unsigned
remoteness(const char *id, const char *asked)
{
	unsigned d = near_distance(id, asked, 2);

	if (d > 1 && strlen(asked) >= 3 && strncmp(id, asked, strlen(asked)) == 0)
		return 1;
	return d < strlen(asked) ? d : 3; /* every id of two letters is near to any other */
}

const char *
near_ids(const struct inventory *inv, const char *id, char out[NEAR_TEXT])
{
	const struct device *best[SHOWN] = {NULL}, *all;
	unsigned how[SHOWN];
	size_t n, found = 0, len = 0;

	all = inventory_all(inv, &n);
	for (size_t i = 0; i < n; i++) {
		unsigned r = remoteness(all[i].id, id);
		size_t k = found < SHOWN ? found : SHOWN - 1;

		if (r > 2 || (found == SHOWN && r >= how[SHOWN - 1]))
			continue;
		for (; k > 0 && r < how[k - 1]; k--) {
			best[k] = best[k - 1];
			how[k] = how[k - 1];
		}
		best[k] = &all[i];
		how[k] = r;
		found += found < SHOWN;
	}
	out[0] = '\0';
	for (size_t i = 0; i < found && len < NEAR_TEXT; i++)
		len += (size_t)snprintf(
		    out + len, NEAR_TEXT - len, "%s%s", i == 0 ? "; near: " : ", ", best[i]->id);
	return out;
}
