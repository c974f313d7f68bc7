/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recording.h - a device as it was recorded (.snmprec: OID|TYPE|VALUE a line), to be answered
 * again. */
#ifndef KK_SIM_RECORDING_H
#define KK_SIM_RECORDING_H

#include "lib/clock.h"
#include "lib/err.h"
#include "tests/sim/agent.h"

struct recording;

/**
 * Read a recording; lines need not be sorted, of a name that stands there twice the first counts.
 * Types: 2, 4, 5, 6, 64, 65, 66, 67, 68, 70; with an x behind it the value is hex. A value that is
 * none of its type, and a type that is none of these (made unreadable, or the simulator's own
 * words), is left out, as if the device lacked the object.
 *
 * @param path  File.
 * @param out   Receives it; recording_free() frees it.
 * @param d     "FILE:LINE: why".
 * @retval KK_OK
 * @retval KK_E_NOTFOUND
 * @retval KK_E_SYNTAX A line is not OID|TYPE|VALUE.
 * @retval KK_E_NOMEM
 */
int recording_read(const char *path, struct recording **out, struct diag *d);

/**
 * The same from memory.
 * @param name  For messages.
 * @param text  Lines; changed.
 * @param len   Octets.
 * @param out   Receives it; recording_free() frees it.
 * @param d     "NAME:LINE: why".
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_NOMEM
 */
int recording_parse(
    const char *name, char *text, size_t len, struct recording **out, struct diag *d);

/**
 * Set numbers in motion. The device's clocks (sysUpTime, hrSystemUptime, snmpEngineTime) go along,
 * from the first call on.
 *
 * @param r      Recording.
 * @param what   "OID=RATE": the number at this name, or all below it, moves by so much in a second;
 *               "time": the clocks alone.
 * @param clock  Whose time; borrowed. NULL: the machine's.
 * @param d      Why not.
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 * @retval KK_E_NOTFOUND No number stands there.
 */
int recording_move(
    struct recording *r, const char *what, const struct kk_clock *clock, struct diag *d);

/** @param r Recording, NULL is allowed. */
void recording_free(struct recording *r);

/** The same as an agent's values. @param r Recording. @return View over it. */
struct agent_view recording_view(struct recording *r);

/** How many values it holds. @param r Recording. @return Count. */
size_t recording_size(const struct recording *r);

/** How many lines were left out. @param r Recording. @param line Receives the first of them.
 * @return Count. */
size_t recording_left_out(const struct recording *r, unsigned *line);

#endif
