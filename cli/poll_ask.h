/* SPDX-License-Identifier: GPL-3.0-or-later */
/* poll_ask.h - asking one device now: through the collector that runs, else by ourselves. */
#ifndef KK_CLI_POLL_ASK_H
#define KK_CLI_POLL_ASK_H

#include "lib/conf.h"
#include "lib/i18n.h"
#include "rrd/db/inventory.h"

/**
 * Through kkachid's control socket: its engine, its pace, its address.
 *
 * @param c     Configuration.
 * @param id    Device.
 * @param lang  Of the reasoning.
 * @param json  Receives the answer (collector/explain.h), malloc'd.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_CLOSED   No collector runs here: poll_ask_self() may be tried.
 * @retval KK_E_REFUSED  The collector says no: the device does not answer, ...
 * @retval KK_E_SILENT   The collector itself did not answer in time.
 */
int poll_ask_collector(
    const struct conf *c, const char *id, enum language lang, char **json, struct diag *d);

/**
 * With an engine of our own.
 *
 * @param c     Configuration.
 * @param dev   Device, with a host.
 * @param lang  Of the reasoning.
 * @param json  Receives the answer, malloc'd.
 * @param d     Why not.
 * @retval KK_OK
 * @retval KK_E_SILENT  The device does not answer.
 * @return              And the errors of explain_start(), profiles_read(), net_udp_new().
 */
int poll_ask_self(const struct conf *c, const struct device *dev, enum language lang, char **json,
    struct diag *d);

#endif
