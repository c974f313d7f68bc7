/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stddef.h>

#include "cli/cli.h"

const struct command *const *
commands(void)
{
	static const struct command *const table[] = {&command_import, &command_devices,
	    &command_show, &command_replace, &command_poll, &command_usage, &command_questions,
	    &command_graph, &command_topology, &command_events, &command_probe_map, &command_alert,
	    &command_crosscheck, &command_backup, &command_check_config, NULL};

	return table;
}
