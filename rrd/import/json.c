/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "rrd/import/rows.h"

/* Where we are in the text; lines are counted as far as `counted`. */
struct place {
	const char *p, *end, *counted;
	unsigned line;
};

int
import_is_json(const char *p, size_t len)
{
	size_t i = len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	while (i < len && strchr(" \t\r\n", p[i]) != NULL && p[i] != '\0')
		i++;
	return i < len && (p[i] == '[' || p[i] == '{');
}

static unsigned
line_of(struct place *at)
{
	for (; at->counted < at->p; at->counted++)
		at->line += *at->counted == '\n';
	return at->line;
}

static void
skip_blanks(struct place *at)
{
	while (at->p < at->end &&
	       (*at->p == ' ' || *at->p == '\t' || *at->p == '\r' || *at->p == '\n'))
		at->p++;
}

/* The first array of objects: the rows, whatever is wrapped around them. The text is valid JSON. */
static int
find_rows(struct place *at)
{
	int in_string = 0;

	for (; at->p < at->end; at->p++) {
		if (in_string && *at->p == '\\')
			at->p++;
		else if (*at->p == '"')
			in_string = !in_string;
		else if (!in_string && *at->p == '[') {
			struct place next = *at;

			next.p++;
			skip_blanks(&next);
			if (next.p < next.end && *next.p == '{') {
				at->p = next.p;
				return 1;
			}
		}
	}
	return 0;
}

/* A value as the cell of a CSV file would have it; NULL: out of memory. */
static char *
as_text(struct import *im, unsigned line, const char *key, const json_t *v)
{
	char number[40];

	switch (json_typeof(v)) {
	case JSON_STRING:
		return region_strdup(im->mem, json_string_value(v));
	case JSON_INTEGER:
		snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(v));
		return region_strdup(im->mem, number);
	case JSON_REAL:
		snprintf(number, sizeof(number), "%.15g", json_real_value(v));
		return region_strdup(im->mem, number);
	case JSON_TRUE:
		return region_strdup(im->mem, "true");
	case JSON_FALSE:
		return region_strdup(im->mem, "false");
	case JSON_NULL:
		return region_strdup(im->mem, "");
	default:
		import_warn(im, line, "", key, "a list or an object is no value: not taken");
		return region_strdup(im->mem, "");
	}
}

/* Raw names of the keys met so far, index by index with the header's columns. Objects of one file
 * have their keys in one order: the next one is looked for first. */
struct keys {
	const char *name[CSV_FIELDS_MAX];
	size_t next;
};

/* The column of a key, added to the header if it is new; -1: too many, or out of memory. */
static int
column_of(struct import *im, struct keys *keys, unsigned line, const char *key)
{
	size_t n = im->header.n;
	char *copy;

	for (size_t i = 0; i < n; i++) {
		size_t at = (keys->next + i) % n;

		if (strcmp(keys->name[at], key) == 0) {
			keys->next = at + 1;
			return (int)at;
		}
	}
	if (n == CSV_FIELDS_MAX) {
		import_warn(im, line, "", "", "more than %d different keys: one is left out",
		    CSV_FIELDS_MAX);
		return -1;
	}
	copy = region_strdup(im->mem, key);
	if (copy == NULL || import_header_add(im, line, key) != KK_OK) {
		im->failed = KK_E_NOMEM;
		return -1;
	}
	import_header_done(im);
	keys->name[n] = copy;
	keys->next = n + 1;
	return (int)n;
}

static void
take_object(struct import *im, struct keys *keys, unsigned line, json_t *object)
{
	char *cells[CSV_FIELDS_MAX] = {NULL};
	const char *key;
	json_t *v;

	keys->next = 0;
	json_object_foreach(object, key, v)
	{
		int at = column_of(im, keys, line, key);

		if (at < 0)
			continue;
		cells[at] = as_text(im, line, key, v);
		if (cells[at] == NULL)
			im->failed = KK_E_NOMEM;
	}
	if (im->failed == 0)
		import_take(im, line, cells);
}

static void
take_rows(struct import *im, struct place *at)
{
	struct keys keys = {.next = 0};

	while (im->failed == 0) {
		json_error_t error;
		json_t *v;
		unsigned line;

		skip_blanks(at);
		line = line_of(at);
		v = json_loadb(at->p, (size_t)(at->end - at->p),
		    JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY, &error);
		if (v == NULL) /* the whole was valid, so memory is out */
			im->failed = KK_E_NOMEM;
		else if (json_is_object(v))
			take_object(im, &keys, line, v);
		else
			import_warn(im, line, "", "", "not an object: not taken");
		json_decref(v);
		at->p += im->failed == 0 ? error.position : 0;
		skip_blanks(at);
		if (at->p >= at->end || *at->p != ',')
			break;
		at->p++;
	}
}

/* The whole text once, so that what is broken behind the rows is found before any is taken. */
static int
check_whole(struct import *im, const struct place *at)
{
	json_error_t error;
	json_t *whole = json_loadb(at->p, (size_t)(at->end - at->p), 0, &error);

	json_decref(whole);
	if (whole == NULL)
		import_error(im, error.line > 0 ? (unsigned)error.line : 1, "", "",
		    "malformed JSON: %s", error.text);
	return whole != NULL;
}

static void
take_text(struct import *im, const char *p, size_t len)
{
	struct place at = {p, p + len, p, 1};

	if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		at.p += 3;
	if (!check_whole(im, &at))
		return;
	if (find_rows(&at))
		take_rows(im, &at);
	else
		import_error(im, 1, "", "", "no list of objects in the file");
}

int
import_json(struct import *im, const char *p, size_t len)
{
	size_t n = 0;
	char *text;
	int rc;

	if (text_is_utf8(p, len)) {
		take_text(im, p, len);
		return im->failed;
	}
	if ((rc = text_from_cp949(p, len, &text, &n)) == KK_E_NOMEM)
		return im->failed = rc;
	if (rc != KK_OK) {
		import_broken_lines(im, p, len);
		return im->failed;
	}
	take_text(im, text, n);
	free(text);
	return im->failed;
}
