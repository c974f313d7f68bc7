/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/table/rows.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

static const struct cell no_cell;

void
rows_init(struct rows *r, const struct profile *p)
{
	*r = (struct rows){.profile = p};
}

int
rows_column(const struct rows *r, struct column_ref c, struct oid *out)
{
	const struct profile_column *col = &r->profile->table[c.table].column[c.column];

	if (col->index != INDEX_NONE)
		return 0;
	if (!col->own) {
		*out = col->oid;
		return 1;
	}
	if (r->own.len == 0 || r->own.len + col->oid.len > OID_SHORT)
		return 0;
	*out = r->own;
	memcpy(out->sub + out->len, col->oid.sub, col->oid.len * sizeof(out->sub[0]));
	out->len += col->oid.len;
	return 1;
}

void
rows_forget(struct rows *r)
{
	for (unsigned i = 0; i < PROFILE_TABLES; i++) {
		free(r->table[i].inst_len);
		free(r->table[i].inst_at);
		free(r->table[i].cell);
		free(r->table[i].when_cs);
		free(r->table[i].slot);
	}
	free(r->octets);
	free(r->sub);
	*r = (struct rows){0};
}

/* Room for `more` elements behind the `n` that are there. */
static int
make_room(void **p, size_t *room, size_t n, size_t more, size_t size)
{
	size_t want = n + more > 2 * *room ? n + more : 2 * *room;
	void *grown;

	if (n + more <= *room)
		return KK_OK;
	if ((grown = realloc(*p, want * size)) == NULL)
		return KK_E_NOMEM;
	*p = grown;
	*room = want;
	return KK_OK;
}

static int
same_inst(const struct rows *r, const struct rows_table *t, unsigned row, const unsigned long *inst,
    size_t len)
{
	return t->inst_len[row] == len &&
	       memcmp(r->sub + t->inst_at[row], inst, len * sizeof(*inst)) == 0;
}

static uint32_t *
slot_of(const struct rows *r, const struct rows_table *t, const unsigned long *inst, size_t len)
{
	unsigned at = (unsigned)text_hash(inst, len * sizeof(*inst)) & (t->slots - 1);

	while (t->slot[at] != 0 && !same_inst(r, t, t->slot[at] - 1, inst, len))
		at = (at + 1) & (t->slots - 1);
	return &t->slot[at];
}

/* Columns side by side stay at a row, one after another they go on to the next. */
static int
find_row(struct rows *r, struct rows_table *t, const unsigned long *inst, size_t len)
{
	uint32_t row;

	for (unsigned i = 0; i < 2; i++)
		if (t->cursor + i < t->n && same_inst(r, t, t->cursor + i, inst, len)) {
			t->cursor += i;
			return (int)t->cursor;
		}
	if (t->n == 0 || (row = *slot_of(r, t, inst, len)) == 0)
		return -1;
	t->cursor = row - 1;
	return (int)t->cursor;
}

static int
grow_slots(struct rows *r, struct rows_table *t, unsigned room)
{
	uint32_t *slot = calloc((size_t)room * 2, sizeof(*slot));

	if (slot == NULL)
		return KK_E_NOMEM;
	free(t->slot);
	t->slot = slot;
	t->slots = room * 2;
	for (unsigned i = 0; i < t->n; i++)
		*slot_of(r, t, r->sub + t->inst_at[i], t->inst_len[i]) = i + 1;
	return KK_OK;
}

static int
grow_table(struct rows *r, struct rows_table *t, unsigned columns)
{
	unsigned room = t->room > 0 ? t->room * 2 : 8;
	uint8_t *len = realloc(t->inst_len, room * sizeof(*len));
	uint32_t *at;
	int64_t *when;
	struct cell *cell;

	if (len == NULL)
		return KK_E_NOMEM;
	t->inst_len = len;
	if ((at = realloc(t->inst_at, room * sizeof(*at))) == NULL)
		return KK_E_NOMEM;
	t->inst_at = at;
	if ((when = realloc(t->when_cs, room * sizeof(*when))) == NULL)
		return KK_E_NOMEM;
	t->when_cs = when;
	if ((cell = realloc(t->cell, (size_t)room * columns * sizeof(*cell))) == NULL)
		return KK_E_NOMEM;
	t->cell = cell;
	if (grow_slots(r, t, room) != KK_OK)
		return KK_E_NOMEM;
	t->room = room;
	return KK_OK;
}

static int
put_text(struct rows *r, struct cell *c, const struct varbind *vb)
{
	size_t len = vb->len < UINT8_MAX ? vb->len : UINT8_MAX;
	void *octets = r->octets;

	if (vb->octets == NULL || len == 0)
		return KK_OK;
	if (make_room(&octets, &r->octets_room, r->n_octets, len, 1) != KK_OK)
		return KK_E_NOMEM;
	r->octets = octets;
	c->at = (uint32_t)r->n_octets;
	c->len = (uint8_t)len;
	memcpy(r->octets + r->n_octets, vb->octets, len);
	r->n_octets += len;
	return KK_OK;
}

/* What a column says that stands in the instance; type 0: the instance is of another form. */
static int
put_index(struct rows *r, struct cell *cell, const struct profile_column *col,
    const unsigned long *inst, size_t len)
{
	size_t at = (size_t)(col->at > 0 ? col->at - 1 : (int)len + col->at), n = 0;
	uint8_t octets[OID_MAX];
	struct varbind vb = {.type = VB_OCTETS, .octets = octets};

	if (at >= len)
		return KK_OK;
	if (col->index == INDEX_NUMBER) {
		*cell = (struct cell){.type = VB_INTEGER, .number = (int64_t)inst[at]};
		return KK_OK;
	}
	if (col->index == INDEX_TEXT)
		n = inst[at] < len - at ? inst[at++] : SIZE_MAX;
	else
		n = col->index == INDEX_MAC ? 6 : len - at;
	if (n > len - at)
		return KK_OK;
	for (size_t i = 0; i < n; i++) {
		if (inst[at + i] > UINT8_MAX)
			return KK_OK;
		octets[i] = (uint8_t)inst[at + i];
	}
	vb.len = n;
	cell->type = VB_OCTETS;
	return put_text(r, cell, &vb);
}

static int
put_indexes(struct rows *r, unsigned table, unsigned row, const unsigned long *inst, size_t len)
{
	const struct profile_table *t = &r->profile->table[table];
	int rc = KK_OK;

	for (unsigned i = 0; i < t->n && rc == KK_OK; i++)
		if (t->column[i].index != INDEX_NONE)
			rc = put_index(r, &r->table[table].cell[(size_t)row * t->n + i],
			    &t->column[i], inst, len);
	return rc;
}

static int
add_row(struct rows *r, unsigned table, const unsigned long *inst, size_t len)
{
	struct rows_table *t = &r->table[table];
	unsigned columns = r->profile->table[table].n;
	void *sub = r->sub;

	if (t->n >= r->profile->table[table].rows_max) {
		t->cut = 1;
		return KK_E_FULL;
	}
	if (t->n == t->room && grow_table(r, t, columns) != KK_OK)
		return KK_E_NOMEM;
	if (make_room(&sub, &r->sub_room, r->n_sub, len, sizeof(*inst)) != KK_OK)
		return KK_E_NOMEM;
	r->sub = sub;
	t->inst_len[t->n] = (uint8_t)len;
	t->inst_at[t->n] = (uint32_t)r->n_sub;
	memcpy(r->sub + r->n_sub, inst, len * sizeof(*inst));
	r->n_sub += len;
	memset(&t->cell[(size_t)t->n * columns], 0, columns * sizeof(*t->cell));
	t->cursor = t->n;
	if (put_indexes(r, table, t->n, inst, len) != KK_OK)
		return KK_E_NOMEM;
	*slot_of(r, t, inst, len) = t->n + 1;
	return (int)t->n++;
}

/* What is left of an instance behind a column's prefix: a length, the prefix, the row. */
static size_t
behind_prefix(const struct profile_column *col, const unsigned long **inst, size_t len)
{
	size_t n = strlen(col->prefix);

	if (n == 0)
		return len;
	if (len < n + 2 || (*inst)[0] != len - 1)
		return 0;
	for (size_t i = 0; i < n; i++)
		if ((*inst)[i + 1] != (uint8_t)col->prefix[i])
			return 0;
	*inst += n + 1;
	return len - n - 1;
}

int
rows_put(struct rows *r, struct column_ref c, const unsigned long *inst, size_t len,
    const struct varbind *vb)
{
	const struct profile_column *col = &r->profile->table[c.table].column[c.column];
	struct rows_table *t = &r->table[c.table];
	struct cell *cell;
	int row;

	if (len == 0 || len > OID_MAX)
		return KK_E_FULL;
	if ((len = behind_prefix(col, &inst, len)) == 0)
		return KK_OK; /* another column's */
	if ((row = find_row(r, t, inst, len)) < 0 && (row = add_row(r, c.table, inst, len)) < 0)
		return row;
	t->when_cs[row] = r->now_cs;
	cell = &t->cell[(size_t)row * r->profile->table[c.table].n + c.column];
	*cell = (struct cell){.type = vb->type, .number = vb->number};
	if (col->mask != 0)
		cell->number &= col->mask;
	return put_text(r, cell, vb);
}

const struct cell *
rows_cell(const struct rows *r, struct column_ref c, unsigned row)
{
	if (c.table == COLUMN_NONE || row >= r->table[c.table].n)
		return &no_cell;
	return &r->table[c.table].cell[(size_t)row * r->profile->table[c.table].n + c.column];
}

const uint8_t *
rows_text(const struct rows *r, const struct cell *c)
{
	static const uint8_t none[1];

	return c->len > 0 ? r->octets + c->at : none;
}

/* "12", "-3", "3.7" (to the nearest), perhaps with a unit behind it. */
static int
text_number(const uint8_t *p, size_t len, int64_t *out)
{
	int64_t v = 0;
	size_t i = 0, digits = 0;
	int minus = len > 0 && p[0] == '-';

	for (i = (size_t)minus; i < len && p[i] >= '0' && p[i] <= '9' && digits < 18; i++, digits++)
		v = v * 10 + (p[i] - '0');
	if (digits > 0 && i + 1 < len && p[i] == '.' && p[i + 1] >= '5' && p[i + 1] <= '9')
		v++;
	*out = minus ? -v : v;
	return digits > 0;
}

static int
number_of(uint8_t type, int64_t number, const uint8_t *octets, size_t len, int64_t *out)
{
	switch (type) {
	case VB_INTEGER:
	case VB_COUNTER32:
	case VB_GAUGE32:
	case VB_TIMETICKS:
	case VB_COUNTER64:
		*out = number;
		return 1;
	case VB_OCTETS:
		return octets != NULL && text_number(octets, len, out);
	default:
		return 0;
	}
}

int
varbind_number(const struct varbind *vb, int64_t *out)
{
	return number_of(vb->type, vb->number, vb->octets, vb->len, out);
}

int
rows_number(const struct rows *r, const struct cell *c, int64_t *out)
{
	return number_of(c->type, c->number, rows_text(r, c), c->len, out);
}

static int
is_whole(uint8_t type)
{
	return type == VB_INTEGER || type == VB_GAUGE32;
}

int
rows_equal(const struct rows *r, const struct cell *a, const struct cell *b)
{
	if (a->type == VB_OCTETS && b->type == VB_OCTETS)
		return a->len > 0 && a->len == b->len &&
		       memcmp(rows_text(r, a), rows_text(r, b), a->len) == 0;
	return is_whole(a->type) && is_whole(b->type) && a->number == b->number;
}

size_t
rows_name(const struct rows *r, struct column_ref c, unsigned row, unsigned long out[OID_MAX])
{
	const struct rows_table *t = &r->table[c.table];
	const char *prefix = r->profile->table[c.table].column[c.column].prefix;
	size_t n, more = strlen(prefix);
	struct oid o;

	if (!rows_column(r, c, &o) || o.len + 1 + more + t->inst_len[row] > OID_MAX)
		return 0;
	memcpy(out, o.sub, o.len * sizeof(*out));
	n = o.len;
	if (more > 0)
		out[n++] = more + t->inst_len[row];
	for (size_t i = 0; i < more; i++)
		out[n++] = (uint8_t)prefix[i];
	memcpy(out + n, r->sub + t->inst_at[row], t->inst_len[row] * sizeof(*out));
	return n + t->inst_len[row];
}

unsigned
rows_join(const struct rows *r, const struct join *via, unsigned row)
{
	const struct cell *here;

	if (via->table == COLUMN_NONE)
		return UINT_MAX;
	here = rows_cell(r, via->here, row);
	for (unsigned i = 0; i < r->table[via->table].n; i++)
		for (unsigned k = 0; k < via->n_there; k++)
			if (rows_equal(r, here, rows_cell(r, via->there[k], i)))
				return i;
	return UINT_MAX;
}

static int
has_value(const struct rows *r, const struct condition *c, const struct cell *cell)
{
	const uint8_t *octets = rows_text(r, cell);
	char text[UINT8_MAX + 1];
	int64_t number;

	for (unsigned i = 0; i < c->n; i++) {
		const char *want = c->value[i].text;

		if (cell->type == VB_OCTETS && strlen(want) == cell->len &&
		    memcmp(want, octets, cell->len) == 0)
			return 1;
		if (!c->value[i].is_text && rows_number(r, cell, &number) &&
		    number >= c->value[i].number && number <= c->value[i].high)
			return 1;
	}
	if (c->in.table != COLUMN_NONE)
		for (unsigned i = 0; i < r->table[c->in.table].n; i++)
			if (rows_equal(r, cell, rows_cell(r, c->in, i)))
				return 1;
	if (!c->has_pattern || cell->type != VB_OCTETS)
		return 0;
	memcpy(text, octets, cell->len);
	text[cell->len] = '\0';
	return regexec(&c->pattern, text, 0, NULL, 0) == 0;
}

int
rows_selected(const struct rows *r, const struct selection *s, unsigned row)
{
	unsigned joined = rows_join(r, &s->via, row);

	for (unsigned i = 0; i < s->n_where; i++) {
		struct column_ref c = s->where[i].column;

		if (!has_value(
			r, &s->where[i], rows_cell(r, c, c.table == s->table ? row : joined)))
			return 0;
	}
	return 1;
}
