/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv.h - RFC 4180 as people really write it: BOM, CRLF or LF, line breaks inside quotes, UTF-8 or
 * CP949. */
#ifndef KK_LIB_CSV_H
#define KK_LIB_CSV_H

#include <stddef.h>
#include <stdio.h>

#include "lib/err.h"

#define CSV_FIELDS_MAX 128

struct csv;

/**
 * Open a whole file: read, decoded to UTF-8 (UTF-8 with or without BOM, else CP949), ready for
 * csv_next().
 *
 * @param path  File; "-" is standard input. At most 1 GiB.
 * @param out   Receives the reader; csv_free() frees it.
 * @param d     "FILE:LINE: ..." for a bad encoding.
 * @retval KK_OK
 * @retval KK_E_SYNTAX  Neither UTF-8 nor CP949.
 */
int csv_open(const char *path, struct csv **out, struct diag *d);

/** The same over memory. @param name For messages. @param p Octets; copied. @param len Count.
 * @param out Reader. @param d Why not. @retval KK_OK */
int csv_over(const char *name, const void *p, size_t len, struct csv **out, struct diag *d);

/**
 * The next record. Empty lines are skipped.
 *
 * @param c       Reader.
 * @param fields  Receives NUL-terminated UTF-8 fields (no NUL, no invalid UTF-8 inside), valid
 * until csv_free().
 * @param n       Receives their count, at most CSV_FIELDS_MAX.
 * @param line    Receives the number of the record's first line, from 1.
 * @param d       "FILE:LINE: ..." when the quoting is broken; reading may go on with the next line.
 * @retval KK_OK
 * @retval KK_END
 * @retval KK_E_SYNTAX
 */
int csv_next(
    struct csv *c, char *fields[CSV_FIELDS_MAX], size_t *n, unsigned *line, struct diag *d);

/** @param c Reader, NULL is allowed. */
void csv_free(struct csv *c);

/**
 * Write one field: quoted where needed; a leading = + - @ TAB CR that is no number gets a ' before
 * it, so that a spreadsheet does not run it as a formula.
 *
 * @param out    Stream.
 * @param text   UTF-8; NULL writes an empty field.
 * @param first  1: no comma before it.
 */
void csv_put(FILE *out, const char *text, int first);

/**
 * Take the ' away again that csv_put() sets before what a spreadsheet would run, so that a list
 * that was written can be read.
 *
 * @param field  NUL-terminated.
 * @return       Inside `field`.
 */
char *csv_unguard(char *field);

#endif
