/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grid.h - a table on a terminal: columns as wide as their widest cell, Hangul counted as two. */
#ifndef KK_LIB_GRID_H
#define KK_LIB_GRID_H

#include <stddef.h>
#include <stdio.h>

#include "lib/err.h"

#define GRID_COLUMNS_MAX 44

struct grid;

/**
 * @param columns  1 .. GRID_COLUMNS_MAX.
 * @param align    One character per column, 'l' or 'r'.
 * @return         A grid, NULL: out of memory. grid_free() frees it.
 */
struct grid *grid_new(size_t columns, const char *align);

/** @param g Grid, NULL is allowed. */
void grid_free(struct grid *g);

/**
 * Add the next cell, row by row; the first row is the heading. Control characters become spaces, so
 * that a device's text cannot move the cursor. Running out of memory is remembered for
 * grid_print().
 *
 * @param g     Grid.
 * @param text  UTF-8, copied; NULL or "" is shown as "-", " " as nothing.
 */
void grid_cell(struct grid *g, const char *text);

/** The same in a colour. @param g Grid. @param text As above. @param colour Parameter of SGR, as
 * "31"; static; NULL: none. */
void grid_coloured(struct grid *g, const char *text, const char *colour);

/**
 * Print all whole rows: two blanks between columns, none at the end of a line.
 *
 * @param g       Grid.
 * @param out     Stream; its errors are the caller's to ask for.
 * @param colour  1: with colours.
 * @retval KK_OK
 * @retval KK_E_NOMEM  A cell could not be kept; nothing is printed.
 */
int grid_print(const struct grid *g, FILE *out, int colour);

#endif
