/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/import/import.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rrd/import/rows.h"

#define TRIES 5 /* how often another import may come in between */

/* What import_report_free() frees: the report and its texts. */
struct owned_report {
	struct import_report report; /* first */
	struct region *texts;
};

static struct region *
texts_of(struct import_report *r)
{
	return ((struct owned_report *)r)->texts;
}

static struct import_report *
report_new(void)
{
	struct owned_report *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->texts = region_new();
	if (r->texts == NULL) {
		free(r);
		return NULL;
	}
	return &r->report;
}

void
import_report_free(struct import_report *r)
{
	if (r == NULL)
		return;
	region_free(texts_of(r));
	free(r->warnings);
	free(r->errors);
	free(r);
}

static struct import_note *
note_room(struct import_note **notes, size_t *n, size_t *room)
{
	if (*n == *room) {
		size_t more = *room ? *room * 2 : 64;
		struct import_note *grown = realloc(*notes, more * sizeof(*grown));

		if (grown == NULL)
			return NULL;
		*notes = grown;
		*room = more;
	}
	return &(*notes)[(*n)++];
}

__attribute__((format(printf, 6, 0))) static void
note(struct import *im, struct import_note *to, unsigned line, const char *id, const char *field,
    const char *fmt, va_list ap)
{
	struct region *texts = texts_of(im->report);
	char reason[512];

	if (to == NULL) {
		im->failed = KK_E_NOMEM;
		return;
	}
	vsnprintf(reason, sizeof(reason), fmt, ap);
	*to = (struct import_note){line, region_strdup(texts, id), region_strdup(texts, field),
	    region_strdup(texts, reason)};
	if (to->id == NULL || to->field == NULL || to->reason == NULL) {
		*to = (struct import_note){line, "", "", ""};
		im->failed = KK_E_NOMEM;
	}
}

void
import_warn(
    struct import *im, unsigned line, const char *id, const char *field, const char *fmt, ...)
{
	struct import_report *r = im->report;
	va_list ap;

	va_start(ap, fmt);
	note(im, note_room(&r->warnings, &r->n_warnings, &im->warnings_room), line, id, field, fmt,
	    ap);
	va_end(ap);
}

void
import_error(
    struct import *im, unsigned line, const char *id, const char *field, const char *fmt, ...)
{
	struct import_report *r = im->report;
	va_list ap;

	va_start(ap, fmt);
	note(im, note_room(&r->errors, &r->n_errors, &im->errors_room), line, id, field, fmt, ap);
	va_end(ap);
}

/* The whole file, however it comes. */
static int
slurp(const char *path, char **out, size_t *len, struct diag *d)
{
	int is_stdin = strcmp(path, "-") == 0;
	FILE *f = is_stdin ? stdin : fopen(path, "rb");
	size_t room = 1 << 16, got;
	char *p = NULL, *grown;
	int rc = KK_E_NOMEM;

	*len = 0;
	if (f == NULL)
		return diag_set(d, kk_from_errno(errno), "%s: %s", path, strerror(errno));
	while ((grown = realloc(p, room)) != NULL) {
		p = grown;
		got = fread(p + *len, 1, room - *len, f);
		*len += got;
		if (*len < room) {
			rc = ferror(f) ? kk_from_errno(errno) : KK_OK;
			break;
		}
		rc = room >= IMPORT_FILE_MOST ? KK_E_RANGE : KK_E_NOMEM;
		if (rc == KK_E_RANGE)
			break;
		room *= 2;
	}
	if (!is_stdin)
		fclose(f);
	if (rc == KK_OK) {
		*out = p;
		return KK_OK;
	}
	free(p);
	if (rc == KK_E_RANGE)
		return diag_set(d, rc, "%s: longer than %lu MiB", path, IMPORT_FILE_MOST >> 20);
	return diag_set(d, rc, "%s: %s", path, kk_strerror(rc));
}

/* Files end in an order of lines; checks run in another. */
static int
by_line(const void *a, const void *b)
{
	const struct import_note *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return strcmp(x->field, y->field);
}

static void
sort_notes(struct import_report *r)
{
	if (r->n_warnings > 0)
		qsort(r->warnings, r->n_warnings, sizeof(*r->warnings), by_line);
	if (r->n_errors > 0)
		qsort(r->errors, r->n_errors, sizeof(*r->errors), by_line);
}

/* From rows to the database; again from the start when another import came in between. */
static int
apply(struct import *im, struct db *db, const struct import_options *o, struct diag *d)
{
	int rc = KK_E_ORDER;

	for (int i = 0; i < TRIES && rc == KK_E_ORDER; i++) {
		int told = im->merged;

		rc = import_load(im, db, d);
		if (rc == KK_OK)
			rc = import_merge(im, o->prune);
		if (rc == KK_OK && !told)
			import_tree(im, o->prune && im->n_rows > 0);
		if (rc == KK_OK)
			rc = im->failed;
		if (rc == KK_E_NOMEM)
			return diag_set(d, rc, "%s: out of memory", im->file);
		if (rc == KK_OK && !o->dry_run)
			rc = import_write(im, db, o, d);
	}
	return rc;
}

static int
run(struct import *im, struct db *db, const char *p, size_t len, const struct import_options *o,
    struct diag *d)
{
	struct csv *csv = NULL;
	int rc;

	if (import_is_json(p, len))
		rc = import_json(im, p, len);
	else
		rc = import_csv(im, &csv, p, len, d);
	if (rc == KK_E_NOMEM)
		diag_set(d, rc, "%s: out of memory", im->file);
	if (rc == KK_OK && im->report->n_errors > 0) {
		sort_notes(im->report);
		rc = diag_set(d, KK_E_SYNTAX, "%s:%u: %s (%zu error%s; nothing was imported)",
		    im->file, im->report->errors[0].line, im->report->errors[0].reason,
		    im->report->n_errors, im->report->n_errors == 1 ? "" : "s");
	}
	if (rc == KK_OK)
		rc = apply(im, db, o, d);
	sort_notes(im->report);
	csv_free(csv);
	return rc;
}

int
import_text(struct db *db, const char *name, const char *p, size_t len,
    const struct import_options *o, struct import_report **out, struct diag *d)
{
	struct import im = {.report = report_new(), .mem = region_new(), .file = name};
	int rc = KK_E_NOMEM;

	*out = im.report;
	if (im.report != NULL && im.mem != NULL)
		rc = run(&im, db, p, len, o, d);
	else
		diag_set(d, rc, "%s: out of memory", name);
	region_free(im.mem);
	free(im.rows);
	free(im.devices);
	free(im.by_id);
	return rc;
}

int
import_file(struct db *db, const char *path, const struct import_options *o,
    struct import_report **out, struct diag *d)
{
	char *text = NULL;
	size_t len = 0;
	int rc = slurp(path, &text, &len, d);

	*out = NULL;
	if (rc == KK_OK)
		rc = import_text(db, path, text, len, o, out, d);
	free(text);
	return rc;
}
