/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/table/numbered.h"

#include <string.h>

/* One row of one column, if that is walked. */
static int
add_row(const struct rows *r, struct ask *a, struct column_ref ref, unsigned long row)
{
	const struct profile_column *c = &r->profile->table[ref.table].column[ref.column];
	unsigned long name[OID_SHORT + 1];
	struct oid o;

	if (!(c->walked & WALKED_LEARN) || !rows_column(r, ref, &o))
		return KK_OK;
	memcpy(name, o.sub, o.len * sizeof(name[0]));
	name[o.len] = row;
	return ask_add(a, name, o.len + 1, (unsigned)ref.table << 8 | ref.column) < 0 ? KK_E_NOMEM
										      : KK_OK;
}

int
numbered_add(const struct rows *r, struct ask *a)
{
	int rc = KK_OK;

	for (unsigned long row = 1; row <= NUMBERED_ROWS; row++)
		for (unsigned t = 0; t < r->profile->n_tables; t++)
			for (unsigned c = 0; c < r->profile->table[t].n && rc == KK_OK; c++)
				rc =
				    add_row(r, a, (struct column_ref){(uint8_t)t, (uint8_t)c}, row);
	return rc;
}

void
numbered_take(struct rows *r, const struct varbind *vb)
{
	for (unsigned t = 0; t < r->profile->n_tables; t++)
		for (unsigned c = 0; c < r->profile->table[t].n; c++) {
			struct column_ref ref = {(uint8_t)t, (uint8_t)c};
			struct oid o;

			if (rows_column(r, ref, &o) && oid_below(vb->name, vb->name_len, &o))
				rows_put(r, ref, vb->name + o.len, vb->name_len - o.len, vb);
		}
}
