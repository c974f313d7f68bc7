/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/plate.h"

#include <stdlib.h>
#include <string.h>

/* Of a column so many rows are looked at: what is empty may come before what has a text, and a
 * stack before its first chassis. */
#define ROWS_TRIED  4
#define CHASSIS	    3	/* ENTITY-MIB, PhysicalClass */
#define NAME_LENGTH 64	/* sub-identifiers of a row's name; what is longer is not followed */
#define TEXT_LENGTH 256 /* octets of a text that a pattern looks at, with NUL */

struct plate {
	const struct profile *profile;
	struct nameplate *into;
	plate_end_cb end;
	void *ctx;
	struct ask *ask;
	unsigned rank[NAMEPLATE_COUNT]; /* rule that gave the text; PROFILE_WAYS: none did */
	/* The column that is looked at, and where in it. */
	unsigned field, rule, row;
	unsigned long name[NAME_LENGTH];
	size_t name_len;
	int below;   /* the newest answer is of this column */
	int chassis; /* it says that this row is one */
};

static const struct oid physical_class = {12, {1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 5}};

static void next_column(struct plate *p);

void
plate_free(struct plate *p)
{
	if (p == NULL)
		return;
	ask_free(p->ask);
	free(p);
}

/* What a pattern leaves of a text; 0: nothing. */
static size_t
part_of(const struct plate_rule *r, const struct varbind *vb, char text[TEXT_LENGTH])
{
	size_t len = vb->len < TEXT_LENGTH ? vb->len : TEXT_LENGTH - 1;
	regmatch_t m[2];

	memcpy(text, vb->octets, len);
	text[len] = '\0';
	if (!r->has_part)
		return strlen(text);
	if (regexec(&r->part, text, 2, m, 0) != 0 || m[1].rm_so < 0)
		return 0;
	len = (size_t)(m[1].rm_eo - m[1].rm_so);
	memmove(text, text + m[1].rm_so, len);
	return len;
}

static void
take(struct plate *p, unsigned field, unsigned rule, const struct varbind *vb)
{
	struct nameplate fresh = *p->into;
	char text[TEXT_LENGTH];
	size_t len;

	if (vb->type != VB_OCTETS || vb->octets == NULL)
		return;
	if ((len = part_of(&p->profile->plate[field][rule], vb, text)) == 0)
		return;
	nameplate_take(&fresh, (enum nameplate_field)field, (const uint8_t *)text, len);
	if (fresh.text[field][0] == '\0')
		return;
	*p->into = fresh;
	p->rank[field] = rule;
}

static void
finish(struct plate *p, int rc)
{
	/* It may refuse or ignore these objects, and be sound. */
	p->end(p->ctx, rc == KK_E_SILENT || rc == KK_E_REFUSED ? KK_OK : rc); /* may free it */
}

/* ---- objects ---- */

/* A rule whose text would be news. */
static int
is_wanted(const struct plate *p, unsigned f, unsigned r, enum plate_from from)
{
	return p->profile->plate[f][r].from == from && r < p->rank[f];
}

/* The names of all rules of a kind, with an instance behind each of them. */
static int
add_objects(struct plate *p, enum plate_from from, const unsigned long *inst, size_t n_inst)
{
	unsigned long name[NAME_LENGTH];

	ask_clear(p->ask);
	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
		for (unsigned r = 0; r < p->profile->n_plate[f]; r++) {
			const struct oid *o = &p->profile->plate[f][r].object;

			if (!is_wanted(p, f, r, from) || o->len + n_inst > NAME_LENGTH)
				continue;
			memcpy(name, o->sub, o->len * sizeof(name[0]));
			if (n_inst > 0)
				memcpy(name + o->len, inst, n_inst * sizeof(name[0]));
			if (ask_add(p->ask, name, o->len + n_inst, f * PROFILE_WAYS + r) < 0)
				return KK_E_NOMEM;
		}
	return KK_OK;
}

/* Every rule of this kind that names the object. */
static void
take_object(struct plate *p, enum plate_from from, const struct varbind *vb)
{
	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
		for (unsigned r = 0; r < p->profile->n_plate[f]; r++) {
			const struct oid *o = &p->profile->plate[f][r].object;
			size_t len = from == PLATE_SCALAR ? vb->name_len : o->len;

			if (is_wanted(p, f, r, from) && len <= vb->name_len &&
			    oid_compare(vb->name, len, o->sub, o->len) == 0)
				take(p, f, r, vb);
		}
}

/* ---- the chassis ---- */

static void
got_of_chassis(void *ctx, unsigned i, const struct varbind *vb)
{
	(void)i;
	take_object(ctx, PLATE_CHASSIS, vb);
}

static void
chassis_ended(void *ctx, int rc)
{
	finish(ctx, rc);
}

static void ask_class(struct plate *p);

static void
got_class(void *ctx, unsigned i, const struct varbind *vb)
{
	struct plate *p = ctx;

	if (i != 0 || vb->name_len > NAME_LENGTH ||
	    !oid_below(vb->name, vb->name_len, &physical_class) ||
	    oid_compare(vb->name, vb->name_len, p->name, p->name_len) <= 0)
		return;
	memcpy(p->name, vb->name, vb->name_len * sizeof(p->name[0]));
	p->name_len = vb->name_len;
	p->below = 1;
	p->chassis = vb->type == VB_INTEGER && vb->number == CHASSIS;
}

static void
class_ended(void *ctx, int rc)
{
	struct plate *p = ctx;
	size_t column = physical_class.len;

	if (rc != KK_OK || !p->below || (!p->chassis && ++p->row >= ROWS_TRIED)) {
		finish(p, rc);
		return;
	}
	if (!p->chassis) {
		ask_class(p);
		return;
	}
	rc = add_objects(p, PLATE_CHASSIS, p->name + column, p->name_len - column);
	if (rc == KK_OK)
		rc = ask_get(p->ask, got_of_chassis, chassis_ended, p);
	if (rc != KK_OK)
		finish(p, rc == KK_END ? KK_OK : rc);
}

static void
ask_class(struct plate *p)
{
	int rc = KK_E_NOMEM;

	p->below = 0;
	ask_clear(p->ask);
	if (ask_add(p->ask, p->name, p->name_len, 0) >= 0)
		rc = ask_next(p->ask, got_class, class_ended, p);
	if (rc != KK_OK)
		finish(p, rc);
}

static void
look_for_chassis(struct plate *p)
{
	int wanted = 0;

	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
		for (unsigned r = 0; r < p->profile->n_plate[f]; r++)
			wanted |= is_wanted(p, f, r, PLATE_CHASSIS);
	if (!wanted) {
		finish(p, KK_OK);
		return;
	}
	p->row = 0;
	memcpy(p->name, physical_class.sub, physical_class.len * sizeof(p->name[0]));
	p->name_len = physical_class.len;
	ask_class(p);
}

/* ---- columns ---- */

static void
got_row(void *ctx, unsigned i, const struct varbind *vb)
{
	struct plate *p = ctx;
	const struct plate_rule *r = &p->profile->plate[p->field][p->rule];

	if (i != 0 || vb->name_len > NAME_LENGTH ||
	    !oid_below(vb->name, vb->name_len, &r->object) ||
	    oid_compare(vb->name, vb->name_len, p->name, p->name_len) <= 0)
		return;
	memcpy(p->name, vb->name, vb->name_len * sizeof(p->name[0]));
	p->name_len = vb->name_len;
	p->below = 1;
	take(p, p->field, p->rule, vb);
}

static void
row_ended(void *ctx, int rc)
{
	struct plate *p = ctx;

	if (rc != KK_OK) {
		finish(p, rc);
		return;
	}
	if (!p->below || ++p->row >= ROWS_TRIED) {
		p->rule++;
		p->row = 0;
	}
	next_column(p);
}

/* The next rule that names a column, of a field that has no better text yet. */
static int
find_column(struct plate *p)
{
	for (; p->field < NAMEPLATE_COUNT; p->field++, p->rule = 0, p->row = 0)
		for (; p->rule < p->profile->n_plate[p->field]; p->rule++, p->row = 0)
			if (is_wanted(p, p->field, p->rule, PLATE_FIRST))
				return 1;
	return 0;
}

static void
next_column(struct plate *p)
{
	const struct oid *column;
	int rc = KK_E_NOMEM;

	if (!find_column(p)) {
		look_for_chassis(p);
		return;
	}
	column = &p->profile->plate[p->field][p->rule].object;
	if (p->row == 0) {
		memcpy(p->name, column->sub, column->len * sizeof(p->name[0]));
		p->name_len = column->len;
	}
	p->below = 0;
	ask_clear(p->ask);
	if (ask_add(p->ask, p->name, p->name_len, 0) >= 0)
		rc = ask_next(p->ask, got_row, row_ended, p);
	if (rc != KK_OK)
		finish(p, rc);
}

/* ---- scalars ---- */

static void
got_scalar(void *ctx, unsigned i, const struct varbind *vb)
{
	(void)i;
	take_object(ctx, PLATE_SCALAR, vb);
}

static void
scalars_ended(void *ctx, int rc)
{
	struct plate *p = ctx;

	if (rc != KK_OK && rc != KK_E_REFUSED)
		finish(p, rc);
	else
		next_column(p);
}

static int
is_empty(const struct profile *profile)
{
	unsigned n = 0;

	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
		n += profile->n_plate[f];
	return n == 0;
}

int
plate_start(const struct ask_peer *peer, const struct profile *profile, struct nameplate *into,
    plate_end_cb end, void *ctx, struct plate **out)
{
	struct plate *p;
	int rc, later = 0;

	if (is_empty(profile))
		return KK_END;
	if ((p = calloc(1, sizeof(*p))) == NULL)
		return KK_E_NOMEM;
	p->profile = profile;
	p->into = into;
	p->end = end;
	p->ctx = ctx;
	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
		p->rank[f] = PROFILE_WAYS;
	if ((rc = ask_new(peer, &p->ask)) == KK_OK)
		rc = add_objects(p, PLATE_SCALAR, NULL, 0);
	if (rc == KK_OK && ask_count(p->ask) > 0)
		rc = ask_get(p->ask, got_scalar, scalars_ended, p);
	else if (rc == KK_OK)
		later = 1;
	if (rc != KK_OK) {
		plate_free(p);
		return rc;
	}
	*out = p;
	if (later)
		next_column(p); /* nothing but columns */
	return KK_OK;
}
