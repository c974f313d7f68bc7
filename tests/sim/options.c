/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "Usage: kkachi-sim [OPTION]...\n"
    "       kkachi-sim --recording FILE.snmprec --listen ADDRESS:PORT [--move OID=RATE|time]...\n"
    "       kkachi-sim --compare REPORT DEVICES.json\n"
    "A fleet of access points and switches on 127.0.0.0/8, one address each from 127.1.0.1 on, "
    "with known ground truth.\n"
    "Prints its UDP port on a line of stdout when it is ready.\n\n"
    "The fleet\n"
    "  --city phase1|full      1,840 APs under 30 switches in 5 districts, or 18,450 under 300 in "
    "25\n"
    "  --devices N             access points (default 100)\n"
    "  --switches M            switches above them, polled as well (default 0)\n"
    "  --controllers N         controllers (ArubaOS) that speak for the access points of kind fit\n"
    "  --tree                  the switches hang on one another, from SW-00001 down, and one "
    "closes a "
    "ring\n"
    "  --miscable N            access points that hang on another switch than the inventory says\n"
    "  --no-lldp P             percent of access points that do not speak LLDP\n"
    "  --dim N                 switches, the last ones, that get little light at their uplink\n"
    "  --districts N           districts that they stand in, 1 to 25 (default 5)\n"
    "  --mix unifi=70,ifmib=25,ifmib32=5,fit=10   kinds of access points, in parts (default "
    "unifi=1)\n"
    "  --v1 P                  percent of access points that speak SNMP v1 only\n"
    "  --seed N                another city (default 1)\n"
    "  --month-tb N            what all of them carry in 30 days (default 52 TB for 1,840, in "
    "proportion)\n"
    "  --since SECONDS         when the city began, UTC since 1970 (default: now): what a device "
    "has "
    "carried\n"
    "                          and how long it is up depend on this, the seed and the time alone\n"
    "  --inventory FILE        write what `kkachi import` takes\n"
    "  --history FILE          write April to July 2021 for `kkachi usage --import`: 48, 52, 56, "
    "48 TB\n"
    "  --write-only            write these files and end\n"
    "The network\n"
    "  --port N                UDP port (default 0: any that is free)\n"
    "  --community TEXT        (default public)\n"
    "  --packet N              longest answer in octets; longer ones are tooBig (default 1472)\n"
    "  --bulk N                most values in an answer to GETBULK (default: as many as fit)\n"
    "  --snmpv3 AUTH/PRIV      SNMPv3 agents, as SHA-1/AES-128, SHA-256 or none\n"
    "  --users N               SNMPv3 users, device i is asked by user i modulo N (default 1)\n"
    "  --users-file FILE       write them for snmp.users_file\n"
    "  --loss P --duplicate P --late P --malformed P   percent of answers\n"
    "  --late-ms N             how late a late answer is (default 6000: beyond a client's "
    "patience)\n"
    "  --delay MS              mean of an exponential delay of each answer (default 0)\n"
    "  --dead P                percent of access points that never answer\n"
    "  --slow P --slow-ms N    percent of access points whose every answer takes N ms more "
    "(default 2000)\n"
    "  --script FILE           events, one a line: SECONDS "
    "silent|answer|reboot|clear|move|replace|upgrade|v1|v2c|\n"
    "                          freeze|boots|twin|unlist|list "
    "                          ID or N%, or SECONDS loss|duplicate|late|malformed PERCENT\n"
    "A recorded device\n"
    "  --recording FILE        answer as it did; lines need not be sorted, what cannot be said is "
    "left out\n"
    "  --listen ADDRESS:PORT   where\n"
    "  --move OID=RATE         numbers there and below move by so much a second, its clocks along "
    "with them;\n"
    "                          also: --move time, the clocks alone\n"
    "The truth\n"
    "  --report FILE           write what was served, at the end and on SIGUSR1;\n"
    "                          SIGUSR2: answer nothing more, so that the truth stands still\n"
    "  --report-every S        and every S seconds\n"
    "  --compare REPORT FILE   compare it with `kkachi devices --json`; exit 1 if a device "
    "differs\n"
    "  --seconds S             end after S seconds (default: on SIGTERM)\n"
    "      --help, --version\n\nSee kkachi-sim(1).\n";

enum {
	O_CITY = 256,
	O_DEVICES,
	O_SWITCHES,
	O_CONTROLLERS,
	O_BULK,
	O_DISTRICTS,
	O_TREE,
	O_MISCABLE,
	O_NO_LLDP,
	O_DIM,
	O_MIX,
	O_V1,
	O_SEED,
	O_MONTH,
	O_SINCE,
	O_INVENTORY,
	O_HISTORY,
	O_WRITE,
	O_PORT,
	O_COMMUNITY,
	O_PACKET,
	O_SNMPV3,
	O_USERS,
	O_USERS_FILE,
	O_LOSS,
	O_DUPLICATE,
	O_LATE,
	O_MALFORMED,
	O_LATE_MS,
	O_DELAY,
	O_DEAD,
	O_SLOW,
	O_SLOW_MS,
	O_SCRIPT,
	O_REPORT,
	O_EVERY,
	O_COMPARE,
	O_SECONDS,
	O_RECORDING,
	O_LISTEN,
	O_MOVE,
	O_HELP,
	O_VERSION
};

static const struct option known[] = {
    {"city", 1, NULL, O_CITY},
    {"devices", 1, NULL, O_DEVICES},
    {"switches", 1, NULL, O_SWITCHES},
    {"districts", 1, NULL, O_DISTRICTS},
    {"tree", 0, NULL, O_TREE},
    {"miscable", 1, NULL, O_MISCABLE},
    {"no-lldp", 1, NULL, O_NO_LLDP},
    {"dim", 1, NULL, O_DIM},
    {"mix", 1, NULL, O_MIX},
    {"v1", 1, NULL, O_V1},
    {"seed", 1, NULL, O_SEED},
    {"month-tb", 1, NULL, O_MONTH},
    {"since", 1, NULL, O_SINCE},
    {"inventory", 1, NULL, O_INVENTORY},
    {"history", 1, NULL, O_HISTORY},
    {"write-only", 0, NULL, O_WRITE},
    {"port", 1, NULL, O_PORT},
    {"community", 1, NULL, O_COMMUNITY},
    {"packet", 1, NULL, O_PACKET},
    {"controllers", 1, NULL, O_CONTROLLERS},
    {"bulk", 1, NULL, O_BULK},
    {"snmpv3", 1, NULL, O_SNMPV3},
    {"users", 1, NULL, O_USERS},
    {"users-file", 1, NULL, O_USERS_FILE},
    {"loss", 1, NULL, O_LOSS},
    {"duplicate", 1, NULL, O_DUPLICATE},
    {"late", 1, NULL, O_LATE},
    {"malformed", 1, NULL, O_MALFORMED},
    {"late-ms", 1, NULL, O_LATE_MS},
    {"delay", 1, NULL, O_DELAY},
    {"dead", 1, NULL, O_DEAD},
    {"slow", 1, NULL, O_SLOW},
    {"slow-ms", 1, NULL, O_SLOW_MS},
    {"script", 1, NULL, O_SCRIPT},
    {"report", 1, NULL, O_REPORT},
    {"report-every", 1, NULL, O_EVERY},
    {"compare", 1, NULL, O_COMPARE},
    {"seconds", 1, NULL, O_SECONDS},
    {"recording", 1, NULL, O_RECORDING},
    {"listen", 1, NULL, O_LISTEN},
    {"move", 1, NULL, O_MOVE},
    {"help", 0, NULL, O_HELP},
    {"version", 0, NULL, O_VERSION},
    {NULL, 0, NULL, 0},
};

/* A number between bounds, in units of 1/scale. */
static int
number(const char *text, double min, double max, double scale, uint64_t *out)
{
	char *end;
	double v;

	errno = 0;
	v = strtod(text, &end);
	if (errno != 0 || end == text || *end != '\0' || !(v >= min && v <= max))
		return 0;
	*out = (uint64_t)(v * scale + 0.5);
	return 1;
}

static int
read_mix(const char *text, unsigned mix[SIM_PROFILE_COUNT])
{
	memset(mix, 0, SIM_PROFILE_COUNT * sizeof(mix[0]));
	while (*text != '\0') {
		size_t name = strcspn(text, "=,");
		unsigned p = 0;
		char *end;

		while (p < SIM_SWITCH && (strlen(sim_profile_name(p)) != name ||
					     strncmp(sim_profile_name(p), text, name) != 0))
			p++;
		if (p == SIM_SWITCH)
			return 0;
		text += name;
		mix[p] = 1;
		if (*text == '=') {
			mix[p] = (unsigned)strtoul(text + 1, &end, 10);
			if (end == text + 1 || mix[p] > 1000000)
				return 0;
			text = end;
		}
		if (*text == ',')
			text++;
		else if (*text != '\0')
			return 0;
	}
	return 1;
}

static int
read_listen(const char *text, struct sim_options *o)
{
	const char *colon = strrchr(text, ':');
	char host[64];
	struct in_addr a;
	uint64_t port;

	if (colon == NULL || (size_t)(colon - text) >= sizeof(host) ||
	    !number(colon + 1, 0, 65535, 1, &port))
		return 0;
	snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	if (inet_pton(AF_INET, host, &a) != 1)
		return 0;
	o->address = ntohl(a.s_addr);
	o->port = (uint16_t)port;
	return 1;
}

static int
read_city(const char *text, struct sim_options *o)
{
	if (strcmp(text, "phase1") == 0) {
		o->fleet.aps = 1840;
		o->fleet.switches = 30;
		o->districts = 5;
		return 1;
	}
	if (strcmp(text, "full") == 0) {
		o->fleet.aps = 18450;
		o->fleet.switches = 300;
		o->districts = 25;
		return 1;
	}
	return 0;
}

/* Options that are texts; 1: taken. */
static int
text_option(int c, char *text, struct sim_options *o)
{
	switch (c) {
	case O_INVENTORY:
		o->inventory = text;
		return 1;
	case O_HISTORY:
		o->history = text;
		return 1;
	case O_COMMUNITY:
		o->agent.community = text;
		return 1;
	case O_SNMPV3:
		o->snmpv3 = text;
		return 1;
	case O_USERS_FILE:
		o->users_file = text;
		return 1;
	case O_SCRIPT:
		o->script = text;
		return 1;
	case O_REPORT:
		o->report = text;
		return 1;
	case O_COMPARE:
		o->compare = text;
		return 1;
	case O_RECORDING:
		o->recording = text;
		return 1;
	case O_TREE:
		o->fleet.tree = 1;
		return 1;
	case O_WRITE:
		o->write_only = 1;
		return 1;
	case O_CITY:
		return read_city(text, o);
	case O_MIX:
		return read_mix(text, o->fleet.mix);
	case O_LISTEN:
		return read_listen(text, o);
	case O_MOVE:
		if (o->n_moves == SIM_MOVES)
			return 0;
		o->move[o->n_moves++] = text;
		return 1;
	default:
		return 0;
	}
}

/* Options that are numbers: bounds, scale, and where they go. */
static int
number_option(int c, const char *text, struct sim_options *o)
{
	const struct {
		int option;
		double min, max, scale;
		unsigned *to;
	} table[] = {
	    {O_DEVICES, 1, 4000000, 1, &o->fleet.aps},
	    {O_SWITCHES, 0, 100000, 1, &o->fleet.switches},
	    {O_CONTROLLERS, 0, 1000, 1, &o->fleet.controllers},
	    {O_BULK, 1, 100000, 1, &o->agent.bulk_max},
	    {O_DISTRICTS, 1, 25, 1, &o->districts},
	    {O_MISCABLE, 0, 100000, 1, &o->fleet.miscable},
	    {O_NO_LLDP, 0, 100, 1, &o->fleet.no_lldp_percent},
	    {O_DIM, 0, 100000, 1, &o->fleet.dim},
	    {O_USERS, 1, 1000000, 1, &o->users},
	    {O_LOSS, 0, 100, 10, &o->faults.loss},
	    {O_DUPLICATE, 0, 100, 10, &o->faults.duplicate},
	    {O_LATE, 0, 100, 10, &o->faults.late},
	    {O_MALFORMED, 0, 100, 10, &o->faults.malformed},
	    {O_LATE_MS, 0, 600000, 1, &o->faults.late_ms},
	    {O_DELAY, 0, 60000, 1, &o->faults.delay_ms},
	    {O_DEAD, 0, 100, 1, &o->fleet.dead_percent},
	    {O_SLOW, 0, 100, 1, &o->fleet.slow_percent},
	    {O_SLOW_MS, 0, 600000, 1, &o->faults.slow_ms},
	    {O_V1, 0, 100, 1, &o->fleet.v1_percent},
	    {O_EVERY, 0, 86400, 1, &o->report_every},
	    {O_SECONDS, 0, 8640000, 1, &o->seconds},
	};
	uint64_t v;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].option == c) {
			if (!number(text, table[i].min, table[i].max, table[i].scale, &v))
				return 0;
			*table[i].to = (unsigned)v;
			return 1;
		}
	}
	if (c == O_SEED)
		return number(text, 0, 1e15, 1, &o->fleet.seed);
	if (c == O_MONTH)
		return number(text, 0, 1e6, 1e12, &o->fleet.month_octets);
	if (c == O_SINCE && number(text, 1e9, 1e10, 100, &v)) {
		o->fleet.now_cs = (int64_t)v;
		return 1;
	}
	if (c == O_PACKET && number(text, 100, AGENT_PACKET, 1, &v)) {
		o->agent.packet_max = v;
		return 1;
	}
	if (c == O_PORT && number(text, 0, 65535, 1, &v)) {
		o->port = (uint16_t)v;
		return 1;
	}
	return 0;
}

static int
finish(int argc, char **argv, struct sim_options *o)
{
	if (o->compare) {
		if (optind + 1 != argc) {
			fputs("kkachi-sim: --compare REPORT needs the file of `kkachi devices "
			      "--json` (or -)\n",
			    stderr);
			return 2;
		}
		o->compare_with = argv[optind];
		return -1;
	}
	if (optind < argc) {
		fprintf(stderr, "kkachi-sim: unexpected argument: %s\n", argv[optind]);
		return 2;
	}
	if (o->fleet.month_octets == 0)
		o->fleet.month_octets = (uint64_t)o->fleet.aps * 28260869565u;
	o->faults.dice = o->fleet.seed * 7919;
	return -1;
}

int
sim_options_read(int argc, char **argv, struct sim_options *o)
{
	int c;

	*o = (struct sim_options){.fleet = {.aps = 100, .seed = 1, .mix = {1}},
	    .districts = 5,
	    .users = 1,
	    .faults = {.late_ms = 6000, .slow_ms = 2000},
	    .agent = {.community = "public", .packet_max = AGENT_PACKET}};
	while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (c == O_HELP) {
			fputs(help, stdout);
			return 0;
		}
		if (c == O_VERSION) {
			puts("kkachi-sim " PACKAGE_VERSION);
			return 0;
		}
		if (c == '?')
			return 2;
		if (!text_option(c, optarg, o) && !number_option(c, optarg, o)) {
			fprintf(stderr, "kkachi-sim: %s: not a value for --%s\n",
			    optarg ? optarg : "", known[c - O_CITY].name);
			return 2;
		}
	}
	return finish(argc, argv, o);
}
