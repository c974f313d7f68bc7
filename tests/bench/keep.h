/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keep.h - (c): journal, live table and ledger of a sweep, against a bare synced write of the same
 * octets and the same rows upserted by bare SQLite. */
#ifndef KK_BENCH_KEEP_H
#define KK_BENCH_KEEP_H

/** Measure both by turns and print one JSON object: medians of a sweep. @param dir Empty folder.
 * @param devices Per sweep. @param sweeps That are measured, after two that are not. @return Exit
 * code. */
int bench_keep(const char *dir, unsigned devices, unsigned sweeps);

#endif
