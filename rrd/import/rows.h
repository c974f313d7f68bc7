/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows.h - the inside of import.h: a file becomes rows (csv.c, json.c), a
 * row's cells are checked (cells.c), rows are laid over what is known (merge.c), and
 * what differs is written (write.c). Only this folder includes it.
 */
#ifndef KK_RRD_IMPORT_ROWS_H
#define KK_RRD_IMPORT_ROWS_H

#include "lib/csv.h"
#include "lib/region.h"
#include "rrd/import/import.h"

/* The columns of an inventory file, in the order of the manual, with the most octets of a cell. */
#define IMPORT_COLUMNS(X)               \
	X(ID, "id", 80)                 \
	X(NAME, "name", 256)            \
	X(KIND, "kind", 16)             \
	X(DISTRICT, "district", 64)     \
	X(SITE, "site", 256)            \
	X(SITE_TYPE, "site_type", 128)  \
	X(PHASE, "phase", 64)           \
	X(ADDRESS, "address", 512)      \
	X(INSTALLED, "installed", 32)   \
	X(PLACE, "place", 128)          \
	X(LAT, "lat", 32)               \
	X(LON, "lon", 32)               \
	X(MOBILE, "mobile", 16)         \
	X(MAC, "mac", 32)               \
	X(CONTROLLER, "controller", 80) \
	X(HOST, "host", 64)             \
	X(PORT, "port", 8)              \
	X(VERSION, "version", 8)        \
	X(COMMUNITY, "community", 255)  \
	X(USER, "user", 64)             \
	X(PROFILE, "profile", 64)       \
	X(UPLINK, "uplink", 80)         \
	X(UPLINK2, "uplink2", 80)       \
	X(CAPACITY_MBPS, "capacity_mbps", 10)
#define IMPORT_AS_ENUM(id, name, most) COL_##id,
enum import_column { IMPORT_COLUMNS(IMPORT_AS_ENUM) COL_COUNT };

#define IMPORT_LABEL_MOST 512		/* octets of a label's value */
#define IMPORT_KEY_MOST	  80		/* octets of a label's key */
#define IMPORT_FILE_MOST  (256UL << 20) /* octets of a file */

/* What a column of a file is. */
struct import_target {
	int column;	  /* enum import_column; -1: a label; -2: left out */
	const char *name; /* a label's key; else the column's name as the file has it */
	int is_site;	  /* the open-data set's name of the place: a site where none is known */
};
#define TARGET_LABEL (-1)
#define TARGET_NONE  (-2)

struct import_header {
	struct import_target col[CSV_FIELDS_MAX];
	size_t n;
	int by_key[CSV_FIELDS_MAX]; /* indices of the labels, ordered by key */
	size_t n_labels;
};

struct import_label {
	const char *key;
	const char *value; /* "": clear it */
};

/* One record of the file after checks. Texts live as long as the import. */
struct import_row {
	unsigned line;
	const char *text[COL_COUNT]; /* NULL: leave what is known; "": clear it */
	int coordinate;		     /* 0: leave, 1: set, 2: clear */
	double lat, lon;
	const char *site_guess; /* NULL: none */
	struct import_label *labels;
	unsigned n_labels; /* ordered by key, each key once */
};

/* A device: as the database has it, then with its row of the file laid over. */
struct import_device {
	uint32_t num; /* 0: new */
	const char *id;
	const char *text[COL_COUNT]; /* "": unknown; numbers as text; LAT and LON are not used */
	double lat, lon;	     /* NAN: unknown */
	const char *labels;	     /* JSON object; "": none */
	unsigned account;
	int64_t since; /* of the newest belonging; -1: none */
	int retired;
	const struct import_row *row; /* the last one of this id; NULL: the file lacks it */
	int changed;		      /* the device's row is to be written */
	int moved; /* 1: belongs elsewhere from today on; 2: what was unknown is now known */
};

struct import {
	struct import_report *report;
	struct region *mem;
	const char *file; /* for messages */
	struct import_header header;
	struct import_row *rows;
	size_t n_rows, rows_room;
	size_t warnings_room, errors_room;
	int failed; /* KK_E_NOMEM, sticky */

	struct import_device *devices; /* known ones, then new ones */
	size_t n_devices, n_known, devices_room;
	uint32_t *by_id; /* open addressing: index + 1 */
	size_t by_id_mask;
	uint32_t max_num;
	int64_t edition;
	int merged; /* once before: what was told is not told again */
};

/** @return A report without notes, for import_report_free(); NULL: out of memory. */
struct import_report *import_report_new(void);

/**
 * Add a warning to the report.
 *
 * @param im     Import.
 * @param line   Line of the file.
 * @param id     Id, or "".
 * @param field  Column, or "".
 * @param fmt    printf format of the reason.
 */
void import_warn(struct import *im, unsigned line, const char *id, const char *field,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/** Add an error: the file will be refused. Parameters as import_warn(). @param im Import. @param
 * line Line. @param id Id. @param field Column. @param fmt Reason. */
void import_error(struct import *im, unsigned line, const char *id, const char *field,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/** Name of a column. @param c enum import_column. @return "id", ... */
const char *import_column_name(int c);

/** The most octets that a cell of a column may have. @param c enum import_column. @return Octets.
 */
size_t import_column_most(int c);

/**
 * What a name in a header stands for: own names, and those of the city's open-data set.
 *
 * @param mem   Copies are made here.
 * @param name  As the file has it, UTF-8.
 * @param out   Receives it.
 * @retval KK_OK Done.
 * @retval KK_E_NOMEM
 */
int import_target_of(struct region *mem, const char *name, struct import_target *out);

/** Add a column to the header; tells of a name that is there twice. @param im Import. @param line
 * Line. @param name As the file has it. @retval KK_OK Done. @retval KK_E_FULL Too many columns.
 * @retval KK_E_NOMEM */
int import_header_add(struct import *im, unsigned line, const char *name);

/** Once the header is whole: order the labels. @param im Import. */
void import_header_done(struct import *im);

/**
 * Check one record's cells and keep the row.
 *
 * @param im     Import.
 * @param line   Its first line.
 * @param cells  One per column of the header, NULL where there is none; changed in place, and must
 * live as long as the import.
 */
void import_take(struct import *im, unsigned line, char *cells[CSV_FIELDS_MAX]);

/**
 * Trim a text, make control characters blanks and cut it, in place.
 *
 * @param text    UTF-8; shortened.
 * @param most    Octets that may stay.
 * @param faults  Bits CLEAN_... are set.
 * @return        First character inside `text`.
 */
char *import_clean(char *text, size_t most, unsigned *faults);
#define CLEAN_CONTROL 1u
#define CLEAN_CUT     2u

/** Read a CSV file that is in memory. @param im Import. @param csv Receives what holds the cells:
 * csv_free() after the import. @param p Octets. @param len Count. @param d Why not. @retval KK_OK
 * Errors of the file are in the report. */
int import_csv(struct import *im, struct csv **csv, const char *p, size_t len, struct diag *d);

/** Read a JSON file that is in memory. @param im Import. @param p Octets. @param len Count. @retval
 * KK_OK Errors of the file are in the report. @retval KK_E_NOMEM */
int import_json(struct import *im, const char *p, size_t len);

/** Name every line of a file that as a whole is neither UTF-8 nor CP949. @param im Import. @param p
 * Octets. @param len Count. */
void import_broken_lines(struct import *im, const char *p, size_t len);

/** Whether a file is JSON: its first character is [ or {. @param p Octets. @param len Count.
 * @return 1 or 0. */
int import_is_json(const char *p, size_t len);

/** Read what the database knows (all devices, retired ones too) and its edition, as of one moment.
 * @param im Import. @param db Connection; NULL: nothing is known. @param d Why not. @retval KK_OK
 */
int import_load(struct import *im, struct db *db, struct diag *d);

/** Lay the rows over what is known, and count. @param im Import, loaded. @param prune 1: count what
 * the file lacks as removed. @retval KK_OK Done. @retval KK_E_NOMEM */
int import_merge(struct import *im, int prune);

/** A device by id. @param im Import, loaded. @param id Id. @return NULL: none. */
struct import_device *import_find(const struct import *im, const char *id);

/** Room for one more device, nothing known of it. @param im Import. @return NULL: out of memory.
 * Valid until the next call. */
struct import_device *import_new_device(struct import *im);

/** Let import_find() find a device. @param im Import. @param d One of its devices. */
void import_index(struct import *im, const struct import_device *d);

/** The same set of labels with a row's laid over it, as a JSON object ordered by key. @param mem
 * Where it lives. @param known JSON object or "". @param row Row. @return NULL: out of memory. */
const char *import_labels(struct region *mem, const char *known, const struct import_row *row);

/** Warn of uplinks that form a loop, and of uplinks and controllers that nobody has. @param im
 * Import, merged. @param prune 1: what the file lacks is gone. */
void import_tree(struct import *im, int prune);

/** Write what differs, in one transaction. @param im Import, merged. @param db Connection. @param o
 * Options. @param d Why not. @retval KK_OK Done. @retval KK_E_ORDER The inventory was changed since
 * import_load(): load and merge again. */
int import_write(struct import *im, struct db *db, const struct import_options *o, struct diag *d);

#endif
