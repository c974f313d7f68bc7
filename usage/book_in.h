/* SPDX-License-Identifier: GPL-3.0-or-later */
/* book_in.h - what a book holds, for the files that print it. */
#ifndef KK_USAGE_BOOK_IN_H
#define KK_USAGE_BOOK_IN_H

#include "usage/book.h"

/* A sheet, or a picture. */
struct book_item {
	struct sheet *sheet;
	char *caption, *svg;
};

struct book {
	enum text_id title;
	char *about;
	int64_t made_s;
	struct book_item *items;
	size_t n, room, n_sheets;
};

/** Bars drawn as SVG: what sheet_chart() asked for. Nothing if there is nothing to draw. @param s
 * Sheet. @param lang Language. @param out Stream. */
void book_bars(const struct sheet *s, enum language lang, FILE *out);

#endif
