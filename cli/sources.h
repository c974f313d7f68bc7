/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sources.h - what others than a device itself know of it now: probes, and the accounting that they
 * see. */
#ifndef KK_CLI_SOURCES_H
#define KK_CLI_SOURCES_H

#include "cli/city.h"

/** As JSON: {"probe": {"time", "clients", ...}}, with what is known; the source of the device's own
 * row is left out. @param city Judged. @param s Device. @return New reference, NULL: out of memory.
 */
json_t *sources_json(const struct city *city, const struct standing *s);

/** For a person: a table per source behind an empty line; nothing if there are none. @param c Run.
 * @param city Judged. @param s Device. @return Exit code. */
int sources_print(const struct cli *c, const struct city *city, const struct standing *s);

#endif
