/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_read.c - the grammar of a profile file (kkachi-profile(5)), one reader per key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/profile/profile_in.h"
#include "lib/text.h"

#define PATTERN_MAX 200

int
pin_room(struct ptree *t, const yaml_node_t *node, unsigned n, unsigned max)
{
	return n < max ? KK_OK : ptree_error(t, node, KK_E_RANGE, "more than %u of them", max);
}

int
pin_read_oid(struct ptree *t, const yaml_node_t *node, struct oid *out)
{
	const char *text;
	int rc = ptree_text(t, node, &text);

	if (rc == KK_OK && !oid_parse(text, out))
		rc = ptree_error(t, node, KK_E_SYNTAX, "\"%s\" is no object identifier", text);
	return rc;
}

int
pin_read_regex(struct ptree *t, const yaml_node_t *node, const char *text, regex_t *out)
{
	char why[96];
	int rc;

	/* The C library's compiler takes memory without bounds for counted repetitions. */
	if (strlen(text) > PATTERN_MAX || strchr(text, '{') != NULL)
		return ptree_error(t, node, KK_E_SYNTAX,
		    "pattern \"%s\": longer than %d octets, or holds {", text, PATTERN_MAX);
	rc = regcomp(out, text, REG_EXTENDED | REG_NOSUB);
	if (rc == 0)
		return KK_OK;
	regerror(rc, out, why, sizeof(why));
	return ptree_error(t, node, KK_E_SYNTAX, "pattern \"%s\": %s", text, why);
}

/* ---- tables and columns ---- */

static int
find_table(const struct profile *p, const char *name, size_t len, uint8_t *out)
{
	for (unsigned i = 0; i < p->n_tables; i++)
		if (strlen(p->table[i].name) == len && memcmp(p->table[i].name, name, len) == 0) {
			*out = (uint8_t)i;
			return 1;
		}
	return 0;
}

int
pin_read_table_name(struct ptree *t, const yaml_node_t *node, const struct profile *p, uint8_t *out)
{
	const char *text;
	int rc = ptree_text(t, node, &text);

	if (rc == KK_OK && !find_table(p, text, strlen(text), out))
		rc = ptree_error(t, node, KK_E_NOTFOUND, "there is no table \"%s\"", text);
	return rc;
}

/* "column" of the table at hand, or "table.column". */
int
pin_find_column(struct ptree *t, const yaml_node_t *node, struct pin *in, const char *text,
    size_t len, struct column_ref *out)
{
	const char *dot = memchr(text, '.', len);
	uint8_t table = in->table;

	if (dot != NULL) {
		if (!find_table(in->p, text, (size_t)(dot - text), &table))
			return ptree_error(t, node, KK_E_NOTFOUND, "there is no table \"%.*s\"",
			    (int)(dot - text), text);
		len -= (size_t)(dot + 1 - text);
		text = dot + 1;
	}
	if (table == COLUMN_NONE)
		return ptree_error(
		    t, node, KK_E_SYNTAX, "\"%.*s\" is no TABLE.COLUMN", (int)len, text);
	for (unsigned i = 0; i < in->p->table[table].n; i++) {
		const char *name = in->p->table[table].column[i].name;

		if (strlen(name) == len && memcmp(name, text, len) == 0) {
			*out = (struct column_ref){table, (uint8_t)i};
			return KK_OK;
		}
	}
	return ptree_error(t, node, KK_E_NOTFOUND, "table \"%s\" has no column \"%.*s\"",
	    in->p->table[table].name, (int)len, text);
}

int
pin_read_column(struct ptree *t, const yaml_node_t *node, struct pin *in, struct column_ref *out)
{
	const char *text;
	int rc = ptree_text(t, node, &text);

	return rc == KK_OK ? pin_find_column(t, node, in, text, strlen(text), out) : rc;
}

static void
walk_column(struct profile *p, struct column_ref c)
{
	if (c.table != COLUMN_NONE)
		p->table[c.table].column[c.column].walked = 1;
}

/* A column that decides, so that learning has to read it. */
int
pin_read_walked(struct ptree *t, const yaml_node_t *node, struct pin *in, struct column_ref *out)
{
	int rc = pin_read_column(t, node, in, out);

	if (rc == KK_OK)
		walk_column(in->p, *out);
	return rc;
}

int
pin_add_column(struct ptree *t, const yaml_node_t *node, void *list)
{
	struct pin_columns *l = list;
	int rc = pin_room(t, node, *l->n, l->max);

	return rc == KK_OK ? pin_read_walked(t, node, l->in, &l->column[(*l->n)++]) : rc;
}

static int
read_table_rows(struct ptree *t, const yaml_node_t *node, void *table)
{
	int64_t rows;
	int rc = ptree_int(t, node, 1, 4096, &rows);

	if (rc == KK_OK)
		((struct profile_table *)table)->rows_max = (unsigned)rows;
	return rc;
}

static int
add_table_column(struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
	struct profile_table *table = into;
	int rc = pin_room(t, key, table->n, PROFILE_COLUMNS);

	if (rc != KK_OK || (rc = ptree_copy(t, key, table->column[table->n].name,
				sizeof(table->column[0].name))) != KK_OK)
		return rc;
	return pin_read_oid(t, value, &table->column[table->n++].oid);
}

static int
read_table_columns(struct ptree *t, const yaml_node_t *node, void *table)
{
	return ptree_pairs(t, node, add_table_column, table);
}

static int
add_table(struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
	static const struct ptree_key keys[] = {
	    {"rows", read_table_rows, 0},
	    {"columns", read_table_columns, 1},
	};
	struct profile *p = into;
	struct profile_table *table = &p->table[p->n_tables];
	int rc = pin_room(t, key, p->n_tables, PROFILE_TABLES);

	if (rc != KK_OK || (rc = ptree_copy(t, key, table->name, sizeof(table->name))) != KK_OK)
		return rc;
	table->rows_max = 256;
	p->n_tables++;
	return ptree_map(t, value, keys, COUNT(keys), table);
}

static int
read_tables(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_pairs(t, node, add_table, ((struct pin *)into)->p);
}

/* ---- where ---- */

static int
add_condition_value(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct condition *c = into;
	const char *text;
	char *end;
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
	c->value[c->n].number = strtoll(text, &end, 10);
	c->value[c->n].is_text =
	    end == text || *end != '\0' || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	rc = ptree_copy(t, node, c->value[c->n].text, sizeof(c->value[0].text));
	c->n++;
	return rc;
}

struct into_where {
	struct pin in;
	struct selection *rows;
};

static int
add_condition(struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
	struct into_where *w = into;
	struct selection *s = w->rows;
	struct condition *c = &s->where[s->n_where];
	int rc = pin_room(t, key, s->n_where, PROFILE_WHERE);

	if (rc != KK_OK || (rc = pin_read_walked(t, key, &w->in, &c->column)) != KK_OK)
		return rc;
	if (c->column.table != s->table)
		return ptree_error(
		    t, key, KK_E_SYNTAX, "a condition is on a column of its own table");
	s->n_where++;
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
		return ptree_error(t, node, KK_E_SYNTAX, "only one of sum, max and scalar");
	m->gather = how;
	/* Walked, so that a table that does not exist and one that holds no client differ. */
	if ((rc = pin_read_walked(t, node, in, &m->column)) != KK_OK)
		return rc;
	in->table = m->rows.table = m->column.table;
	return KK_OK;
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
		return ptree_error(t, node, KK_E_SYNTAX, "only one of sum, max and scalar");
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

static int
add_metric(struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
	static const struct ptree_key keys[] = {
	    {"sum", read_sum, 0},
	    {"max", read_max, 0},
	    {"scalar", read_scalar, 0},
	    {"where", read_metric_where, 0},
	    {"times", read_times, 0},
	    {"plus", read_plus, 0},
	    {"range", read_range, 0},
	};
	struct profile *p = ((struct pin *)into)->p;
	struct metric_rule *m = &p->metric[p->n_metrics];
	struct pin in = {.p = p, .part = m, .table = COLUMN_NONE};
	int rc = pin_room(t, key, p->n_metrics, PROFILE_METRICS);

	if (rc != KK_OK || (rc = pin_read_metric(t, key, &m->metric)) != KK_OK)
		return rc;
	p->n_metrics++;
	m->rows.table = COLUMN_NONE;
	m->column = pin_no_column;
	m->times = 1;
	m->low = 1;
	m->high = 0;
	if ((rc = ptree_map(t, value, keys, COUNT(keys), &in)) != KK_OK)
		return rc;
	if (m->rows.table == COLUMN_NONE && m->scalar.len == 0)
		return ptree_error(t, value, KK_E_SYNTAX, "sum, max or scalar is missing");
	return KK_OK;
}

static int
read_metrics(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_pairs(t, node, add_metric, into);
}

/* ---- match and device ---- */

static int
read_match_id(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_oid(t, node, &((struct profile_match *)into)->object_id);
}

static int
read_match_descr(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct profile_match *m = into;
	const char *text;
	int rc = ptree_text(t, node, &text);

	if (rc == KK_OK && (rc = pin_read_regex(t, node, text, &m->descr)) == KK_OK)
		m->has_descr = 1;
	return rc;
}

static int
read_match_probe(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_oid(t, node, &((struct profile_match *)into)->probe);
}

static int
add_match(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const struct ptree_key keys[] = {
	    {"object_id", read_match_id, 1},
	    {"descr", read_match_descr, 0},
	    {"probe", read_match_probe, 0},
	};
	struct profile *p = ((struct pin *)into)->p;
	int rc = pin_room(t, node, p->n_match, PROFILE_MATCHES);

	return rc == KK_OK ? ptree_map(t, node, keys, COUNT(keys), &p->match[p->n_match++]) : rc;
}

static int
read_match(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_list(t, node, add_match, into);
}

static int
read_uptime(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_oid(t, node, &((struct pin *)into)->p->uptime);
}

static int
read_host_uptime(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_oid(t, node, &((struct pin *)into)->p->host_uptime);
}

static int
read_changed(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_oid(t, node, &((struct pin *)into)->p->changed);
}

static int
read_identity(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_walked(t, node, into, &((struct pin *)into)->p->identity);
}

static int
read_device(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const struct ptree_key keys[] = {
	    {"uptime", read_uptime, 1},
	    {"host_uptime", read_host_uptime, 0},
	    {"changed", read_changed, 0},
	    {"identity", read_identity, 0},
	};

	return ptree_map(t, node, keys, COUNT(keys), into);
}

static int
read_name(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct profile *p = ((struct pin *)into)->p;
	int rc = ptree_copy(t, node, p->name, sizeof(p->name));

	if (rc == KK_OK &&
	    strspn(p->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(p->name))
		rc = ptree_error(t, node, KK_E_SYNTAX, "a profile's name has a-z, 0-9 and - only");
	return rc;
}

static int
read_about(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct profile *p = ((struct pin *)into)->p;

	return ptree_copy(t, node, p->about, sizeof(p->about));
}

static int
read_bulk(struct ptree *t, const yaml_node_t *node, void *into)
{
	const char *text;
	int rc = ptree_text(t, node, &text);

	if (rc != KK_OK)
		return rc;
	if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
		return ptree_error(t, node, KK_E_TYPE, "\"%s\" is neither yes nor no", text);
	((struct pin *)into)->p->bulk = text[0] == 'y';
	return KK_OK;
}

static int
read_varbinds(struct ptree *t, const yaml_node_t *node, void *into)
{
	int64_t n;
	int rc = ptree_int(t, node, 4, 60, &n);

	if (rc == KK_OK)
		((struct pin *)into)->p->varbinds = (unsigned)n;
	return rc;
}

int
profile_parse(const char *name, const char *text, size_t len, struct profile **out, struct diag *d)
{
	static const struct ptree_key keys[] = {
	    {"profile", read_name, 1},
	    {"about", read_about, 0},
	    {"bulk", read_bulk, 0},
	    {"varbinds", read_varbinds, 0},
	    {"match", read_match, 0},
	    {"tables", read_tables, 0},
	    {"device", read_device, 1},
	    {"octets", profile_read_octets, 0},
	    {"metrics", read_metrics, 0},
	};
	struct profile *p = calloc(1, sizeof(*p));
	struct pin in = {.p = p, .table = COLUMN_NONE};
	struct ptree t;
	int rc;

	if (p == NULL)
		return diag_set(d, KK_E_NOMEM, "%s: %s", name, kk_strerror(KK_E_NOMEM));
	snprintf(p->file, sizeof(p->file), "%s", name);
	p->hash = text_hash(text, len);
	p->bulk = 1;
	p->varbinds = 24;
	p->identity = pin_no_column;
	if ((rc = ptree_open(&t, name, text, len, d)) == KK_OK) {
		rc = ptree_map(&t, ptree_root(&t), keys, COUNT(keys), &in);
		ptree_close(&t);
	}
	if (rc != KK_OK) {
		profile_free(p);
		return rc;
	}
	*out = p;
	return KK_OK;
}
