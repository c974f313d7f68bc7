/* SPDX-License-Identifier: GPL-3.0-or-later */
/* polls.h - how the collector's polls of devices go: slow ones, silent ones, odd answers. */
#ifndef KK_CLI_POLLS_H
#define KK_CLI_POLLS_H

#include <jansson.h>

#include "cli/cli.h"

/** The devices whose polls take longest, as a table or as JSON. @param c Run. @return Exit code;
 * what is wrong has been told. */
int polls_slowest(const struct cli *c);

/**
 * How one device's polls go (kkachid(8), the control socket's `device`).
 *
 * @param c   Run.
 * @param id  Device.
 * @return    Object, the caller's; NULL: no collector runs here, or the device is not polled.
 */
json_t *polls_of(const struct cli *c, const char *id);

/**
 * What is wrong with a device's polls, for people.
 *
 * @param c     Run.
 * @param p     polls_of(); NULL is allowed.
 * @param out   Receives a sentence in the run's language, "" : nothing.
 * @param room  Octets, 300 are enough.
 */
void polls_trouble(const struct cli *c, const json_t *p, char *out, size_t room);

/**
 * What a controller's list says, for people: its counts, then a line for each access point that the
 * inventory does not know, as far as they are named.
 *
 * @param c     Run.
 * @param p     polls_of(); NULL is allowed.
 * @param i     Line, from 0 on.
 * @param out   Receives the line in the run's language.
 * @param room  Octets, 300 are enough.
 * @return      1, or 0: there is none.
 */
int polls_list(const struct cli *c, const json_t *p, size_t i, char *out, size_t room);

#endif
