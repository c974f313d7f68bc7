/* SPDX-License-Identifier: GPL-3.0-or-later */
/* explain_show.c - an explanation as JSON, and for a person. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector/explain_in.h"
#include "lib/text.h"

#define VALUE_TEXT 512

static const char *
type_name(uint8_t type)
{
	switch (type) {
	case VB_INTEGER:
		return "INTEGER";
	case VB_OCTETS:
		return "OCTET STRING";
	case VB_NULL:
		return "NULL";
	case VB_OID:
		return "OBJECT IDENTIFIER";
	case VB_IPADDRESS:
		return "IpAddress";
	case VB_COUNTER32:
		return "Counter32";
	case VB_GAUGE32:
		return "Gauge32";
	case VB_TIMETICKS:
		return "TimeTicks";
	case VB_OPAQUE:
		return "Opaque";
	case VB_COUNTER64:
		return "Counter64";
	case VB_NO_OBJECT:
		return "noSuchObject";
	case VB_NO_INSTANCE:
		return "noSuchInstance";
	case VB_END_OF_VIEW:
		return "endOfMibView";
	default:
		return "?";
	}
}

static int
is_number(const struct explained *o)
{
	return o->type == VB_INTEGER || o->type == VB_COUNTER32 || o->type == VB_GAUGE32 ||
	       o->type == VB_TIMETICKS || o->type == VB_COUNTER64;
}

/* Text that a person can read: as it is, or as octets. */
static void
octets_text(const struct explained *o, char out[VALUE_TEXT])
{
	size_t at = 0, controls = 0;

	for (size_t i = 0; i < o->n_octets; i++)
		controls += o->octets[i] < 0x20 && o->octets[i] != '\n' && o->octets[i] != '\r' &&
			    o->octets[i] != '\t';
	out[0] = '\0';
	if (o->n_octets == 0)
		return;
	if (o->type != VB_IPADDRESS && controls == 0 &&
	    (o->n_octets != 6 || text_is_utf8((const char *)o->octets, o->n_octets))) {
		text_from_octets(o->octets, o->n_octets, out, VALUE_TEXT);
		return;
	}
	for (size_t i = 0; i < o->n_octets && at + 4 < VALUE_TEXT; i++)
		at += (size_t)snprintf(out + at, VALUE_TEXT - at,
		    o->type == VB_IPADDRESS ? "%s%u" : "%s%02x",
		    i == 0		      ? ""
		    : o->type == VB_IPADDRESS ? "."
					      : ":",
		    o->octets[i]);
}

static void
value_text(const struct explained *o, char out[VALUE_TEXT])
{
	if (o->type == VB_COUNTER64)
		snprintf(out, VALUE_TEXT, "%" PRIu64, (uint64_t)o->number);
	else if (is_number(o))
		snprintf(out, VALUE_TEXT, "%" PRId64, o->number);
	else
		octets_text(o, out);
}

static json_t *
value_json(const struct explained *o)
{
	char text[VALUE_TEXT];

	if (o == NULL)
		return json_null();
	if (is_number(o) && (o->type != VB_COUNTER64 || o->number >= 0))
		return json_integer(o->number);
	if (o->type == VB_OCTETS || o->type == VB_OID || o->type == VB_IPADDRESS ||
	    o->type == VB_COUNTER64) {
		value_text(o, text);
		return json_string(text);
	}
	return json_null();
}

static const struct explained *
find(const struct explain *x, const unsigned long *name, size_t len)
{
	for (size_t i = 0; i < x->n_objects; i++)
		if (oid_compare(x->object[i].sub, x->object[i].len, name, len) == 0)
			return &x->object[i];
	return NULL;
}

/* Which direction an object counts for: "down", "up", or NULL. */
static const char *
counts_as(const struct explain *x, const struct explained *o)
{
	const struct layout *y = target_layout_used(x->target);

	for (unsigned i = 0; y != NULL && i < y->plan->n_objects; i++) {
		const struct plan_object *p = &y->plan->object[i];

		if ((p->what == OBJECT_DOWN || p->what == OBJECT_UP) &&
		    oid_compare(plan_name(y->plan, i), p->len, o->sub, o->len) == 0)
			return p->what == OBJECT_DOWN ? "down" : "up";
	}
	return NULL;
}

/* ---- tables ---- */

static const struct profile_table *
interfaces_of(const struct profile *p)
{
	for (unsigned i = 0; p != NULL && i < p->n_tables; i++)
		if (strcmp(p->table[i].name, "interfaces") == 0)
			return &p->table[i];
	return NULL;
}

/* One row: every column of the table that was asked for, null where the device lacks it. */
static json_t *
row_json(
    const struct explain *x, const struct profile_table *t, const unsigned long *inst, size_t len)
{
	json_t *row = json_object();
	unsigned long name[OID_MAX];
	char index[OID_TEXT];
	int counted = 0;

	json_object_set_new(row, "index", json_string(oid_text(inst, len, index, sizeof(index))));
	for (unsigned c = 0; c < t->n; c++) {
		const struct oid *o = &t->column[c].oid;
		const struct explained *e = NULL;

		if (o->len > 0 && o->len + len <= OID_MAX) {
			memcpy(name, o->sub, o->len * sizeof(name[0]));
			memcpy(name + o->len, inst, len * sizeof(name[0]));
			e = find(x, name, o->len + len);
		}
		if (e != NULL && counts_as(x, e) != NULL)
			counted = 1;
		json_object_set_new(row, t->column[c].name, value_json(e));
	}
	json_object_set_new(row, "counted", json_boolean(counted));
	return row;
}

static json_t *
interfaces_json(const struct explain *x)
{
	const struct profile_table *t = interfaces_of(target_profile(x->target, NULL));
	json_t *list = json_array();

	for (size_t i = 0; t != NULL && i < x->n_objects; i++) {
		const struct explained *e = &x->object[i];
		int seen = 0;

		for (unsigned c = 0; c < t->n; c++) {
			const struct oid *o = &t->column[c].oid;

			if (o->len == 0 || !oid_below(e->sub, e->len, o) || e->type >= VB_NO_OBJECT)
				continue;
			/* A row stands where its first object does. */
			for (size_t k = 0; k < i && !seen; k++)
				for (unsigned d = 0; d < t->n && !seen; d++) {
					const struct oid *q = &t->column[d].oid;

					seen = q->len > 0 &&
					       oid_below(x->object[k].sub, x->object[k].len, q) &&
					       x->object[k].type < VB_NO_OBJECT &&
					       oid_compare(x->object[k].sub + q->len,
						   x->object[k].len - q->len, e->sub + o->len,
						   e->len - o->len) == 0;
				}
			if (!seen)
				json_array_append_new(
				    list, row_json(x, t, e->sub + o->len, e->len - o->len));
			break;
		}
	}
	return list;
}

/* ---- the whole ---- */

static json_t *
metrics_json(const struct explain *x)
{
	json_t *all = json_object();

	for (int m = 0; m < METRIC_COUNT; m++) {
		const struct metric_info *info = metric_info((enum metric)m);
		json_t *v = json_null();

		/* Odometers are the collector's, and this is a stranger's look. */
		if (m != METRIC_OCTETS_DOWN && m != METRIC_OCTETS_UP &&
		    sample_has(&x->sample, (enum metric)m))
			v = info->scale == 1
				? json_integer(x->sample.value[m])
				: json_real((double)x->sample.value[m] / (double)info->scale);
		json_object_set_new(all, info->name, v);
	}
	return all;
}

static json_t *
objects_json(const struct explain *x)
{
	json_t *list = json_array();
	char name[OID_TEXT];

	for (size_t i = 0; i < x->n_objects; i++) {
		const struct explained *o = &x->object[i];
		const char *as = counts_as(x, o);

		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:o, s:o}", "oid",
			      oid_text(o->sub, o->len, name, sizeof(name)), "type",
			      type_name(o->type), "value", value_json(o), "counts_as",
			      as != NULL ? json_string(as) : json_null()));
	}
	return list;
}

static json_t *
reasoning_json(const struct explain *x)
{
	json_t *list = json_array();
	char text[VALUE_TEXT];

	for (unsigned i = 0; i < x->n_reasons; i++) {
		text_from_octets(
		    (const uint8_t *)x->reason[i], strlen(x->reason[i]), text, sizeof(text));
		json_array_append_new(list, json_string(text));
	}
	return list;
}

char *
explain_json(const struct explain *x)
{
	int fits = 0;
	const struct profile *p = target_profile(x->target, &fits);
	json_t *all = json_object();
	char *text;

	json_object_set_new(all, "id", json_string(target_id(x->target)));
	json_object_set_new(all, "answered", json_boolean(explain_answered(x)));
	json_object_set_new(all, "profile", p != NULL ? json_string(p->name) : json_null());
	json_object_set_new(all, "profile_fits", p != NULL ? json_boolean(fits) : json_null());
	json_object_set_new(
	    all, "profile_verified", p != NULL ? json_boolean(p->verified) : json_null());
	json_object_set_new(all, "profile_tested",
	    p != NULL && p->tested[0] != '\0' ? json_string(p->tested) : json_null());
	json_object_set_new(all, "metrics", metrics_json(x));
	json_object_set_new(all, "interfaces", interfaces_json(x));
	json_object_set(all, "aps", x->aps);
	json_object_set_new(all, "objects", objects_json(x));
	json_object_set_new(all, "reasoning", reasoning_json(x));
	text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	return text;
}
