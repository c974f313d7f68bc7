/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/import/import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/slurp.h"
#include "rrd/import/rows.h"

#define TRIES 5 /* how often another import may come in between */

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
	struct import im = {.report = import_report_new(), .mem = region_new(), .file = name};
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
	int rc = slurp(path, IMPORT_FILE_MOST, &text, &len, d);

	*out = NULL;
	if (rc == KK_OK)
		rc = import_text(db, path, text, len, o, out, d);
	free(text);
	return rc;
}
