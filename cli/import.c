/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rrd/import/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/city.h"
#include "lib/text.h"

enum { OPT_DRY_RUN = CLI_OWN, OPT_PRUNE };

static const struct option options[] = {{"dry-run", no_argument, NULL, OPT_DRY_RUN},
    {"prune", no_argument, NULL, OPT_PRUNE}, {NULL, 0, NULL, 0}};

/* How often the same was said of a field, by hash; of two that fall together the first counts. */
#define FOLDS	 4096
#define FOLDS_AT 20

struct fold {
	const struct import_note *first;
	size_t n;
};

static struct fold *
fold_of(struct fold *folds, const struct import_note *k)
{
	uint64_t h =
	    text_hash(k->reason, strlen(k->reason)) ^ text_hash(k->field, strlen(k->field)) * 31;

	return &folds[h % FOLDS];
}

static void
tell_one(const char *what, const char *file, const struct import_note *k)
{
	fprintf(stderr, "%s:%u: %s%s%s%s%s%s\n", file, k->line, what, k->id, k->id[0] ? ": " : "",
	    k->field, k->field[0] ? ": " : "", k->reason);
}

static void
tell_all(const char *what, const char *file, const struct import_note *notes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tell_one(what, file, &notes[i]);
}

/* What is the same in thousands of rows is told so often that a person sees it, and counted. */
static void
tell_folded(const char *file, const struct import_note *notes, size_t n)
{
	struct fold *folds = calloc(FOLDS, sizeof(*folds));

	if (folds == NULL) {
		tell_all("", file, notes, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct fold *f = fold_of(folds, &notes[i]);

		if (f->first == NULL)
			f->first = &notes[i];
		if (strcmp(f->first->reason, notes[i].reason) != 0 ||
		    strcmp(f->first->field, notes[i].field) != 0 || f->n++ < FOLDS_AT)
			tell_one("", file, &notes[i]);
	}
	for (size_t i = 0; i < FOLDS; i++)
		if (folds[i].n > FOLDS_AT)
			fprintf(stderr, "%s: %zu more: %s%s%s (--json lists them)\n", file,
			    folds[i].n - FOLDS_AT, folds[i].first->field,
			    folds[i].first->field[0] ? ": " : "", folds[i].first->reason);
	free(folds);
}

static json_t *
notes_json(const struct import_note *notes, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(
		    list, json_pack("{s:i,s:s,s:s,s:s}", "line", (int)notes[i].line, "id",
			      notes[i].id, "field", notes[i].field, "reason", notes[i].reason));
	return list;
}

static json_t *
report_json(const struct import_report *r)
{
	json_t *j = json_pack("{s:I,s:I,s:I,s:I,s:I,s:o}", "rows", (json_int_t)r->rows, "added",
	    (json_int_t)r->added, "changed", (json_int_t)r->changed, "unchanged",
	    (json_int_t)r->unchanged, "removed", (json_int_t)r->removed, "warnings",
	    notes_json(r->warnings, r->n_warnings));

	if (j != NULL && r->n_errors > 0)
		json_object_set_new(j, "errors", notes_json(r->errors, r->n_errors));
	return j;
}

static void
print(const struct import_report *r, int dry_run)
{
	printf("%" PRIu64 " rows: %" PRIu64 " added, %" PRIu64 " changed, %" PRIu64
	       " unchanged, %" PRIu64 " removed; %zu warnings%s\n",
	    r->rows, r->added, r->changed, r->unchanged, r->removed, r->n_warnings,
	    dry_run ? " (dry run: nothing was written)" : "");
}

static int
import(const struct cli *c, const char *file, const struct import_options *o)
{
	struct import_report *r = NULL;
	struct diag d = {""};
	struct db *db = NULL;
	int rc, code = CLI_DONE;

	/* A dry run makes no database: without one, everything is new. */
	if (!o->dry_run && !city_db(c, DB_WRITE, &db))
		return CLI_FAILED;
	if (o->dry_run && (rc = db_open(c->conf.state_dir, DB_READ, &db, &d)) != KK_OK &&
	    rc != KK_E_NOTFOUND) {
		cli_say(c, "%s", d.text);
		return CLI_FAILED;
	}
	rc = import_file(db, file, o, &r, &d);
	db_close(db);
	if (r != NULL) {
		if (!c->json)
			tell_folded(file, r->warnings, r->n_warnings);
		tell_all("error: ", file, r->errors, r->n_errors);
	}
	if (rc != KK_OK) {
		cli_say(c, "%s", d.text[0] ? d.text : kk_strerror(rc));
		code = CLI_FAILED;
	}
	if (r != NULL && c->json) {
		if (cli_json(c, report_json(r)) != CLI_DONE)
			code = CLI_FAILED;
	} else if (r != NULL && rc == KK_OK) {
		print(r, o->dry_run);
	}
	import_report_free(r);
	return code;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct import_options o = {0, 0, 0};
	int opt, code = CLI_USAGE;

	while ((opt = cli_option(c, argc, argv, options, &code)) != -1) {
		if (opt == CLI_STOP)
			return code;
		if (opt == OPT_DRY_RUN)
			o.dry_run = 1;
		else
			o.prune = 1;
	}
	if (!cli_arguments(c, argc, argv, 1, 1))
		return c->usage_code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	o.now_s = c->now_s;
	return import(c, argv[optind], &o);
}

const struct command command_import = {.name = "import",
    .arguments = "[--dry-run] [--prune] FILE",
    .about = TEXT_ABOUT_IMPORT,
    .options = "      --dry-run       tell what would change, write nothing\n"
	       "      --prune         retire devices that the file lacks\n",
    .run = run};
