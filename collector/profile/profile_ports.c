/* SPDX-License-Identifier: GPL-3.0-or-later */
/* profile_ports.c - reads the sections of a profile that are about a switch's ports. */
#include <stdlib.h>
#include <string.h>

#include "collector/profile/port_rules.h"
#include "collector/profile/profile_in.h"

#define RULE_AS_NAME(id, name) name,

/* Columns by the names of a section, while its pairs are read. */
struct section {
	const char *const *name;
	size_t n;
	struct oid *column;
	int (*other)(struct ptree *t, const char *key, const yaml_node_t *value, void *into);
	void *into;
};

void
port_rules_free(struct port_rules *r)
{
	if (r == NULL)
		return;
	for (unsigned i = 0; i < r->n_optical; i++)
		if (r->optical[i].has_where)
			regfree(&r->optical[i].where);
	free(r);
}

/* The rules of the profile that is read, made with its first section. */
static struct port_rules *
rules_of(struct pin *in)
{
	if (in->p->ports == NULL)
		in->p->ports = calloc(1, sizeof(*in->p->ports));
	return in->p->ports;
}

static int
no_memory(struct ptree *t, const yaml_node_t *node)
{
	return ptree_error(t, node, KK_E_NOMEM, "%s", kk_strerror(KK_E_NOMEM));
}

static int
add_pair(struct ptree *t, const yaml_node_t *key, const yaml_node_t *value, void *into)
{
	struct section *s = into;
	const char *name;
	int rc = ptree_text(t, key, &name);

	if (rc != KK_OK)
		return rc;
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->name[i], name) == 0)
			return pin_read_oid(t, value, &s->column[i]);
	if (s->other != NULL && (rc = s->other(t, name, value, s->into)) != KK_END)
		return rc;
	return ptree_error(t, key, KK_E_SYNTAX, "unknown key \"%s\"", name);
}

int
profile_read_interfaces(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const char *const names[] = {INTERFACE_COLUMNS(RULE_AS_NAME)};
	struct port_rules *r = rules_of(into);
	struct section s = {.name = names, .n = COUNT(names)};
	int rc;

	if (r == NULL)
		return no_memory(t, node);
	s.column = r->interface;
	if ((rc = ptree_pairs(t, node, add_pair, &s)) != KK_OK)
		return rc;
	if (r->interface[INTERFACE_NAME].len == 0 && r->interface[INTERFACE_DESCR].len == 0)
		return ptree_error(t, node, KK_E_SYNTAX, "name or descr is missing");
	return KK_OK;
}

/* ---- optical ---- */

static int
read_by(struct ptree *t, const yaml_node_t *value, struct optical_rule *o)
{
	static const char *const names[] = {"interface", "physical", "name"};
	const char *text;
	int rc = ptree_text(t, value, &text);

	if (rc != KK_OK)
		return rc;
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(names[i], text) == 0) {
			o->by = (enum optical_by)i;
			return KK_OK;
		}
	return ptree_error(
	    t, value, KK_E_SYNTAX, "\"%s\" is neither interface, physical nor name", text);
}

static int
add_absent(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct optical_rule *o = into;
	int rc = pin_room(t, node, o->n_absent, COUNT(o->absent));

	return rc == KK_OK ? ptree_int(t, node, INT64_MIN, INT64_MAX, &o->absent[o->n_absent++])
			   : rc;
}

static int
read_optical_key(struct ptree *t, const char *key, const yaml_node_t *value, void *into)
{
	struct optical_rule *o = into;
	const char *text;
	int rc;

	if (strcmp(key, "by") == 0)
		return read_by(t, value, o);
	if (strcmp(key, "milli_dbm") == 0)
		return ptree_int(t, value, 1, 1000, &o->times);
	if (strcmp(key, "absent") == 0)
		return ptree_list(t, value, add_absent, o);
	if (strcmp(key, "where") != 0)
		return KK_END;
	if ((rc = ptree_text(t, value, &text)) == KK_OK &&
	    (rc = pin_read_regex(t, value, text, &o->where)) == KK_OK)
		o->has_where = 1;
	return rc;
}

/* What an entry needs to say together. */
static int
check_optical(struct ptree *t, const yaml_node_t *node, const struct optical_rule *o)
{
	if (o->column[OPTICAL_RX].len == 0)
		return ptree_error(t, node, KK_E_SYNTAX, "rx is missing");
	if ((o->times == 0) == (o->column[OPTICAL_TYPE].len == 0))
		return ptree_error(
		    t, node, KK_E_SYNTAX, "either milli_dbm or type says what is measured");
	if ((o->has_where || o->by == OPTICAL_BY_NAME) && o->column[OPTICAL_LABEL].len == 0)
		return ptree_error(t, node, KK_E_SYNTAX, "label is missing");
	return KK_OK;
}

static int
add_optical(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const char *const names[] = {OPTICAL_COLUMNS(RULE_AS_NAME)};
	struct port_rules *r = into;
	int rc = pin_room(t, node, r->n_optical, OPTICAL_RULES);
	struct optical_rule *o = &r->optical[r->n_optical];
	struct section s = {.name = names, .n = COUNT(names), .other = read_optical_key, .into = o};

	if (rc != KK_OK)
		return rc;
	r->n_optical++; /* before: what it holds is freed with the rules */
	s.column = o->column;
	if ((rc = ptree_pairs(t, node, add_pair, &s)) != KK_OK)
		return rc;
	return check_optical(t, node, o);
}

int
profile_read_optical(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct port_rules *r = rules_of(into);

	return r != NULL ? ptree_list(t, node, add_optical, r) : no_memory(t, node);
}

/* ---- poe, lldp, bridge ---- */

static int
read_poe_key(struct ptree *t, const char *key, const yaml_node_t *value, void *into)
{
	struct port_rules *r = into;
	const char *text;
	int rc;

	if (strcmp(key, "port") != 0)
		return KK_END;
	if ((rc = ptree_text(t, value, &text)) != KK_OK)
		return rc;
	if (strcmp(text, "index") != 0 && strcmp(text, "number") != 0)
		return ptree_error(
		    t, value, KK_E_SYNTAX, "\"%s\" is neither index nor number", text);
	r->poe_port = text[0] == 'i' ? POE_BY_INDEX : POE_BY_NUMBER;
	return KK_OK;
}

int
profile_read_poe(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const char *const names[] = {POE_COLUMNS(RULE_AS_NAME)};
	struct port_rules *r = rules_of(into);
	struct section s = {.name = names, .n = COUNT(names), .other = read_poe_key, .into = r};

	if (r == NULL)
		return no_memory(t, node);
	s.column = r->poe;
	return ptree_pairs(t, node, add_pair, &s);
}

static int
read_lldp_local(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_oid(t, node, &((struct port_rules *)into)->lldp_local);
}

static int
read_lldp_remote(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_oid(t, node, &((struct port_rules *)into)->lldp_remote);
}

int
profile_read_lldp(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const struct ptree_key keys[] = {
	    {"local", read_lldp_local, 1},
	    {"remote", read_lldp_remote, 1},
	};
	struct port_rules *r = rules_of(into);

	return r != NULL ? ptree_map(t, node, keys, COUNT(keys), r) : no_memory(t, node);
}

static int
read_bridge_ports(struct ptree *t, const yaml_node_t *node, void *into)
{
	return pin_read_oid(t, node, &((struct port_rules *)into)->bridge_ports);
}

static int
add_fdb(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct port_rules *r = into;
	int rc = pin_room(t, node, r->n_fdb, FDB_RULES);

	return rc == KK_OK ? pin_read_oid(t, node, &r->fdb[r->n_fdb++]) : rc;
}

static int
read_fdb(struct ptree *t, const yaml_node_t *node, void *into)
{
	return ptree_list(t, node, add_fdb, into);
}

int
profile_read_bridge(struct ptree *t, const yaml_node_t *node, void *into)
{
	static const struct ptree_key keys[] = {
	    {"ports", read_bridge_ports, 1},
	    {"fdb", read_fdb, 1},
	};
	struct port_rules *r = rules_of(into);

	return r != NULL ? ptree_map(t, node, keys, COUNT(keys), r) : no_memory(t, node);
}
