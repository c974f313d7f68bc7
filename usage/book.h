/* SPDX-License-Identifier: GPL-3.0-or-later */
/* book.h - several sheets and pictures that are handed on as one file: HTML that prints on A4, or
 * XLSX. A book is not for the public: it withholds nothing of few people, and says so on its first
 * sheet. */
#ifndef KK_USAGE_BOOK_H
#define KK_USAGE_BOOK_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "usage/sheet.h"

struct book;

/** @param title For people. @param about What it is about, as "2021-07"; copied. @param made_s When
 * it was made, UTC seconds. @return NULL: out of memory; book_free() frees. */
struct book *book_new(enum text_id title, const char *about, int64_t made_s);

/** @param b Book, NULL is allowed. */
void book_free(struct book *b);

/** Add a sheet. @param b Book; NULL is out of memory. @param s Filled sheet, the book's from now
 * on, also on errors; NULL is out of memory. @retval KK_OK Done. @retval KK_E_NOMEM Out of memory.
 * @retval KK_E_RANGE As sheet_error(). */
int book_sheet(struct book *b, struct sheet *s);

/**
 * Add a picture below what was added last; XLSX leaves it out.
 *
 * @param b        Book; NULL is out of memory.
 * @param caption  UTF-8, copied: what a person who cannot see it is told.
 * @param svg      An SVG document of our own making; copied.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 */
int book_picture(struct book *b, const char *caption, const char *svg);

/** @param b Book. @return Count of sheets. */
size_t book_sheets(const struct book *b);

/** @param b Book. @param i From 0. @return Sheet; the book's. */
const struct sheet *book_sheet_at(const struct book *b, size_t i);

/**
 * One HTML document without anything outside it: style inside, pictures inside. Prints on A4 with
 * headings on every page.
 *
 * @param b     Book.
 * @param lang  Language.
 * @param out   Stream; its errors are the caller's to ask for.
 */
void book_html(const struct book *b, enum language lang, FILE *out);

/**
 * A workbook: one tab per sheet with a frozen heading, number formats and charts. A workbook's
 * numbers are doubles: octets above 2⁵³ (9 PB) are rounded there, in the 16th digit.
 *
 * @param b     Book.
 * @param lang  Language.
 * @param path  File; appears whole or not at all (written beside it and renamed).
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_NOMEM
 * @retval KK_E_IO
 */
int book_xlsx(const struct book *b, enum language lang, const char *path, struct diag *d);

/** The same into a stream. @param b Book. @param lang Language. @param out Stream; its errors are
 * the caller's to ask for. @param d Why not. @return As book_xlsx(). */
int book_xlsx_to(const struct book *b, enum language lang, FILE *out, struct diag *d);

#endif
