/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alert_nagios.h - `kkachi alert --nagios`: one status line with perfdata and a plugin's exit code.
 */
#ifndef KK_CLI_ALERT_NAGIOS_H
#define KK_CLI_ALERT_NAGIOS_H

#include "cli/cli.h"

enum nagios_code { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

/* Access points that are down or unreachable. */
struct nagios_limits {
	uint32_t warning, critical;
};

/**
 * Look, print one line, keep nothing: runs beside cron's alerts.
 *
 * @param c  Run.
 * @param l  Limits.
 * @return   enum nagios_code.
 */
int alert_nagios(const struct cli *c, const struct nagios_limits *l);

#endif
