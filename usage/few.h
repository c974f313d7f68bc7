/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * few.h - what open reports withhold: figures of fewer than k people (k-anonymity), and so many
 * others that nobody finds them by subtraction. Pure.
 *
 *     cells of a table, each with its people -> few_hide() -> which to leave out
 *     a count of people that is shown -> few_round()
 */
#ifndef KK_USAGE_FEW_H
#define KK_USAGE_FEW_H

#include <stddef.h>
#include <stdint.h>

/* One cell: a place in a period, with all of its figures. */
struct few_cell {
	int64_t clients; /* at least so many people are behind it; -1: nobody knows */
	int hidden;	 /* receives: its figures must not be published */
};

/* A table of cells whose rows and columns have totals that may be published. */
struct few_table {
	struct few_cell *cell; /* rows * columns of them, row by row */
	size_t rows, columns;
};

/**
 * Say which cells are hidden: those with fewer than `k` people, also with none, or an unknown
 * number; and in each row and column that has a hidden cell at least one with `k` or more people
 * as well, the one with the fewest, as far as there is one. So the difference of a total and of
 * what is shown is about `k` people or more.
 *
 * @param t  Table; every cell's `hidden` is set.
 * @param k  Least number of people, from 1 on.
 * @return   How many are hidden.
 */
size_t few_hide(const struct few_table *t, unsigned k);

/**
 * Whether a total may be published beside its cells.
 *
 * @param t      Table, after few_hide().
 * @param first  First cell of the row or column.
 * @param step   From one to the next: 1 in a row, the table's columns in a column.
 * @param n      How many.
 * @param total  At least so many people are behind the total; -1: nobody knows.
 * @param k      As for few_hide().
 * @return       0: too few are behind it, or behind what is hidden below it.
 */
int few_total(
    const struct few_table *t, size_t first, size_t step, size_t n, int64_t total, unsigned k);

/** A count of people as it may be published. @param clients Count, `k` or more. @param k As for
 * few_hide(). @return The nearest multiple of `k`, never 0. */
int64_t few_round(int64_t clients, unsigned k);

#endif
