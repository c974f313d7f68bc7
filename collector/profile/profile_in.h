/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_in.h - what the readers of a profile's parts share; nobody else includes it. */
#ifndef KK_COLLECTOR_PROFILE_PROFILE_IN_H
#define KK_COLLECTOR_PROFILE_PROFILE_IN_H

#include "collector/profile/profile.h"
#include "collector/profile/ptree.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct column_ref pin_no_column = {COLUMN_NONE, COLUMN_NONE};

/* What the readers fill: the profile, and the part of it that is read now. */
struct pin {
	struct profile *p;
	void *part;
	uint8_t table; /* columns without a table's name are of this one */
	uint8_t walk;  /* enum walked_by: for whom columns are read that decide */
};

/* A list of columns that is filled item by item. */
struct pin_columns {
	struct pin *in;
	struct column_ref *column;
	unsigned *n, max;
};

/**
 * Whether one more fits.
 * @param t Tree.
 * @param node Where.
 * @param n Present.
 * @param max Most.
 * @retval KK_OK
 * @retval KK_E_RANGE
 */
int pin_room(struct ptree *t, const yaml_node_t *node, unsigned n, unsigned max);

/**
 * An object identifier.
 * @param t Tree.
 * @param node Node.
 * @param out Receives it.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int pin_read_oid(struct ptree *t, const yaml_node_t *node, struct oid *out);

/**
 * An extended regular expression.
 * @param t Tree.
 * @param node Where.
 * @param text Pattern.
 * @param out Compiled on KK_OK.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int pin_read_regex(struct ptree *t, const yaml_node_t *node, const char *text, regex_t *out);

/**
 * The same for one whose first parenthesis says what is taken of a text.
 * @param t Tree.
 * @param node Where.
 * @param text Pattern.
 * @param out Compiled on KK_OK.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int pin_read_regex_part(struct ptree *t, const yaml_node_t *node, const char *text, regex_t *out);

/**
 * A table by name.
 * @param t Tree.
 * @param node Node.
 * @param p Profile.
 * @param out Its index.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND
 */
int pin_read_table_name(
    struct ptree *t, const yaml_node_t *node, const struct profile *p, uint8_t *out);

/**
 * "column" of the table at hand, or "table.column".
 * @param t Tree.
 * @param node Where.
 * @param in State.
 * @param text Name, not terminated.
 * @param len Octets.
 * @param out Receives it.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND
 * @retval KK_E_SYNTAX
 */
int pin_find_column(struct ptree *t, const yaml_node_t *node, struct pin *in, const char *text,
    size_t len, struct column_ref *out);

/**
 * A column.
 * @param t Tree.
 * @param node Node.
 * @param in State.
 * @param out Receives it.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND
 */
int pin_read_column(
    struct ptree *t, const yaml_node_t *node, struct pin *in, struct column_ref *out);

/**
 * Whether a column is an object that can be asked for, not an index.
 * @param t Tree.
 * @param node Where.
 * @param in State.
 * @param c Column.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int pin_is_object(
    struct ptree *t, const yaml_node_t *node, const struct pin *in, struct column_ref c);

/**
 * A column that is an object.
 * @param t Tree.
 * @param node Node.
 * @param in State.
 * @param out Receives it.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND
 * @retval KK_E_SYNTAX It is an index.
 */
int pin_read_object(
    struct ptree *t, const yaml_node_t *node, struct pin *in, struct column_ref *out);

/**
 * A column that decides, so that learning has to read it.
 * @param t Tree.
 * @param node Node.
 * @param in State.
 * @param out Receives it.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND
 */
int pin_read_walked(
    struct ptree *t, const yaml_node_t *node, struct pin *in, struct column_ref *out);

/**
 * One column of a list; for ptree_list().
 * @param t Tree.
 * @param node Node.
 * @param list struct pin_columns.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND
 * @retval KK_E_RANGE
 */
int pin_add_column(struct ptree *t, const yaml_node_t *node, void *list);

/**
 * `tables`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int profile_read_tables(struct ptree *t, const yaml_node_t *node, void *into);

/**
 * `metrics`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int profile_read_metrics(struct ptree *t, const yaml_node_t *node, void *into);

/**
 * `via`: the table that is joined.
 * @param t Tree.
 * @param node Node.
 * @param in State.
 * @param rows Receives the join.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int pin_read_via(
    struct ptree *t, const yaml_node_t *node, const struct pin *in, struct selection *rows);

/**
 * `where`.
 * @param t Tree.
 * @param node Node.
 * @param in State.
 * @param rows Receives the conditions.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int pin_read_where(
    struct ptree *t, const yaml_node_t *node, const struct pin *in, struct selection *rows);

/**
 * A metric that a profile may set.
 * @param t Tree.
 * @param node Node.
 * @param out Receives it.
 * @retval KK_OK
 * @retval KK_E_NOTFOUND
 * @retval KK_E_SYNTAX
 */
int pin_read_metric(struct ptree *t, const yaml_node_t *node, enum metric *out);

/**
 * `octets`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int profile_read_octets(struct ptree *t, const yaml_node_t *node, void *into);

/**
 * `aps`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_NOMEM
 */
int profile_read_aps(struct ptree *t, const yaml_node_t *node, void *into);

/** Free what a selection holds. @param s Selection. */
void selection_forget(struct selection *s);

/**
 * `interfaces`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_NOMEM
 */
int profile_read_interfaces(struct ptree *t, const yaml_node_t *node, void *into);

/**
 * `optical`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_NOMEM
 */
int profile_read_optical(struct ptree *t, const yaml_node_t *node, void *into);

/**
 * `poe`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_NOMEM
 */
int profile_read_poe(struct ptree *t, const yaml_node_t *node, void *into);

/**
 * `lldp`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_NOMEM
 */
int profile_read_lldp(struct ptree *t, const yaml_node_t *node, void *into);

/**
 * `bridge`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_NOMEM
 */
int profile_read_bridge(struct ptree *t, const yaml_node_t *node, void *into);

/**
 * `model` under `device`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_RANGE
 */
int profile_read_model(struct ptree *t, const yaml_node_t *node, void *into);

/**
 * `serial` under `device`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_RANGE
 */
int profile_read_serial(struct ptree *t, const yaml_node_t *node, void *into);

/**
 * `firmware` under `device`.
 * @param t Tree.
 * @param node Node.
 * @param into struct pin.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_RANGE
 */
int profile_read_firmware(struct ptree *t, const yaml_node_t *node, void *into);

/** Free the nameplate's patterns. @param p Profile, perhaps half read. */
void profile_free_plate(struct profile *p);

#endif
