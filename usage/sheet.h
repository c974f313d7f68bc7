/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet.h - a titled table of typed cells, filled once and printed in every format.
 *
 *	struct sheet *s = sheet_new("idle", TEXT_IDLE_TITLE);
 *
 *	sheet_column(s, "ap", TEXT_KEY_AP, SHEET_KEY);
 *	sheet_column(s, "octets", TEXT_TOTAL, SHEET_OCTETS);
 *	sheet_column(s, "coverage_percent", TEXT_COVERAGE, SHEET_PERCENT);
 *	for (...) {
 *		sheet_text(s, ap->id);
 *		sheet_number(s, ap->octets);
 *		sheet_mark(s, MARK_PARTIAL | MARK_RESTARTS); // of the cell put last
 *		sheet_percent(s, 983);			     // 98.3 %
 *	}
 *	sheet_note(s, TEXT_IDLE_METHOD);
 *	rc = sheet_error(s);
 *
 * Cells go row by row, left to right, one for every column (sheet_unknown() where nothing is known:
 *it is shown as "-" or left empty, never as 0). A cell is judged by its column's kind, so that the
 *terminal, CSV, JSON, XLSX and HTML each print it in their way (sheet_out.h, book.h). The footnotes
 *of the marks in use come by themselves. Running out of memory is remembered: ask sheet_error()
 *once, at the end.
 */
#ifndef KK_USAGE_SHEET_H
#define KK_USAGE_SHEET_H

#include <stddef.h>
#include <stdint.h>

#include "lib/err.h"
#include "lib/i18n.h"
#include "usage/mark.h"

#define SHEET_COLUMNS_MAX 40
#define SHEET_NOTES_MAX	  16

enum sheet_kind {
	SHEET_TEXT,
	SHEET_KEY,     /* text; people are not shown it again when it repeats the row above */
	SHEET_COUNT,   /* a whole number */
	SHEET_OCTETS,  /* octets; people read TB, GB, ... */
	SHEET_RATE,    /* bits a second; people read kbit/s, Mbit/s, ... */
	SHEET_PERCENT, /* tenths of a percent */
	SHEET_GROWTH,  /* tenths of a percent, with its sign */
	SHEET_WON,     /* South Korean won */
	SHEET_METRES,
	SHEET_KM2, /* 1/100 km² */
	SHEET_DAY  /* kk_day: YYYYMMDD, YYYYMM or YYYY */
};

/* Or'd to a kind: people see the column only where one of its cells is known and not 0; scripts
 * always do. */
#define SHEET_DETAIL 0x100u

struct sheet_column {
	const char *key; /* in CSV and JSON; static */
	enum text_id heading;
	enum sheet_kind kind;
	int detail;
};

enum sheet_state { CELL_UNKNOWN, CELL_NUMBER, CELL_TEXT, CELL_WORD };

struct sheet_cell {
	enum sheet_state state;
	unsigned marks;	   /* enum mark */
	int doubt;	   /* what it was computed from has marks, which are told elsewhere */
	int negative;	   /* the number is below 0 */
	enum text_id word; /* of CELL_WORD: for people */
	uint64_t number;   /* its magnitude */
	const char *text;  /* CELL_TEXT, and CELL_WORD for scripts; owned by the sheet */
};

struct sheet;

/** @param name Lower-case word: in JSON and on the tab of XLSX; static. @param title For people.
 * @return NULL: out of memory; sheet_free() frees. */
struct sheet *sheet_new(const char *name, enum text_id title);

/** @param s Sheet, NULL is allowed. */
void sheet_free(struct sheet *s);

/** What the title is about, as "2021-04 .. 2021-07", shown behind it. @param s Sheet. @param about
 * UTF-8, copied. */
void sheet_about(struct sheet *s, const char *about);

/** Add a column, before the first cell; those over SHEET_COLUMNS_MAX are an error. @param s Sheet.
 * @param key For scripts, as "octets_down"; static. @param heading For people. @param kind enum
 * sheet_kind, SHEET_DETAIL or'd. */
void sheet_column(struct sheet *s, const char *key, enum text_id heading, unsigned kind);

/** The next cell: a text. @param s Sheet. @param text UTF-8, copied; NULL is unknown. */
void sheet_text(struct sheet *s, const char *text);

/** The next cell: a word that has a translation. @param s Sheet. @param key For scripts; static.
 * @param word For people. */
void sheet_word(struct sheet *s, const char *key, enum text_id word);

/** The next cell: a number in the unit of its column's kind. @param s Sheet. @param n Number. */
void sheet_number(struct sheet *s, uint64_t n);

/** The next cell: a number that may be below 0. @param s Sheet. @param n Number. */
void sheet_signed(struct sheet *s, int64_t n);

/** The next cell: a percentage. @param s Sheet. @param tenths Tenths of a percent. */
void sheet_percent(struct sheet *s, int64_t tenths);

/** The next cell: nobody knows. @param s Sheet. */
void sheet_unknown(struct sheet *s);

/** Say what is not certain about the cell put last. @param s Sheet. @param marks Set of enum mark,
 * added to those it has. */
void sheet_mark(struct sheet *s, unsigned marks);

/** Say that the cell put last was computed from figures that have marks, though its own row need
 * not have any: it is starred. @param s Sheet. */
void sheet_doubt(struct sheet *s);

/** The rows from the next one on are totals of those above: scripts are not given them among the
 * rows, charts not at all. @param s Sheet. */
void sheet_totals(struct sheet *s);

/** Add a footnote; the same one again changes nothing. @param s Sheet. @param note Text. */
void sheet_note(struct sheet *s, enum text_id note);

/** Shade its numbers: the more, the darker. @param s Sheet. */
void sheet_shade(struct sheet *s);

/** Ask for a chart beside the table. @param s Sheet. @param x Column of the places on the axis.
 * @param y Column of numbers: a bar at each place. @param by Column whose value is the same for the
 * neighbouring rows of one series; -1: all rows are one. */
void sheet_chart(struct sheet *s, size_t x, size_t y, int by);

/**
 * What went wrong so far.
 *
 * @param s  Sheet; NULL, which sheet_new() gave, is out of memory too.
 * @retval KK_OK       Whole.
 * @retval KK_E_NOMEM
 * @retval KK_E_RANGE  Too many columns or notes, or the last row lacks cells.
 */
int sheet_error(const struct sheet *s);

/* Reading, for those who print. */

struct sheet_chart {
	int wanted;
	size_t x, y;
	int by;
};

/** @param s Sheet. @return Whether sheet_shade() was asked for. */
int sheet_shaded(const struct sheet *s);

/** @param s Sheet. @return What sheet_chart() asked for. */
struct sheet_chart sheet_charted(const struct sheet *s);

/** @param s Sheet. @return Its name. */
const char *sheet_name(const struct sheet *s);

/** @param s Sheet. @return Its title. */
enum text_id sheet_title(const struct sheet *s);

/** @param s Sheet. @return What sheet_about() said, "" for nothing. */
const char *sheet_subtitle(const struct sheet *s);

/** @param s Sheet. @return Count of columns. */
size_t sheet_columns(const struct sheet *s);

/** @param s Sheet. @param column From 0. @return Column. */
const struct sheet_column *sheet_column_at(const struct sheet *s, size_t column);

/** @param s Sheet. @return Count of whole rows. */
size_t sheet_rows(const struct sheet *s);

/** @param s Sheet. @param row From 0. @param column From 0. @return Cell. */
const struct sheet_cell *sheet_cell_at(const struct sheet *s, size_t row, size_t column);

/** Whether people are shown a star behind a cell. @param c Cell. @return 1 or 0. */
int sheet_starred(const struct sheet_cell *c);

/** @param s Sheet. @return The first row of totals; the count of rows if there are none. */
size_t sheet_first_total(const struct sheet *s);

/** All marks of a row. @param s Sheet. @param row From 0. @return Set of enum mark. */
unsigned sheet_row_marks(const struct sheet *s, size_t row);

/** All marks in use. @param s Sheet. @return Set of enum mark. */
unsigned sheet_marks(const struct sheet *s);

/* A line below the table. */
struct sheet_footnote {
	char letter;	 /* that it explains; '*': the star; 0: about the whole */
	const char *key; /* of the mark, for scripts; NULL: none */
	enum text_id note;
};

#define SHEET_FOOTNOTES_MAX (1 + MARKS + SHEET_NOTES_MAX)

/** What stands below the table: the star and the marks in use, then the sheet's own notes. @param s
 * Sheet. @param out Receives them. @return Their count. */
size_t sheet_footnotes(const struct sheet *s, struct sheet_footnote out[SHEET_FOOTNOTES_MAX]);

/** Whether people are shown a column: not a detail that is 0 or unknown throughout. @param s Sheet.
 * @param column From 0. @return 1 or 0. */
int sheet_shown(const struct sheet *s, size_t column);

/** Whether a key repeats that of the row above, and people are not shown it again. @param s Sheet.
 * @param row From 0. @param column From 0. @return 1 or 0. */
int sheet_repeats(const struct sheet *s, size_t row, size_t column);

#endif
