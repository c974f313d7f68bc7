/* SPDX-License-Identifier: GPL-3.0-or-later */
/* years.h - reports over a ledger of several years, against bare SQL over the same days. */
#ifndef KK_BENCH_YEARS_H
#define KK_BENCH_YEARS_H

/** Make a ledger in a folder and ask it. Prints one JSON object. @param dir Empty folder; the
 * ledger stays there. @param devices Access points. @param years Years, until the end of 2025.
 * @return Exit code. */
int bench_years(const char *dir, unsigned devices, unsigned years);

#endif
