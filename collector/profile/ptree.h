/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ptree.h - a YAML file as a tree that is read by tables of keys; every mistake names file and
 * line. */
#ifndef KK_COLLECTOR_PROFILE_PTREE_H
#define KK_COLLECTOR_PROFILE_PTREE_H

#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

#include "lib/err.h"

struct ptree {
	yaml_document_t doc;
	const char *name;  /* file, for messages */
	struct diag *diag; /* receives the first mistake */
};

/* Reads one node into something; returns KK_OK or the error of ptree_error(). */
typedef int (*ptree_read_fn)(struct ptree *t, const yaml_node_t *node, void *into);

/* Reads one pair of a mapping whose keys are names that the file chooses. */
typedef int (*ptree_pair_fn)(
    struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into);

struct ptree_key {
	const char *name;
	ptree_read_fn read;
	int required;
};

/**
 * Read a whole file from memory.
 * @param t Receives the tree; ptree_close() frees it.
 * @param name For messages; borrowed.
 * @param text YAML; borrowed until ptree_close().
 * @param len Octets.
 * @param d Receives mistakes; borrowed.
 * @retval KK_OK
 * @retval KK_E_SYNTAX Not YAML, or empty.
 */
int ptree_open(struct ptree *t, const char *name, const char *text, size_t len, struct diag *d);

/** @param t Tree of ptree_open(). */
void ptree_close(struct ptree *t);

/** The topmost node. @param t Tree. @return Node. */
const yaml_node_t *ptree_root(struct ptree *t);

/** Tell a mistake: "FILE:LINE: ...". @param t Tree. @param node Where. @param rc What to return.
 * @param fmt printf format. @return `rc`. */
int ptree_error(struct ptree *t, const yaml_node_t *node, int rc, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/**
 * Read a mapping with known keys, in the table's order.
 * @param t Tree.
 * @param node Node.
 * @param keys Table.
 * @param n Rows.
 * @param into For the readers.
 * @retval KK_OK
 * @retval KK_E_TYPE It is no mapping.
 * @retval KK_E_SYNTAX An unknown key, a key twice, a required one missing.
 */
int ptree_map(
    struct ptree *t, const yaml_node_t *node, const struct ptree_key *keys, size_t n, void *into);

/**
 * Read a mapping with free keys.
 * @param t Tree.
 * @param node Node.
 * @param fn Called per pair.
 * @param into For `fn`.
 * @retval KK_OK
 * @retval KK_E_TYPE
 * @retval KK_E_SYNTAX A key twice.
 */
int ptree_pairs(struct ptree *t, const yaml_node_t *node, ptree_pair_fn fn, void *into);

/** Read a list; anything else counts as a list of one. @param t Tree. @param node Node. @param fn
 * Called per item. @param into For `fn`. @retval KK_OK */
int ptree_list(struct ptree *t, const yaml_node_t *node, ptree_read_fn fn, void *into);

/**
 * A text.
 * @param t Tree.
 * @param node Node.
 * @param out Borrowed from the tree.
 * @retval KK_OK
 * @retval KK_E_TYPE
 */
int ptree_text(struct ptree *t, const yaml_node_t *node, const char **out);

/**
 * Copy a text.
 * @param t Tree.
 * @param node Node.
 * @param out Receives it.
 * @param room Octets, NUL included.
 * @retval KK_OK
 * @retval KK_E_TYPE
 * @retval KK_E_RANGE Empty or too long.
 */
int ptree_copy(struct ptree *t, const yaml_node_t *node, char *out, size_t room);

/**
 * A whole number.
 * @param t Tree.
 * @param node Node.
 * @param low Least.
 * @param high Most.
 * @param out Receives it.
 * @retval KK_OK
 * @retval KK_E_TYPE
 * @retval KK_E_RANGE
 */
int ptree_int(struct ptree *t, const yaml_node_t *node, int64_t low, int64_t high, int64_t *out);

#endif
