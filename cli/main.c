/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kkachi: the command with sub-commands for operators, planners and cron. */
#include "cli/cli.h"

int
main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
