/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_metric.c - the grammar of `metrics` in a profile, and of the rows that rules choose:
 * `via`, `where`. */
#include <stdlib.h>
#include <string.h>

#include "collector/profile/profile_in.h"

#define ONE_OF "only one of sum, max, count and scalar"

/* ---- via ---- */

struct into_via {
	struct pin in;
	struct join *via;
};

static int
read_via_table(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct into_via *v = into;

	return pin_read_table_name(t, node, v->in.p, &v->via->table);
}

static int
read_via_here(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct into_via *v = into;

	return pin_read_walked(t, node, &v->in, &v->via->here);
}

static int
read_via_there(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct into_via *v = into;
	struct pin there = v->in;
	struct pin_columns l = {&there, v->via->there, &v->via->n_there, PROFILE_WAYS};

	there.table = v->via->table;
	return ptree_list(t, node, pin_add_column, &l);
}

int
pin_read_via(struct ptree *t, const yaml_node_t *node, const struct pin *in, struct selection *rows)
{
	static const struct ptree_key keys[] = {
	    {"table", read_via_table, 1},
	    {"here", read_via_here, 1},
	    {"there", read_via_there, 1},
	};
	struct into_via v = {.in = *in, .via = &rows->via};
	int rc = ptree_map(t, node, keys, COUNT(keys), &v);

	if (rc != KK_OK)
		return rc;
	if (rows->via.here.table != rows->table)
		return ptree_error(t, node, KK_E_SYNTAX, "\"here\" is a column of its own table");
	for (unsigned i = 0; i < rows->via.n_there; i++)
		if (rows->via.there[i].table != rows->via.table)
			return ptree_error(
			    t, node, KK_E_SYNTAX, "\"there\" is a column of the joined table");
	return KK_OK;
}

/* ---- where ---- */

/* "5", or "1..14": from, to. */
static int
read_numbers(const char *text, int64_t *from, int64_t *to)
{
	char *end;

	*from = *to = strtoll(text, &end, 10);
	if (end == text)
		return 0;
	if (strncmp(end, "..", 2) == 0) {
		text = end + 2;
		*to = strtoll(text, &end, 10);
		if (end == text)
			return 0;
	}
	return *end == '\0';
}

static int
add_condition_value(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct condition *c = into;
	const char *text;
	int rc = ptree_text(t, node, &text);

	if (rc != KK_OK || (rc = pin_room(t, node, c->n, PROFILE_VALUES)) != KK_OK)
		return rc;
	if (*text == '~') {
		if (c->has_pattern)
			return ptree_error(t, node, KK_E_RANGE, "more than one pattern");
		rc = pin_read_regex(t, node, text + 1, &c->pattern);
		c->has_pattern = rc == KK_OK;
		return rc;
	}
	c->value[c->n].is_text = node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
				 !read_numbers(text, &c->value[c->n].number, &c->value[c->n].high);
	if (!c->value[c->n].is_text && c->value[c->n].number > c->value[c->n].high)
		return ptree_error(t, node, KK_E_RANGE, "\"%s\" goes down", text);
	rc = ptree_copy(t, node, c->value[c->n].text, sizeof(c->value[0].text));
	c->n++;
	return rc;
}

struct into_where {
	struct pin in;
	struct selection *rows;
	struct condition *c;
};

/* {in: TABLE.COLUMN} */
static int
read_where_in(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct into_where *w = into;

	return pin_read_walked(t, node, &w->in, &w->c->in);
}

static int
add_condition(struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
	static const struct ptree_key keys[] = {{"in", read_where_in, 1}};
	struct into_where *w = into;
	struct selection *s = w->rows;
	struct condition *c = &s->where[s->n_where];
	int rc = pin_room(t, key, s->n_where, PROFILE_WHERE);

	if (rc != KK_OK || (rc = pin_read_walked(t, key, &w->in, &c->column)) != KK_OK)
		return rc;
	if (c->column.table != s->table &&
	    (s->via.table == COLUMN_NONE || c->column.table != s->via.table))
		return ptree_error(t, key, KK_E_SYNTAX,
		    "a condition is on a column of its own table, or of the one under \"via\"");
	s->n_where++;
	c->in = pin_no_column;
	w->c = c;
	if (value->type == YAML_MAPPING_NODE)
		return ptree_map(t, value, keys, COUNT(keys), w);
	return ptree_list(t, value, add_condition_value, c);
}

int
pin_read_where(
    struct ptree *t, const yaml_node_t *node, const struct pin *in, struct selection *rows)
{
	struct into_where w = {.in = *in, .rows = rows};

	return ptree_pairs(t, node, add_condition, &w);
}

/* ---- metrics ---- */

int
pin_read_metric(struct ptree *t, const yaml_node_t *node, enum metric *out)
{
	const char *text;
	int m, rc = ptree_text(t, node, &text);

	if (rc != KK_OK)
		return rc;
	m = metric_by_name(text);
	if (m < 0)
		return ptree_error(t, node, KK_E_NOTFOUND, "there is no metric \"%s\"", text);
	if (m == METRIC_OCTETS_DOWN || m == METRIC_OCTETS_UP || m == METRIC_RTT || m == METRIC_UP ||
	    m == METRIC_UPTIME)
		return ptree_error(t, node, KK_E_SYNTAX, "\"%s\" is not a profile's to set", text);
	*out = (enum metric)m;
	return KK_OK;
}

static struct metric_rule *
metric_of(void *into)
{
	return ((struct pin *)into)->part;
}

static int
read_gathered(struct ptree *t, const yaml_node_t *node, struct pin *in, enum gather how)
{
	struct metric_rule *m = metric_of(in);
	int rc;

	if (m->rows.table != COLUMN_NONE || m->scalar.len > 0)
		return ptree_error(t, node, KK_E_SYNTAX, ONE_OF);
	m->gather = how;
	/* Walked, so that a table that does not exist and one that holds no client differ. */
	if (how == GATHER_COUNT)
		in->walk = WALKED_TALLY;
	if ((rc = pin_read_walked(t, node, in, &m->column)) != KK_OK ||
	    (rc = pin_is_object(t, node, in, m->column)) != KK_OK)
		return rc;
	in->table = m->rows.table = m->column.table;
	return KK_OK;
}

static int
read_count(struct ptree *t, const yaml_node_t *node, void *into)
{
	return read_gathered(t, node, into, GATHER_COUNT);
}

static int
read_beside(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct pin in = *(struct pin *)into;

	in.walk = WALKED_LEARN;
	in.table = COLUMN_NONE;
	return pin_read_walked(t, node, &in, &metric_of(into)->beside);
}

static int
read_metric_via(struct ptree *t, const yaml_node_t *node, void *into)
{
	if (metric_of(into)->rows.table == COLUMN_NONE)
		return ptree_error(t, node, KK_E_SYNTAX, "a scalar has no rows");
	return pin_read_via(t, node, into, &metric_of(into)->rows);
}

static int
read_sum(struct ptree *t, const yaml_node_t *node, void *into)
{
	return read_gathered(t, node, into, GATHER_SUM);
}

static int
read_max(struct ptree *t, const yaml_node_t *node, void *into)
{
	return read_gathered(t, node, into, GATHER_MAX);
}

static int
read_scalar(struct ptree *t, const yaml_node_t *node, void *into)
{
	if (metric_of(into)->rows.table != COLUMN_NONE)
		return ptree_error(t, node, KK_E_SYNTAX, ONE_OF);
	return pin_read_oid(t, node, &metric_of(into)->scalar);
}

static int
read_metric_where(struct ptree *t, const yaml_node_t *node, void *into)
{
	if (metric_of(into)->rows.table == COLUMN_NONE)
		return ptree_error(t, node, KK_E_SYNTAX, "a scalar has no rows");
	return pin_read_where(t, node, into, &metric_of(into)->rows);
}

static int
read_times(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_int(t, node, -1000000, 1000000, &metric_of(into)->times);
}

static int
read_plus(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_int(t, node, -1000000, 1000000, &metric_of(into)->plus);
}

struct bounds {
	int64_t v[2];
	unsigned n;
};

static int
add_bound(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct bounds *b = into;
	int rc = pin_room(t, node, b->n, 2);

	return rc == KK_OK ? ptree_int(t, node, INT32_MIN, UINT32_MAX, &b->v[b->n++]) : rc;
}

static int
read_range(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct metric_rule *m = metric_of(into);
	struct bounds b = {.n = 0};
	int rc = ptree_list(t, node, add_bound, &b);

	if (rc == KK_OK && (b.n != 2 || b.v[0] > b.v[1]))
		rc = ptree_error(t, node, KK_E_RANGE, "a range is [LEAST, MOST]");
	m->low = b.v[0];
	m->high = b.v[1];
	return rc;
}

/* What a rule must have, and must not. */
static int
check_rule(struct ptree *t, const yaml_node_t *node, const struct metric_rule *m)
{
	if (m->rows.table == COLUMN_NONE && m->scalar.len == 0)
		return ptree_error(t, node, KK_E_SYNTAX, "sum, max, count or scalar is missing");
	if ((m->gather == GATHER_COUNT) != (m->beside.table != COLUMN_NONE))
		return ptree_error(t, node, KK_E_SYNTAX,
		    "count and beside belong together: what has rows where an empty table means 0");
	return KK_OK;
}

struct into_metric {
	struct pin *in;
	enum metric metric;
};

static int
add_rule(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const struct ptree_key keys[] = {
	    {"sum", read_sum, 0},
	    {"max", read_max, 0},
	    {"count", read_count, 0},
	    {"scalar", read_scalar, 0},
	    {"beside", read_beside, 0},
	    {"via", read_metric_via, 0},
	    {"where", read_metric_where, 0},
	    {"times", read_times, 0},
	    {"plus", read_plus, 0},
	    {"range", read_range, 0},
	};
	struct into_metric *im = into;
	struct profile *p = im->in->p;
	struct metric_rule *m = &p->metric[p->n_metrics];
	struct pin in = {.p = p, .part = m, .table = COLUMN_NONE, .walk = WALKED_LEARN};
	int rc = pin_room(t, node, p->n_metrics, PROFILE_METRICS);

	if (rc != KK_OK)
		return rc;
	p->n_metrics++;
	m->metric = im->metric;
	m->rows.table = m->rows.via.table = COLUMN_NONE;
	m->column = m->beside = pin_no_column;
	m->times = 1;
	m->low = 1;
	m->high = 0;
	rc = ptree_map(t, node, keys, COUNT(keys), &in);
	return rc == KK_OK ? check_rule(t, node, m) : rc;
}

/* One rule, or a list of them. */
static int
add_metric(struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
	struct into_metric im = {.in = into};
	int rc = pin_read_metric(t, key, &im.metric);

	return rc == KK_OK ? ptree_list(t, value, add_rule, &im) : rc;
}

int
profile_read_metrics(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_pairs(t, node, add_metric, into);
}
