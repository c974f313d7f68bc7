/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/profile/ptree.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

/* Rows of the longest table of keys. */
#define KEYS_MAX 24

static int
not_yaml(const yaml_parser_t *y, const char *name, struct diag *d)
{
	if (y->error == YAML_MEMORY_ERROR)
		return diag_set(d, KK_E_NOMEM, "%s: %s", name, kk_strerror(KK_E_NOMEM));
	return diag_set(d, KK_E_SYNTAX, "%s:%zu: not YAML: %s", name, y->problem_mark.line + 1,
	    y->problem != NULL ? y->problem : "malformed");
}

int
ptree_open(struct ptree *t, const char *name, const char *text, size_t len, struct diag *d)
{
	yaml_parser_t y;
	int rc = KK_OK;

	*t = (struct ptree){.name = name, .diag = d};
	if (!yaml_parser_initialize(&y))
		return diag_set(d, KK_E_NOMEM, "%s: %s", name, kk_strerror(KK_E_NOMEM));
	yaml_parser_set_input_string(&y, (const unsigned char *)text, len);
	if (!yaml_parser_load(&y, &t->doc)) {
		rc = not_yaml(&y, name, d);
	} else if (yaml_document_get_root_node(&t->doc) == NULL) {
		yaml_document_delete(&t->doc);
		rc = diag_set(d, KK_E_SYNTAX, "%s:1: the file is empty", name);
	}
	yaml_parser_delete(&y);
	return rc;
}

void
ptree_close(struct ptree *t)
{
	yaml_document_delete(&t->doc);
}

const yaml_node_t *
ptree_root(struct ptree *t)
{
	return yaml_document_get_root_node(&t->doc);
}

int
ptree_error(struct ptree *t, const yaml_node_t *node, int rc, const char *fmt, ...)
{
	char why[384], shown[384];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	text_from_octets((const uint8_t *)why, strlen(why), shown, sizeof(shown));
	return diag_set(t->diag, rc, "%s:%zu: %s", t->name, node->start_mark.line + 1, shown);
}

/* Key and value of the i-th pair. */
static int
pair_at(struct ptree *t, const yaml_node_t *node, const yaml_node_pair_t *p,
    const yaml_node_t **key, const yaml_node_t **value)
{
	*key = yaml_document_get_node(&t->doc, p->key);
	*value = yaml_document_get_node(&t->doc, p->value);
	if (*key == NULL || *value == NULL || (*key)->type != YAML_SCALAR_NODE)
		return ptree_error(t, node, KK_E_TYPE, "a key is no plain text");
	for (const yaml_node_pair_t *q = node->data.mapping.pairs.start; q < p; q++) {
		const yaml_node_t *other = yaml_document_get_node(&t->doc, q->key);

		if (other != NULL && other->type == YAML_SCALAR_NODE &&
		    strcmp((const char *)other->data.scalar.value,
			(const char *)(*key)->data.scalar.value) == 0)
			return ptree_error(t, *key, KK_E_SYNTAX, "\"%s\" stands here twice",
			    (*key)->data.scalar.value);
	}
	return KK_OK;
}

/* Fills `value` by rows of the table. */
static int
sort_keys(struct ptree *t, const yaml_node_t *node, const struct ptree_key *keys, size_t n,
    const yaml_node_t *value[KEYS_MAX])
{
	const yaml_node_pair_t *p = node->data.mapping.pairs.start;

	for (; p < node->data.mapping.pairs.top; p++) {
		const yaml_node_t *k, *v;
		size_t i = 0;
		int rc = pair_at(t, node, p, &k, &v);

		if (rc != KK_OK)
			return rc;
		while (i < n && strcmp(keys[i].name, (const char *)k->data.scalar.value) != 0)
			i++;
		if (i == n)
			return ptree_error(t, k, KK_E_SYNTAX, "unknown key \"%s\"",
			    (const char *)k->data.scalar.value);
		value[i] = v;
	}
	return KK_OK;
}

int
ptree_map(
    struct ptree *t, const yaml_node_t *node, const struct ptree_key *keys, size_t n, void *into)
{
	const yaml_node_t *value[KEYS_MAX] = {NULL};
	int rc;

	if (n > KEYS_MAX)
		return ptree_error(t, node, KK_E_RANGE, "too many keys in a table");
	if (node->type != YAML_MAPPING_NODE)
		return ptree_error(t, node, KK_E_TYPE, "keys with values are expected here");
	if ((rc = sort_keys(t, node, keys, n, value)) != KK_OK)
		return rc;
	for (size_t i = 0; i < n; i++) {
		if (value[i] == NULL && keys[i].required)
			return ptree_error(t, node, KK_E_SYNTAX, "\"%s\" is missing", keys[i].name);
		if (value[i] != NULL && (rc = keys[i].read(t, value[i], into)) != KK_OK)
			return rc;
	}
	return KK_OK;
}

int
ptree_pairs(struct ptree *t, const yaml_node_t *node, ptree_pair_fn fn, void *into)
{
	if (node->type != YAML_MAPPING_NODE)
		return ptree_error(t, node, KK_E_TYPE, "keys with values are expected here");
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	     p < node->data.mapping.pairs.top; p++) {
		const yaml_node_t *k, *v;
		int rc = pair_at(t, node, p, &k, &v);

		if (rc != KK_OK || (rc = fn(t, k, v, into)) != KK_OK)
			return rc;
	}
	return KK_OK;
}

int
ptree_list(struct ptree *t, const yaml_node_t *node, ptree_read_fn fn, void *into)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return fn(t, node, into);
	for (const yaml_node_item_t *i = node->data.sequence.items.start;
	     i < node->data.sequence.items.top; i++) {
		const yaml_node_t *item = yaml_document_get_node(&t->doc, *i);
		int rc;

		if (item == NULL || item->type == YAML_SEQUENCE_NODE)
			return ptree_error(t, node, KK_E_TYPE, "a list in a list");
		if ((rc = fn(t, item, into)) != KK_OK)
			return rc;
	}
	return KK_OK;
}

int
ptree_text(struct ptree *t, const yaml_node_t *node, const char **out)
{
	if (node->type != YAML_SCALAR_NODE)
		return ptree_error(t, node, KK_E_TYPE, "a text is expected here");
	*out = (const char *)node->data.scalar.value;
	if (strlen(*out) != node->data.scalar.length)
		return ptree_error(t, node, KK_E_TYPE, "a text holds an octet 0");
	return KK_OK;
}

int
ptree_copy(struct ptree *t, const yaml_node_t *node, char *out, size_t room)
{
	const char *text;
	int rc = ptree_text(t, node, &text);

	if (rc != KK_OK)
		return rc;
	if (*text == '\0' || strlen(text) >= room)
		return ptree_error(
		    t, node, KK_E_RANGE, "a text of 1 to %zu octets is expected", room - 1);
	snprintf(out, room, "%s", text);
	return KK_OK;
}

int
ptree_int(struct ptree *t, const yaml_node_t *node, int64_t low, int64_t high, int64_t *out)
{
	const char *text;
	char *end;
	int rc = ptree_text(t, node, &text);

	if (rc != KK_OK)
		return rc;
	errno = 0;
	*out = strtoll(text, &end, 10);
	if (end == text || *end != '\0')
		return ptree_error(t, node, KK_E_TYPE, "\"%s\" is no whole number", text);
	if (errno != 0 || *out < low || *out > high)
		return ptree_error(t, node, KK_E_RANGE, "%s is not between %lld and %lld", text,
		    (long long)low, (long long)high);
	return KK_OK;
}
