/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "rrd/import/rows.h"

/* Cells hold no control characters (import_clean), so that these two are all there is to escape. */
static size_t
put_quoted(char *out, const char *text)
{
	size_t n = 0;

	out[n++] = '"';
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			out[n++] = '\\';
		out[n++] = *text;
	}
	out[n++] = '"';
	return n;
}

/* The row's labels alone: what a new device gets. "" for none. */
static const char *
fresh(struct region *mem, const struct import_row *row)
{
	size_t room = 3, n = 0, kept = 0;
	char *out;

	for (unsigned i = 0; i < row->n_labels; i++)
		room += 2 * (strlen(row->labels[i].key) + strlen(row->labels[i].value)) + 6;
	out = region_alloc(mem, room);
	if (out == NULL)
		return NULL;
	out[n++] = '{';
	for (unsigned i = 0; i < row->n_labels; i++) {
		if (row->labels[i].value[0] == '\0')
			continue;
		if (kept++ > 0)
			out[n++] = ',';
		n += put_quoted(out + n, row->labels[i].key);
		out[n++] = ':';
		n += put_quoted(out + n, row->labels[i].value);
	}
	out[n++] = '}';
	out[n] = '\0';
	return kept > 0 ? out : "";
}

const char *
import_labels(struct region *mem, const char *known, const struct import_row *row)
{
	const char *out = NULL;
	json_t *all;
	char *text;

	if (row->n_labels == 0)
		return known;
	out = fresh(mem, row);
	if (known[0] == '\0' || out == NULL || strcmp(out, known) == 0)
		return out;
	all = json_loads(known, 0, NULL);
	if (!json_is_object(all)) { /* not written by us: start anew */
		json_decref(all);
		return out;
	}
	out = NULL;
	for (unsigned i = 0; i < row->n_labels; i++) {
		if (row->labels[i].value[0] == '\0')
			json_object_del(all, row->labels[i].key);
		else if (json_object_set_new(
			     all, row->labels[i].key, json_string(row->labels[i].value)) != 0)
			goto out;
	}
	if (json_object_size(all) == 0) {
		out = "";
		goto out;
	}
	text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
	if (text != NULL)
		out = region_strdup(mem, text);
	free(text);
out:
	json_decref(all);
	return out;
}
