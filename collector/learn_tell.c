/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collector/learn_tell.h"

#include <stdio.h>
#include <string.h>

#define LIST_MAX 400

void
tell_identity(const struct ask_trace *t, const struct oid *object_id, const char *descr)
{
	char name[OID_TEXT];

	if (t == NULL)
		return;
	oid_text(object_id->sub, object_id->len, name, sizeof(name));
	ask_trace_tell(
	    t, object_id->len > 0 ? TEXT_TELL_IDENTITY : TEXT_TELL_NO_IDENTITY, name, descr, NULL);
}

/* A rule in the words of its file. */
static const char *
rule_text(const struct profile_match *m, char *out, size_t room)
{
	char name[OID_TEXT];
	int n;

	oid_text(m->object_id.sub, m->object_id.len, name, sizeof(name));
	n = snprintf(out, room, "object_id %s", name);
	if (m->has_descr)
		n += snprintf(out + n, room - (size_t)n, ", descr \"%.100s\"", m->descr_text);
	if (m->probe.len > 0) {
		oid_text(m->probe.sub, m->probe.len, name, sizeof(name));
		snprintf(out + n, room - (size_t)n, ", probe %s", name);
	}
	return out;
}

void
tell_match(const struct ask_trace *t, enum text_id id, const struct profile *p,
    const struct profile_match *m)
{
	char rule[2 * OID_TEXT + 200];

	if (t != NULL)
		ask_trace_tell(t, id, p->name, rule_text(m, rule, sizeof(rule)), NULL);
}

void
tell_not_there(const struct ask_trace *t, const struct profile *p, const struct profile_match *m)
{
	char name[OID_TEXT];

	if (t == NULL)
		return;
	oid_text(m->probe.sub, m->probe.len, name, sizeof(name));
	ask_trace_tell(t, TEXT_TELL_NOT_THERE, p->name, name, NULL);
}

/* Append to a list, once. */
static void
list(char *out, const char *name)
{
	size_t len = strlen(out), n = strlen(name);

	for (const char *at = out; (at = strstr(at, name)) != NULL; at += n)
		if ((at == out || at[-1] == ' ') && (at[n] == '\0' || at[n] == ','))
			return;
	if (len + n + 3 < LIST_MAX)
		snprintf(out + len, LIST_MAX - len, "%s%s", len > 0 ? ", " : "", name);
}

void
tell_less_close(const struct ask_trace *t, const struct profiles *all, const struct oid *object_id,
    const char *descr, unsigned nth, const struct profile *p)
{
	char names[LIST_MAX] = "";
	const struct profile_match *m;
	const struct profile *other;

	if (t == NULL)
		return;
	while ((other = profiles_match(
		    all, object_id->len > 0 ? object_id : NULL, descr, nth++, &m)) != NULL)
		if (other != p)
			list(names, other->name);
	if (names[0] != '\0')
		ask_trace_tell(t, TEXT_TELL_LESS_CLOSE, names, NULL);
}

void
tell_profile(const struct ask_trace *t, const struct profile *p)
{
	if (!p->verified)
		ask_trace_tell(t, TEXT_TELL_UNVERIFIED, p->name, NULL);
	if (p->counted[0] != '\0')
		ask_trace_tell(t, TEXT_TELL_VIEW, p->counted, NULL);
}

void
tell_absent(const struct ask_trace *t, const struct profile *p, const struct plan *plan)
{
	char names[LIST_MAX] = "";

	if (t == NULL)
		return;
	for (unsigned i = 0; i < p->n_metrics; i++) {
		unsigned k = 0;

		while (k < plan->n_values && plan->value[k].metric != p->metric[i].metric)
			k++;
		if (k == plan->n_values)
			list(names, metric_info(p->metric[i].metric)->name);
	}
	if (names[0] != '\0')
		ask_trace_tell(t, TEXT_TELL_ABSENT, names, NULL);
}

void
tell_table(const struct ask_trace *t, const struct profile *p, unsigned table,
    const struct rows_table *r, int rc)
{
	enum text_id id = rc != KK_OK ? TEXT_TELL_TABLE_SILENT
			  : r->cut    ? TEXT_TELL_TABLE_CUT
				      : TEXT_TELL_TABLE;
	char n[12];

	ask_trace_tell(t, id, p->table[table].name, ask_number(n, r->n), NULL);
}

void
tell_rule(
    const struct ask_trace *t, enum text_id id, const struct profile *p, unsigned entry, unsigned n)
{
	char rule[12], number[12];

	ask_trace_tell(t, id, ask_number(rule, entry + 1),
	    p->table[p->octets[entry].rows.table].name, ask_number(number, n), NULL);
}
