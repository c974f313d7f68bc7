/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_plate.c - `model`, `serial` and `firmware` of a profile: where its nameplate stands. */
#include <string.h>

#include "collector/profile/profile_in.h"

struct plate_in {
	struct plate_rule *rule;
	int has;
};

static int
read_where(struct ptree *t, const yaml_node_t *node, void *into, enum plate_from from)
{
	struct plate_in *in = into;

	if (in->has++)
		return ptree_error(t, node, KK_E_SYNTAX, "one of scalar, first and chassis");
	in->rule->from = from;
	return pin_read_oid(t, node, &in->rule->object);
}

static int
read_scalar(struct ptree *t, const yaml_node_t *node, void *into)
{
	return read_where(t, node, into, PLATE_SCALAR);
}

static int
read_first(struct ptree *t, const yaml_node_t *node, void *into)
{
	return read_where(t, node, into, PLATE_FIRST);
}

static int
read_chassis(struct ptree *t, const yaml_node_t *node, void *into)
{
	return read_where(t, node, into, PLATE_CHASSIS);
}

static int
read_part(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct plate_rule *r = ((struct plate_in *)into)->rule;
	const char *text;
	int rc = ptree_text(t, node, &text);

	if (rc == KK_OK && (rc = pin_read_regex_part(t, node, text, &r->part)) == KK_OK) {
		r->has_part = 1;
		if (r->part.re_nsub == 0)
			rc = ptree_error(t, node, KK_E_SYNTAX,
			    "\"%s\" has no parentheses around what is taken", text);
	}
	return rc;
}

struct plate_list {
	struct plate_rule *rule;
	unsigned *n;
};

static int
add_rule(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const struct ptree_key keys[] = {
	    {"scalar", read_scalar, 0},
	    {"first", read_first, 0},
	    {"chassis", read_chassis, 0},
	    {"part", read_part, 0},
	};
	struct plate_list *l = into;
	struct plate_in in = {.rule = &l->rule[*l->n]};
	int rc = pin_room(t, node, *l->n, PROFILE_WAYS);

	if (rc != KK_OK)
		return rc;
	++*l->n; /* before it is read: its pattern is freed with the profile */
	if (node->type == YAML_SCALAR_NODE)
		return pin_read_oid(t, node, &in.rule->object);
	rc = ptree_map(t, node, keys, COUNT(keys), &in);
	if (rc == KK_OK && !in.has)
		rc = ptree_error(t, node, KK_E_SYNTAX, "scalar, first or chassis is missing");
	return rc;
}

static int
read_rules(struct ptree *t, const yaml_node_t *node, void *into, enum nameplate_field field)
{
	struct profile *p = ((struct pin *)into)->p;
	struct plate_list l = {p->plate[field], &p->n_plate[field]};

	return ptree_list(t, node, add_rule, &l);
}

int
profile_read_model(struct ptree *t, const yaml_node_t *node, void *into)
{
	return read_rules(t, node, into, NAMEPLATE_MODEL);
}

int
profile_read_serial(struct ptree *t, const yaml_node_t *node, void *into)
{
	return read_rules(t, node, into, NAMEPLATE_SERIAL);
}

int
profile_read_firmware(struct ptree *t, const yaml_node_t *node, void *into)
{
	return read_rules(t, node, into, NAMEPLATE_FIRMWARE);
}

void
profile_free_plate(struct profile *p)
{
	for (unsigned f = 0; f < NAMEPLATE_COUNT; f++)
		for (unsigned i = 0; i < p->n_plate[f]; i++)
			if (p->plate[f][i].has_part)
				regfree(&p->plate[f][i].part);
}
