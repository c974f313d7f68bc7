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

static int
compile(struct ptree *t, const yaml_node_t *node, const char *text, int flags, regex_t *out)
{
	char why[96];
	int rc;

	/* The C library's compiler takes memory without bounds for counted repetitions. */
	if (strlen(text) > PATTERN_MAX || strchr(text, '{') != NULL)
		return ptree_error(t, node, KK_E_SYNTAX,
		    "pattern \"%s\": longer than %d octets, or holds {", text, PATTERN_MAX);
	rc = regcomp(out, text, REG_EXTENDED | flags);
	if (rc == 0)
		return KK_OK;
	regerror(rc, out, why, sizeof(why));
	return ptree_error(t, node, KK_E_SYNTAX, "pattern \"%s\": %s", text, why);
}

int
pin_read_regex(struct ptree *t, const yaml_node_t *node, const char *text, regex_t *out)
{
	return compile(t, node, text, REG_NOSUB, out);
}

int
pin_read_regex_part(struct ptree *t, const yaml_node_t *node, const char *text, regex_t *out)
{
	return compile(t, node, text, 0, out);
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
	if (rc == KK_OK && (m->descr_text = strdup(text)) == NULL)
		rc = KK_E_NOMEM;
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
	    {"model", profile_read_model, 0},
	    {"serial", profile_read_serial, 0},
	    {"firmware", profile_read_firmware, 0},
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
read_yes(struct ptree *t, const yaml_node_t *node, int *out)
{
	const char *text;
	int rc = ptree_text(t, node, &text);

	if (rc != KK_OK)
		return rc;
	if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
		return ptree_error(t, node, KK_E_TYPE, "\"%s\" is neither yes nor no", text);
	*out = text[0] == 'y';
	return KK_OK;
}

static int
read_bulk(struct ptree *t, const yaml_node_t *node, void *into)
{
	return read_yes(t, node, &((struct pin *)into)->p->bulk);
}

static int
read_verified(struct ptree *t, const yaml_node_t *node, void *into)
{
	return read_yes(t, node, &((struct pin *)into)->p->verified);
}

static int
read_tested(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct profile *p = ((struct pin *)into)->p;

	return ptree_copy(t, node, p->tested, sizeof(p->tested));
}

static int
read_counted(struct ptree *t, const yaml_node_t *node, void *into)
{
	struct profile *p = ((struct pin *)into)->p;
	int rc = ptree_copy(t, node, p->counted, sizeof(p->counted));

	if (rc == KK_OK && strcmp(p->counted, "ssid") != 0 && strcmp(p->counted, "radio") != 0 &&
	    strcmp(p->counted, "total") != 0)
		rc = ptree_error(
		    t, node, KK_E_SYNTAX, "\"%s\" is none of ssid, radio and total", p->counted);
	return rc;
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
	    {"verified", read_verified, 0},
	    {"tested", read_tested, 0},
	    {"counted", read_counted, 0},
	    {"bulk", read_bulk, 0},
	    {"varbinds", read_varbinds, 0},
	    {"match", read_match, 0},
	    {"tables", profile_read_tables, 0},
	    {"device", read_device, 1},
	    {"octets", profile_read_octets, 0},
	    {"metrics", profile_read_metrics, 0},
	    {"aps", profile_read_aps, 0},
	    {"interfaces", profile_read_interfaces, 0},
	    {"optical", profile_read_optical, 0},
	    {"poe", profile_read_poe, 0},
	    {"lldp", profile_read_lldp, 0},
	    {"bridge", profile_read_bridge, 0},
	};
	struct profile *p = calloc(1, sizeof(*p));
	struct pin in = {.p = p, .table = COLUMN_NONE, .walk = WALKED_LEARN};
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
		if (rc == KK_OK && p->verified && p->tested[0] == '\0')
			rc = ptree_error(&t, ptree_root(&t), KK_E_SYNTAX,
			    "verified: with what? \"tested\" is missing");
		ptree_close(&t);
	}
	if (rc != KK_OK) {
		profile_free(p);
		return rc;
	}
	*out = p;
	return KK_OK;
}
