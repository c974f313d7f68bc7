/* SPDX-License-Identifier: GPL-3.0-or-later */
/* city.h - the simulated city on paper: its inventory, and its usage before Kkachi. */
#ifndef KK_SIM_CITY_H
#define KK_SIM_CITY_H

#include "lib/err.h"
#include "tests/sim/fleet.h"

/**
 * Write an inventory that `kkachi import` takes.
 *
 * @param path       CSV file.
 * @param f          Fleet.
 * @param port       UDP port of the simulator.
 * @param community  For the column of that name.
 * @param districts  How many of the 25 districts the devices stand in, phase 1's five first.
 * @param d          Why not.
 * @retval KK_OK
 * @retval KK_E_IO
 */
int city_inventory(const char *path, const struct fleet *f, unsigned port, const char *community,
    unsigned districts, struct diag *d);

/**
 * Write usage per day of April to July 2021 for `kkachi usage --import`: 48, 52, 56 and 48 TB
 * (10^12 octets) exactly.
 *
 * @param path  CSV file.
 * @param f     Fleet.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_IO
 */
int city_history(const char *path, const struct fleet *f, struct diag *d);

#endif
