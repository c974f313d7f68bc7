/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import.h - a CSV or JSON file into the inventory: merge by id, one transaction, every doubt
 * reported. */
#ifndef KK_RRD_IMPORT_IMPORT_H
#define KK_RRD_IMPORT_IMPORT_H

#include <stddef.h>
#include <stdint.h>

#include "rrd/db/db.h"

struct import_note {
	unsigned line;	    /* of the file, from 1 */
	const char *id;	    /* "" if it has none */
	const char *field;  /* "" if it is the row */
	const char *reason; /* a sentence, English */
};

struct import_report {
	uint64_t rows;				     /* records read */
	uint64_t added, changed, unchanged, removed; /* distinct ids; removed = retired by prune */
	struct import_note *warnings;
	size_t n_warnings;
	struct import_note *errors; /* any: nothing was written */
	size_t n_errors;
};

struct import_options {
	int dry_run;
	int prune;
	int64_t now_s; /* UTC; the day from which a changed belonging counts */
};

/**
 * Import an inventory file (the header names the columns) or the city's open-data set (CSV, JSON).
 *
 * Rows are read, checked and compared before the write lock is taken. Names in `host` are not
 * resolved: what is no address is not taken, and told of.
 *
 * @param db    Writing connection. A dry run takes a reading one as well, and NULL where there is
 * no database yet.
 * @param path  File; "-" is standard input. At most 256 MiB.
 * @param o     Options.
 * @param out   Receives the report; import_report_free() frees it. Filled as far as read, on error
 * too; NULL if the file cannot be read at all.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_SYNTAX  The file has errors (out->errors): nothing was written.
 * @retval KK_E_DB      And other failures of db.h and csv.h.
 */
int import_file(struct db *db, const char *path, const struct import_options *o,
    struct import_report **out, struct diag *d);

/**
 * The same over memory, for tests and fuzzing.
 *
 * @param db    As import_file().
 * @param name  Name for messages.
 * @param p     The file's octets.
 * @param len   How many.
 * @param o     Options.
 * @param out   As import_file().
 * @param d     Why not.
 * @retval KK_OK  And the errors of import_file().
 */
int import_text(struct db *db, const char *name, const char *p, size_t len,
    const struct import_options *o, struct import_report **out, struct diag *d);

/** @param r Report, NULL is allowed. */
void import_report_free(struct import_report *r);

#endif
