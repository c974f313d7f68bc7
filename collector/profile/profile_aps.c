/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_aps.c - the grammar of `aps` in a profile: whom a controller speaks for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/profile/ap_rules.h"
#include "collector/profile/profile_in.h"

void
ap_rules_free(struct ap_rules *r)
{
	if (r == NULL)
		return;
	profile_free(r->rows);
	selection_forget(&r->listed);
	selection_forget(&r->up);
	free(r);
}

static struct ap_rules *
rules_of(void *into)
{
	return ((struct pin *)into)->part;
}

static int
read_list(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct pin *in = into;
	struct ap_rules *r = rules_of(in);
	int rc = pin_read_table_name(t, node, in->p, &r->list);

	in->table = r->listed.table = r->up.table = r->list;
	return rc;
}

/* The same name in every table. */
static int
read_key(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct pin in = *(struct pin *)into;
	struct ap_rules *r = rules_of(into);
	struct column_ref c;
	int rc = KK_OK;

	for (in.table = 0; rc == KK_OK && in.table < in.p->n_tables; in.table++) {
		if ((rc = pin_read_walked(t, node, &in, &c)) == KK_OK && c.table != in.table)
			rc = ptree_error(
			    t, node, KK_E_SYNTAX, "a key is one word: a column of every table");
		r->key[in.table] = c.column;
	}
	return rc;
}

static int
read_macs(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct ap_rules *r = rules_of(into);
	struct pin_columns l = {into, r->mac, &r->n_mac, PROFILE_WAYS};

	return ptree_list(t, node, pin_add_column, &l);
}

static int
read_names(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct ap_rules *r = rules_of(into);
	struct pin_columns l = {into, r->name, &r->n_name, PROFILE_WAYS};

	return ptree_list(t, node, pin_add_column, &l);
}

static int
read_listed(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_where(t, node, into, &rules_of(into)->listed);
}

static int
read_up(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_where(t, node, into, &rules_of(into)->up);
}

static int
read_uptime_column(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_walked(t, node, into, &rules_of(into)->uptime);
}

static int
read_uptime_unit(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const struct {
		const char *name;
		int64_t cs;
	} units[] = {{"ticks", 1}, {"seconds", 100}, {"minutes", 6000}};
	const char *text;
	int rc = ptree_text(t, node, &text);

	for (unsigned i = 0; rc == KK_OK && i < COUNT(units); i++)
		if (strcmp(text, units[i].name) == 0) {
			rules_of(into)->uptime_cs = units[i].cs;
			return KK_OK;
		}
	return rc != KK_OK ? rc
			   : ptree_error(t, node, KK_E_SYNTAX,
				 "\"%s\" is none of ticks, seconds and minutes", text);
}

static int
read_uptime(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const struct ptree_key keys[] = {
	    {"column", read_uptime_column, 1},
	    {"unit", read_uptime_unit, 1},
	};

	return ptree_map(t, node, keys, COUNT(keys), into);
}

#define AP_FACT_READER(id, key)                                                             \
	static int read_##id(struct ptree *t, const yaml_node_t *node, void *into)          \
	{                                                                                   \
		return pin_read_walked(t, node, into, &rules_of(into)->fact[AP_FACT_##id]); \
	}
AP_FACTS(AP_FACT_READER)

/* ---- what does not go together ---- */

static int
of_list(const struct ap_rules *r, const struct column_ref *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (c[i].table != COLUMN_NONE && c[i].table != r->list)
			return 0;
	return 1;
}

/* Thousands of rows are read in one pass: nothing is looked for in another table. */
static int
is_plain(const struct selection *s)
{
	for (unsigned i = 0; i < s->n_where; i++)
		if (s->where[i].in.table != COLUMN_NONE || s->where[i].column.table != s->table)
			return 0;
	return s->via.table == COLUMN_NONE;
}

static int
check_rows(struct ptree *t, const yaml_node_t *node, const struct profile *p)
{
	for (unsigned i = 0; i < p->n_octets; i++) {
		const struct octets_rule *r = &p->octets[i];

		if (!is_plain(&r->rows) || r->pick > 0 || r->n_prefer > 0 || r->n_also > 0 ||
		    r->discontinuity.table != COLUMN_NONE)
			return ptree_error(t, node, KK_E_SYNTAX,
			    "octets under aps: via, in, pick, prefer, also and discontinuity are "
			    "for "
			    "a device's own tables");
	}
	for (unsigned i = 0; i < p->n_metrics; i++)
		if (!is_plain(&p->metric[i].rows) || p->metric[i].scalar.len > 0 ||
		    p->metric[i].gather == GATHER_COUNT)
			return ptree_error(t, node, KK_E_SYNTAX,
			    "metrics under aps: via, in, count and scalar are for a device's own "
			    "tables");
	return KK_OK;
}

static int
check(struct ptree *t, const yaml_node_t *node, const struct ap_rules *r)
{
	if (!is_plain(&r->listed) || !is_plain(&r->up) || !of_list(r, r->mac, r->n_mac) ||
	    !of_list(r, r->name, r->n_name) || !of_list(r, &r->uptime, 1) ||
	    !of_list(r, r->fact, AP_FACT_COUNT))
		return ptree_error(t, node, KK_E_SYNTAX,
		    "who an access point is stands in columns of the table under \"list\"");
	if (r->n_mac + r->n_name == 0)
		return ptree_error(t, node, KK_E_SYNTAX,
		    "\"mac\" or \"name\" is missing: which access point of the inventory is it?");
	return check_rows(t, node, r->rows);
}

static struct ap_rules *
new_rules(const struct profile *of)
{
	struct ap_rules *r = calloc(1, sizeof(*r));

	if (r == NULL || (r->rows = calloc(1, sizeof(*r->rows))) == NULL) {
		free(r);
		return NULL;
	}
	snprintf(r->rows->name, sizeof(r->rows->name), "%s", of->name);
	r->rows->identity = pin_no_column;
	r->listed.via.table = r->up.via.table = COLUMN_NONE;
	r->uptime = pin_no_column;
	for (unsigned i = 0; i < AP_FACT_COUNT; i++)
		r->fact[i] = pin_no_column;
	return r;
}

int
profile_read_aps(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const struct ptree_key keys[] = {
	    {"tables", profile_read_tables, 1},
	    {"list", read_list, 1},
	    {"key", read_key, 1},
	    {"mac", read_macs, 0},
	    {"name", read_names, 0},
	    {"where", read_listed, 0},
	    {"up", read_up, 0},
	    {"uptime", read_uptime, 0},
	    {"serial", read_SERIAL, 0},
	    {"model", read_MODEL, 0},
	    {"firmware", read_FIRMWARE, 0},
	    {"octets", profile_read_octets, 0},
	    {"metrics", profile_read_metrics, 0},
	};
	struct profile *p = ((struct pin *)into)->p;
	struct ap_rules *r = new_rules(p);
	struct pin in = {.part = r, .table = COLUMN_NONE, .walk = WALKED_LEARN};
	int rc;

	if (r == NULL)
		return ptree_error(t, node, KK_E_NOMEM, "%s", kk_strerror(KK_E_NOMEM));
	p->aps = r; /* freed with it, also when this goes wrong */
	in.p = r->rows;
	rc = ptree_map(t, node, keys, COUNT(keys), &in);
	return rc == KK_OK ? check(t, node, r) : rc;
}
