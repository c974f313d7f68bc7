/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_octets.c - the grammar of `octets` in a profile: which rows are the account. */
#include <string.h>

#include "collector/profile/profile_in.h"

static struct octets_rule *
rule_of(void *into)
{
	return ((struct pin *)into)->part;
}

static int
read_of(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct pin *in = into;
	int rc = pin_read_table_name(t, node, in->p, &rule_of(in)->rows.table);

	in->table = rule_of(in)->rows.table;
	return rc;
}

static int
read_octets_where(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_where(t, node, into, &rule_of(into)->rows);
}

static int
read_octets_via(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_via(t, node, into, &rule_of(into)->rows);
}

static int
read_key(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct octets_rule *r = rule_of(into);
	struct pin_columns l = {into, r->key, &r->n_key, PROFILE_WAYS};

	return ptree_list(t, node, pin_add_column, &l);
}

static int
read_way_down(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_object(t, node, into, &rule_of(into)->way[rule_of(into)->n_ways].down);
}

static int
read_way_up(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_object(t, node, into, &rule_of(into)->way[rule_of(into)->n_ways].up);
}

static int
read_way_key(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_walked(t, node, into, &rule_of(into)->way[rule_of(into)->n_ways].key);
}

static int
add_way(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const struct ptree_key keys[] = {
	    {"down", read_way_down, 1},
	    {"up", read_way_up, 1},
	    {"key", read_way_key, 0},
	};
	struct octets_rule *r = rule_of(into);
	int rc = pin_room(t, node, r->n_ways, PROFILE_WAYS);

	if (rc != KK_OK)
		return rc;
	r->way[r->n_ways].key = pin_no_column;
	if ((rc = ptree_map(t, node, keys, COUNT(keys), into)) != KK_OK)
		return rc;
	if (r->way[r->n_ways].down.table != r->way[r->n_ways].up.table)
		return ptree_error(t, node, KK_E_SYNTAX, "down and up are of different tables");
	r->n_ways++;
	return KK_OK;
}

static int
read_ways(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_list(t, node, add_way, into);
}

static int
read_discontinuity(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_object(t, node, into, &rule_of(into)->discontinuity);
}

static int
read_mbps(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_walked(t, node, into, &rule_of(into)->mbps);
}

static int
read_mbps_max(struct ptree *t, const yaml_node_t *node, void *into)
{
	int64_t mbps;
	int rc = ptree_int(t, node, 1, 1000000, &mbps);

	if (rc == KK_OK)
		rule_of(into)->mbps_max = (uint32_t)mbps;
	return rc;
}

static int
read_pick(struct ptree *t, const yaml_node_t *node, void *into)
{
	int64_t n;
	int rc = ptree_int(t, node, 1, 64, &n);

	if (rc == KK_OK)
		rule_of(into)->pick = (unsigned)n;
	return rc;
}

static int
add_preferred(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct octets_rule *r = into;
	const char *text;
	int rc = ptree_text(t, node, &text);

	if (rc != KK_OK || (rc = pin_room(t, node, r->n_prefer, PROFILE_VALUES)) != KK_OK ||
	    (rc = pin_read_regex(t, node, text, &r->prefer[r->n_prefer])) != KK_OK)
		return rc;
	r->n_prefer++;
	return KK_OK;
}

static int
read_preferred(struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
	struct octets_rule *r = rule_of(into);
	int rc;

	if (r->n_prefer > 0)
		return ptree_error(t, key, KK_E_RANGE, "more than one column is preferred");
	if ((rc = pin_read_walked(t, key, into, &r->prefer_column)) != KK_OK)
		return rc;
	if (r->prefer_column.table != r->rows.table)
		return ptree_error(
		    t, key, KK_E_SYNTAX, "a preference is on a column of its own table");
	return ptree_list(t, value, add_preferred, r);
}

static int
read_prefer(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_pairs(t, node, read_preferred, into);
}

/* "column + column" */
static int
read_terms(struct ptree *t, const yaml_node_t *node, struct pin *in, struct terms *out)
{
	const char *text;
	int rc = ptree_text(t, node, &text);

	while (rc == KK_OK) {
		size_t len;

		text += strspn(text, " +");
		if ((len = strcspn(text, " +")) == 0)
			break;
		if ((rc = pin_room(t, node, out->n, PROFILE_TERMS)) == KK_OK &&
		    (rc = pin_find_column(t, node, in, text, len, &out->column[out->n])) == KK_OK)
			rc = pin_is_object(t, node, in, out->column[out->n++]);
		text += len;
	}
	if (rc == KK_OK && out->n == 0)
		rc = ptree_error(t, node, KK_E_SYNTAX, "a column is expected");
	return rc;
}

static int
add_also_way(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct octets_rule *r = rule_of(into);
	unsigned *n = &r->also[r->n_also].n_ways;
	int rc = pin_room(t, node, *n, PROFILE_WAYS);

	if (rc == KK_OK)
		rc = read_terms(t, node, into, &r->also[r->n_also].way[*n]);
	(*n)++;
	return rc;
}

static int
add_also(struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
	struct octets_rule *r = rule_of(into);
	int rc = pin_room(t, key, r->n_also, COUNT(r->also));

	if (rc != KK_OK || (rc = pin_read_metric(t, key, &r->also[r->n_also].metric)) != KK_OK)
		return rc;
	rc = ptree_list(t, value, add_also_way, into);
	r->n_also++;
	return rc;
}

static int
read_also(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_pairs(t, node, add_also, into);
}

/* Columns of a rule are of its own table or of the one that is joined to it. */
static int
check_tables(struct ptree *t, const yaml_node_t *node, const struct octets_rule *r)
{
	const struct column_ref *c[PROFILE_WAYS * 2 + PROFILE_WAYS + 2 + PROFILE_WAYS];
	unsigned n = 0;

	for (unsigned i = 0; i < r->n_ways; i++) {
		c[n++] = &r->way[i].down;
		c[n++] = &r->way[i].key;
	}
	for (unsigned i = 0; i < r->n_key; i++)
		c[n++] = &r->key[i];
	c[n++] = &r->discontinuity;
	c[n++] = &r->mbps;
	while (n-- > 0)
		if (c[n]->table != COLUMN_NONE && c[n]->table != r->rows.table &&
		    c[n]->table != r->rows.via.table)
			return ptree_error(t, node, KK_E_SYNTAX,
			    "a column is neither of the table under \"of\" nor of the one under "
			    "\"via\"");
	for (unsigned i = 0; i < r->n_also; i++)
		for (unsigned w = 0; w < r->also[i].n_ways; w++)
			for (unsigned k = 0; k < r->also[i].way[w].n; k++) {
				uint8_t table = r->also[i].way[w].column[k].table;

				if (table != r->rows.table && table != r->rows.via.table)
					return ptree_error(t, node, KK_E_SYNTAX,
					    "a column under \"also\" is of a third table");
			}
	return KK_OK;
}

static int
add_octets(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const struct ptree_key keys[] = {
	    {"of", read_of, 1},
	    {"via", read_octets_via, 0},
	    {"where", read_octets_where, 0},
	    {"key", read_key, 1},
	    {"ways", read_ways, 1},
	    {"discontinuity", read_discontinuity, 0},
	    {"mbps", read_mbps, 0},
	    {"mbps_max", read_mbps_max, 0},
	    {"pick", read_pick, 0},
	    {"prefer", read_prefer, 0},
	    {"also", read_also, 0},
	};
	struct profile *p = ((struct pin *)into)->p;
	struct octets_rule *r = &p->octets[p->n_octets];
	struct pin in = {.p = p, .part = r, .table = COLUMN_NONE, .walk = WALKED_LEARN};
	int rc = pin_room(t, node, p->n_octets, PROFILE_ENTRIES);

	if (rc != KK_OK)
		return rc;
	p->n_octets++;
	r->rows.via.table = COLUMN_NONE;
	r->discontinuity = r->mbps = r->prefer_column = pin_no_column;
	rc = ptree_map(t, node, keys, COUNT(keys), &in);
	return rc == KK_OK ? check_tables(t, node, r) : rc;
}

int
profile_read_octets(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_list(t, node, add_octets, into);
}
