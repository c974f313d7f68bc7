/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conf_yaml.c - libyaml's events against the table of keys; the first mistake ends it. */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <yaml.h>

#include "lib/conf.h"
#include "lib/conf_key.h"
#include "lib/text.h"

struct reading {
	yaml_parser_t yaml;
	yaml_event_t event;
	int have_event;
	const char *name;
	const char *text;
	size_t len;
	struct conf *conf;
	struct diag *diag;
	unsigned seen[CONF_KEYS_MAX];	      /* line where the key stands; 0: not yet */
	unsigned section_seen[CONF_KEYS_MAX]; /* likewise, by the section's first key */
};

static unsigned
line_of(const struct reading *r)
{
	return (unsigned)r->event.start_mark.line + 1;
}

/* libyaml says where, in one of two manners. */
static int
not_yaml(struct reading *r)
{
	const yaml_parser_t *y = &r->yaml;
	unsigned line = (unsigned)y->problem_mark.line + 1;

	if (y->error == YAML_MEMORY_ERROR)
		return diag_set(r->diag, KK_E_NOMEM, "%s: %s", r->name, kk_strerror(KK_E_NOMEM));
	if (y->error == YAML_READER_ERROR) {
		line = 1;
		for (size_t i = 0; i < y->problem_offset && i < r->len; i++)
			line += r->text[i] == '\n';
	}
	return diag_set(r->diag, KK_E_SYNTAX, "%s:%u: not YAML: %s", r->name, line,
	    y->problem != NULL ? y->problem : "malformed");
}

/* The next event, in place of the last. */
static int
advance(struct reading *r)
{
	if (r->have_event)
		yaml_event_delete(&r->event);
	r->have_event = 0;
	if (!yaml_parser_parse(&r->yaml, &r->event))
		return not_yaml(r);
	r->have_event = 1;
	return KK_OK;
}

static int
advance_by(struct reading *r, int n)
{
	int rc = KK_OK;

	while (n-- > 0 && rc == KK_OK)
		rc = advance(r);
	return rc;
}

/* A plain scalar that says "nothing": an empty section, an empty document. */
static int
is_null(const yaml_event_t *e)
{
	const char *v;

	if (e->type != YAML_SCALAR_EVENT || e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return 0;
	v = (const char *)e->data.scalar.value;
	return *v == '\0' || strcmp(v, "~") == 0 || strcasecmp(v, "null") == 0;
}

/* What the event is, for "X is expected, not ...". */
static const char *
what_it_is(const yaml_event_t *e, char room[64])
{
	char shown[40];

	if (e->type == YAML_MAPPING_START_EVENT)
		return "keys of its own";
	if (e->type == YAML_SEQUENCE_START_EVENT)
		return "a list";
	if (e->type == YAML_ALIAS_EVENT)
		return "an alias";
	if (e->type != YAML_SCALAR_EVENT)
		return "something else";
	if (is_null(e))
		return "an empty value";
	if (e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return "a text in quotes";
	text_from_octets(e->data.scalar.value, e->data.scalar.length, shown, sizeof(shown));
	snprintf(room, 64, "\"%s\"", shown);
	return room;
}

/* Levenshtein's distance of short names. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[32], diagonal, above;
	size_t n = strlen(b);

	if (strlen(a) > 30 || n > 30)
		return 99;
	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 1; a[i - 1] != '\0'; i++) {
		diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			above = row[j];
			best = best < above + 1 ? best : above + 1;
			row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
			diagonal = above;
		}
	}
	return row[n];
}

static const char *
last_part(const char *path)
{
	const char *dot = strchr(path, '.');

	return dot != NULL ? dot + 1 : path;
}

/* Which key may have been meant: the same name elsewhere, or one like it; NULL: none. */
static const char *
nearest(const char *path)
{
	const struct conf_key *k;
	const char *best = NULL;
	unsigned least = 3; /* further away is no typing error */
	size_t n;

	k = conf_keys(&n);
	for (size_t i = 0; i < n; i++) {
		unsigned whole = distance(path, k[i].path);
		unsigned part = distance(last_part(path), last_part(k[i].path));
		unsigned near = whole < part + 1 ? whole : part + 1;

		if (near < least && near < strlen(k[i].path)) {
			least = near;
			best = k[i].path;
		}
	}
	return best;
}

static int
unknown_key(struct reading *r, const char *path)
{
	const char *best = nearest(path);
	char shown[128];

	text_from_octets((const uint8_t *)path, strlen(path), shown, sizeof(shown));
	if (best != NULL)
		return diag_set(r->diag, KK_E_SYNTAX, "%s:%u: %s: unknown key; is %s meant?",
		    r->name, line_of(r), shown, best);
	return diag_set(r->diag, KK_E_SYNTAX, "%s:%u: %s: unknown key", r->name, line_of(r), shown);
}

static int
wrong_type(struct reading *r, const struct conf_key *k, const char *expected)
{
	char what[64];

	return diag_set(r->diag, KK_E_TYPE, "%s:%u: %s: %s is expected, not %s", r->name,
	    line_of(r), k->path, expected, what_it_is(&r->event, what));
}

static int
take_uint(struct reading *r, const struct conf_key *k, const char *v, int plain)
{
	unsigned *out = (unsigned *)((char *)r->conf + k->offset);
	unsigned long n = 0;
	int negative = plain && *v == '-' && v[1] != '\0';
	const char *p = v + negative;

	/* 010 is eight to one reader of YAML and ten to the other. */
	if (!plain || *p == '\0' || (*p == '0' && p[1] != '\0'))
		return wrong_type(r, k, "a whole number");
	for (; *p != '\0'; p++) {
		if (*p < '0' || *p > '9')
			return wrong_type(r, k, "a whole number");
		if (n <= k->max)
			n = n * 10 + (unsigned long)(*p - '0');
	}
	if (negative || n < k->min || n > k->max)
		return diag_set(r->diag, KK_E_RANGE, "%s:%u: %s: %.40s is not in %lu .. %lu",
		    r->name, line_of(r), k->path, v, k->min, k->max);
	*out = (unsigned)n;
	return KK_OK;
}

static int
take_bool(struct reading *r, const struct conf_key *k, const char *v, int plain)
{
	int *out = (int *)((char *)r->conf + k->offset);
	int yes = strcasecmp(v, "yes") == 0 || strcasecmp(v, "true") == 0;

	if (!plain || (!yes && strcasecmp(v, "no") != 0 && strcasecmp(v, "false") != 0))
		return wrong_type(r, k, "yes or no");
	*out = yes;
	return KK_OK;
}

static int
take_text(struct reading *r, const struct conf_key *k, const char *v, size_t len)
{
	char *out = (char *)r->conf + k->offset, shown[80];
	const char *why;

	if (is_null(&r->event))
		return wrong_type(r, k, "a text");
	if (len >= k->room && k->check == NULL)
		return diag_set(r->diag, KK_E_RANGE, "%s:%u: %s: longer than %zu octets", r->name,
		    line_of(r), k->path, k->room - 1);
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)v[i] < 0x20 || v[i] == 0x7f)
			return diag_set(r->diag, KK_E_RANGE, "%s:%u: %s: holds a control character",
			    r->name, line_of(r), k->path);
	if (k->check != NULL && (why = k->check(v)) != NULL) {
		text_from_octets((const uint8_t *)v, len, shown, sizeof(shown));
		return diag_set(r->diag, KK_E_RANGE, "%s:%u: %s: \"%s\": %s", r->name, line_of(r),
		    k->path, shown, why);
	}
	if (len >= k->room)
		return diag_set(r->diag, KK_E_RANGE, "%s:%u: %s: longer than %zu octets", r->name,
		    line_of(r), k->path, k->room - 1);
	memcpy(out, v, len + 1);
	return KK_OK;
}

/* The event is a key's value. */
static int
take_value(struct reading *r, const struct conf_key *k)
{
	static const char *const expected[] = {"a text", "a whole number", "yes or no"};
	const char *v;
	int plain;

	if (r->event.type != YAML_SCALAR_EVENT)
		return wrong_type(r, k, expected[k->type]);
	if (r->event.data.scalar.tag != NULL)
		return diag_set(r->diag, KK_E_TYPE, "%s:%u: %s: tags are not supported", r->name,
		    line_of(r), k->path);
	v = (const char *)r->event.data.scalar.value;
	plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (k->type == CONF_KEY_UINT)
		return take_uint(r, k, v, plain);
	if (k->type == CONF_KEY_BOOL)
		return take_bool(r, k, v, plain);
	return take_text(r, k, v, r->event.data.scalar.length);
}

/* A key or a section stands once. */
static int
mark(struct reading *r, unsigned *seen, const char *path)
{
	if (*seen != 0)
		return diag_set(r->diag, KK_E_SYNTAX, "%s:%u: %s: stands in line %u already",
		    r->name, line_of(r), path, *seen);
	*seen = line_of(r);
	return KK_OK;
}

/* The event is a key: its path below `section` ("" for the top). */
static int
key_path(struct reading *r, const char *section, char path[128])
{
	char what[64];
	const char *v;

	if (r->event.type != YAML_SCALAR_EVENT)
		return diag_set(r->diag, KK_E_SYNTAX, "%s:%u: a key is expected, not %s", r->name,
		    line_of(r), what_it_is(&r->event, what));
	v = (const char *)r->event.data.scalar.value;
	snprintf(path, 128, "%s%s%s", section, *section ? "." : "", v);
	if (*section == '\0' && strchr(v, '.') != NULL)
		return unknown_key(r, path); /* "snmp.port:" is no key, though it is a path */
	return KK_OK;
}

static const struct conf_key *
find_key(const char *path, size_t *index)
{
	const struct conf_key *k;
	size_t n;

	k = conf_keys(&n);
	for (*index = 0; *index < n; (*index)++)
		if (strcmp(k[*index].path, path) == 0)
			return &k[*index];
	return NULL;
}

/* One key and its value; the event is the key. */
static int
take_pair(struct reading *r, const char *section)
{
	const struct conf_key *k;
	char path[128];
	size_t i;
	int rc;

	if ((rc = key_path(r, section, path)) != KK_OK)
		return rc;
	if ((k = find_key(path, &i)) == NULL)
		return unknown_key(r, path);
	if ((rc = mark(r, &r->seen[i], k->path)) != KK_OK || (rc = advance(r)) != KK_OK)
		return rc;
	return take_value(r, k);
}

/* Whether a name is a section; gives its first key. */
static int
is_section(const char *name, size_t *first)
{
	const struct conf_key *k;
	size_t n, len = strlen(name);

	k = conf_keys(&n);
	for (*first = 0; *first < n; (*first)++)
		if (strncmp(k[*first].path, name, len) == 0 && k[*first].path[len] == '.')
			return 1;
	return 0;
}

/* A section's keys; the event is its name. */
static int
take_section(struct reading *r, size_t first)
{
	char name[64], what[64];
	int rc;

	text_copy(name, sizeof(name), (const char *)r->event.data.scalar.value);
	if ((rc = mark(r, &r->section_seen[first], name)) != KK_OK || (rc = advance(r)) != KK_OK)
		return rc;
	if (is_null(&r->event))
		return KK_OK; /* all of its keys are comments */
	if (r->event.type != YAML_MAPPING_START_EVENT)
		return diag_set(r->diag, KK_E_TYPE, "%s:%u: %s: keys below it are expected, not %s",
		    r->name, line_of(r), name, what_it_is(&r->event, what));
	while ((rc = advance(r)) == KK_OK && r->event.type != YAML_MAPPING_END_EVENT)
		if ((rc = take_pair(r, name)) != KK_OK)
			return rc;
	return rc;
}

/* The event starts the document's one node. */
static int
take_root(struct reading *r)
{
	char what[64];
	size_t first;
	int rc;

	if (is_null(&r->event))
		return KK_OK;
	if (r->event.type != YAML_MAPPING_START_EVENT)
		return diag_set(r->diag, KK_E_TYPE, "%s:%u: \"KEY: VALUE\" is expected, not %s",
		    r->name, line_of(r), what_it_is(&r->event, what));
	while ((rc = advance(r)) == KK_OK && r->event.type != YAML_MAPPING_END_EVENT) {
		if (r->event.type == YAML_SCALAR_EVENT &&
		    is_section((const char *)r->event.data.scalar.value, &first))
			rc = take_section(r, first);
		else
			rc = take_pair(r, "");
		if (rc != KK_OK)
			return rc;
	}
	return rc;
}

static int
take_stream(struct reading *r)
{
	int rc;

	if ((rc = advance_by(r, 2)) != KK_OK)
		return rc; /* the stream's start, then the document's */
	if (r->event.type == YAML_STREAM_END_EVENT)
		return KK_OK;
	if ((rc = advance(r)) != KK_OK || (rc = take_root(r)) != KK_OK ||
	    (rc = advance_by(r, 2)) != KK_OK)
		return rc; /* the document's end, then the stream's */
	if (r->event.type != YAML_STREAM_END_EVENT)
		return diag_set(
		    r->diag, KK_E_SYNTAX, "%s:%u: a second document", r->name, line_of(r));
	return KK_OK;
}

int
conf_parse(const char *name, const char *text, size_t len, struct conf *c, struct diag *d)
{
	struct reading r = {.name = name, .text = text, .len = len, .conf = c, .diag = d};
	const char *nul = memchr(text, '\0', len);
	int rc;

	conf_defaults(c);
	text_copy(c->file, sizeof(c->file), name);
	if (nul != NULL)
		return diag_set(d, KK_E_SYNTAX, "%s: not YAML: a NUL octet", name);
	if (!yaml_parser_initialize(&r.yaml))
		return diag_set(d, KK_E_NOMEM, "%s: %s", name, kk_strerror(KK_E_NOMEM));
	yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.yaml, (const unsigned char *)text, len);
	rc = take_stream(&r);
	if (r.have_event)
		yaml_event_delete(&r.event);
	yaml_parser_delete(&r.yaml);
	return rc;
}
