/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_table.c - the grammar of `tables` in a profile, and of the columns that rules name. */
#include <stdlib.h>
#include <string.h>

#include "collector/profile/profile_in.h"

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

int
pin_is_object(struct ptree *t, const yaml_node_t *node, const struct pin *in, struct column_ref c)
{
	const struct profile_column *col = &in->p->table[c.table].column[c.column];

	return col->index == INDEX_NONE
		   ? KK_OK
		   : ptree_error(t, node, KK_E_SYNTAX,
			 "\"%s\" is an index: no object has its value", col->name);
}

int
pin_read_object(struct ptree *t, const yaml_node_t *node, struct pin *in, struct column_ref *out)
{
	int rc = pin_read_column(t, node, in, out);

	return rc == KK_OK ? pin_is_object(t, node, in, *out) : rc;
}

/* An index comes with any object of its row: the table's first. */
static void
walk_column(const struct pin *in, struct column_ref c)
{
	struct profile_table *table = &in->p->table[c.table];
	unsigned i = c.column;

	if (table->column[i].index != INDEX_NONE)
		for (i = 0; table->column[i].index != INDEX_NONE; i++)
			;
	table->column[i].walked |= in->walk;
}

/* A column that decides, so that learning has to read it. */
int
pin_read_walked(struct ptree *t, const yaml_node_t *node, struct pin *in, struct column_ref *out)
{
	int rc = pin_read_column(t, node, in, out);

	if (rc == KK_OK)
		walk_column(in, *out);
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
	int rc = ptree_int(t, node, 1, 100000, &rows);

	if (rc == KK_OK)
		((struct profile_table *)table)->rows_max = (unsigned)rows;
	return rc;
}

/* ---- one column ---- */

/* "index 2", "index -1", "index 1 text" */
static int
read_index(struct ptree *t, const yaml_node_t *node, const char *text, struct profile_column *col)
{
	static const struct {
		const char *word;
		enum index_form form;
	} forms[] = {
	    {"", INDEX_NUMBER}, {" text", INDEX_TEXT}, {" rest", INDEX_REST}, {" mac", INDEX_MAC}};
	char *end;
	long at = strtol(text, &end, 10);

	if (end == text || at == 0 || at < -OID_SHORT || at > OID_SHORT)
		return ptree_error(t, node, KK_E_SYNTAX,
		    "\"index %s\": which of its numbers, 1 and up, or -1 and down", text);
	col->at = (int8_t)at;
	for (unsigned i = 0; i < COUNT(forms); i++)
		if (strcmp(end, forms[i].word) == 0)
			col->index = (uint8_t)forms[i].form;
	if (col->index == INDEX_NONE || (at < 0 && col->index != INDEX_NUMBER))
		return ptree_error(t, node, KK_E_SYNTAX,
		    "\"index %s\": nothing, \"text\", \"rest\" or \"mac\" follows the number",
		    text);
	return KK_OK;
}

static int
read_column_oid(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct profile_column *col = into;
	const char *text;
	int rc = ptree_text(t, node, &text);

	if (rc != KK_OK)
		return rc;
	if (strncmp(text, "index ", 6) == 0)
		return read_index(t, node, text + 6, col);
	col->own = strncmp(text, "own ", 4) == 0;
	if (!oid_parse(text + (col->own ? 4 : 0), &col->oid))
		return ptree_error(t, node, KK_E_SYNTAX, "\"%s\" is no object identifier", text);
	return KK_OK;
}

static int
read_column_prefix(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct profile_column *col = into;

	return ptree_copy(t, node, col->prefix, sizeof(col->prefix));
}

static int
read_column_mask(struct ptree *t, const yaml_node_t *node, void *into)
{
	int64_t mask;
	int rc = ptree_int(t, node, 1, UINT32_MAX, &mask);

	if (rc == KK_OK)
		((struct profile_column *)into)->mask = (uint32_t)mask;
	return rc;
}

static int
add_table_column(struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
	static const struct ptree_key keys[] = {
	    {"oid", read_column_oid, 1},
	    {"prefix", read_column_prefix, 0},
	    {"mask", read_column_mask, 0},
	};
	struct profile_table *table = into;
	struct profile_column *col = &table->column[table->n];
	int rc = pin_room(t, key, table->n, PROFILE_COLUMNS);

	if (rc != KK_OK || (rc = ptree_copy(t, key, col->name, sizeof(col->name))) != KK_OK)
		return rc;
	table->n++;
	if (value->type == YAML_SCALAR_NODE)
		return read_column_oid(t, value, col);
	return ptree_map(t, value, keys, COUNT(keys), col);
}

/* ---- tables ---- */

static int
read_table_columns(struct ptree *t, const yaml_node_t *node, void *into)
{
	const struct profile_table *table = into;
	int rc = ptree_pairs(t, node, add_table_column, into);

	for (unsigned i = 0; rc == KK_OK && i < table->n; i++)
		if (table->column[i].index == INDEX_NONE)
			return KK_OK;
	return rc == KK_OK
		   ? ptree_error(t, node, KK_E_SYNTAX, "table \"%s\" has no object", table->name)
		   : rc;
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

int
profile_read_tables(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_pairs(t, node, add_table, ((struct pin *)into)->p);
}
