/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan from a damaged database: taken or refused; what is taken says the same when written again,
 * and its requests can be made. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collector/layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct profile profile = {.name = "fuzz"};
	struct plan *p = NULL, *again = NULL;
	struct layouts *pool = NULL;
	struct layout *y = NULL;
	uint8_t *octets = NULL;
	struct diag d;
	size_t len;

	if (plan_decode(data, size, &p) != KK_OK)
		return 0;
	if (plan_encode(p, &octets, &len) != KK_OK || plan_decode(octets, len, &again) != KK_OK ||
	    again->n_objects != p->n_objects || again->n_counters != p->n_counters)
		abort();
	if (layouts_new(&pool) == KK_OK &&
	    layouts_take(pool, &profile, 2, "public", octets, len, &y, &d) == KK_OK) {
		unsigned asked = 0;

		for (unsigned i = 0; i < y->n_gets; i++)
			asked += y->get[i].n;
		if (asked < p->n_objects)
			abort();
		layout_release(pool, y);
	}
	layouts_free(pool);
	plan_free(again);
	plan_free(p);
	free(octets);
	return 0;
}
