/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h - the command line of kkachi-sim. */
#ifndef KK_SIM_OPTIONS_H
#define KK_SIM_OPTIONS_H

#include "tests/sim/agent.h"
#include "tests/sim/faults.h"
#include "tests/sim/fleet.h"

#define SIM_MOVES 32

/* Texts are borrowed from argv. */
struct sim_options {
	struct fleet_options fleet;
	struct faults faults;
	struct agent_options agent;
	uint32_t address; /* of --listen, host byte order */
	uint16_t port;
	unsigned districts;
	unsigned seconds, report_every;
	int write_only;
	const char *move[SIM_MOVES]; /* of --move */
	unsigned n_moves;
	unsigned users; /* of SNMPv3 */
	const char *snmpv3, *users_file;
	const char *script, *report, *inventory, *history, *recording, *compare, *compare_with;
};

/** Read the command line; prints help, version and mistakes itself. @param argc Count. @param argv
 * Words. @param o Receives the options. @return -1 to go on, else the exit code. */
int sim_options_read(int argc, char **argv, struct sim_options *o);

#endif
