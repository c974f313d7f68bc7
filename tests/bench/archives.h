/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archives.h - (d): the archives, against one rrd_updatex_r per sample on files of the same form.
 */
#ifndef KK_BENCH_ARCHIVES_H
#define KK_BENCH_ARCHIVES_H

/**
 * Feed both with the same samples, write dirty pages back after every minute as the kernel does in
 * time, and print one JSON object: CPU and octets written per sample.
 *
 * @param dir      Empty folder.
 * @param devices  Files.
 * @param minutes  Of ours, a multiple of ten so that every file is visited as often; the yardstick
 * gets a fifth of them.
 * @param cold     1: also a minute with nothing in the page cache (needs root).
 * @return         Exit code.
 */
int bench_archives(const char *dir, unsigned devices, unsigned minutes, int cold);

#endif
