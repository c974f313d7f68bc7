/* SPDX-License-Identifier: GPL-3.0-or-later */
/* truth.h - the report of what was served, and the comparison of a collector's odometers with it.
 */
#ifndef KK_SIM_TRUTH_H
#define KK_SIM_TRUTH_H

#include "lib/err.h"
#include "tests/sim/fleet.h"
#include "tests/sim/server.h"

/**
 * Write the report, whole or not at all: JSON, one line per device:
 * {"id","profile","requests","answers","reboots","first","last","octets_down","octets_up","raw_down","raw_up"}.
 *
 * after {"requests",...,"span_ms","devices"}: the server's counters, and the time from the first to
 * the last request since the report before.
 *
 * octets_* is what the odometers must show: octets between the first and the last answer that was
 * sent intact and in time to a GET; over a reboot, those since the reboot. raw_* is the last raw
 * 64-bit value of each radio.
 *
 * @param path   File.
 * @param f      Fleet.
 * @param stats  The server's counters.
 * @param d      Why not.
 * @retval KK_OK
 * @retval KK_E_IO
 */
int truth_write(
    const char *path, const struct fleet *f, const struct server_stats *stats, struct diag *d);

/**
 * Compare a report with what `kkachi devices --json` says (odometer_down, odometer_up), and print
 * every mismatch.
 *
 * @param report   The report's path.
 * @param devices  Path of the other; "-" is standard input.
 * @param d        Why it cannot be compared.
 * @return         Devices that differ, or KK_E_...
 */
int truth_compare(const char *report, const char *devices, struct diag *d);

#endif
