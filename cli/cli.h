/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli.h - what the sub-commands of `kkachi` share: options, configuration, output, exit codes. */
#ifndef KK_CLI_CLI_H
#define KK_CLI_CLI_H

#include <getopt.h>
#include <jansson.h>
#include <stdint.h>

#include "lib/conf.h"
#include "lib/i18n.h"

/* Exit codes (DESIGN.md). */
enum cli_exit {
	CLI_DONE = 0,
	CLI_FAILED = 1,
	CLI_USAGE = 2,	/* bad usage or configuration */
	CLI_LOCKED = 75 /* another run holds the lock (EX_TEMPFAIL) */
};

struct cli;

/* One sub-command: a row of the table in commands.c. */
struct command {
	const char *name;
	const char *arguments; /* after the name in the usage line */
	enum text_id about;    /* one line */
	const char *options;   /* its own options, as --help shows them; "" for none */
	int (*run)(struct cli *c, int argc, char **argv); /* returns the exit code */
};

/* One run of the program. */
struct cli {
	const struct command *command;
	const char *conf_path; /* -c; NULL: as conf_read() finds it */
	int json;	       /* --json */
	int usage_code;	       /* exit code for bad usage: CLI_USAGE, 3 for a Nagios plugin */
	struct conf conf;      /* from cli_open() on */
	enum language lang;    /* for a person at a terminal */
	int colour;	       /* stdout is a terminal that shows colours */
	int64_t now_s;	       /* UTC seconds */
};

/* The sub-commands, one file each. */
extern const struct command command_import, command_devices, command_show, command_poll,
    command_usage, command_graph, command_topology, command_alert, command_backup,
    command_check_config, command_replace, command_crosscheck, command_questions, command_events,
    command_probe_map;

/** The table, ended by NULL. @return Static array. */
const struct command *const *commands(void);

/** Run the program: global options, then the sub-command. @param argc As main's. @param argv As
 * main's. @return Exit code. */
int cli_main(int argc, char **argv);

#define CLI_STOP (-2)
#define CLI_OWN	 256 /* values of a command's own long options start here */

/**
 * The next option. -c, --json, --help and --version are dealt with inside; a bad one is told of,
 * and what could have been an id that begins with '-' is explained.
 *
 * @param c     Run.
 * @param argc  Count.
 * @param argv  Arguments; getopt_long(3) moves those that are no options to the end.
 * @param own   The command's long options, ended by a zeroed one; short ones have a letter as
 * `val`.
 * @param code  Receives the exit code with CLI_STOP.
 * @return      An option's `val`, its argument in `optarg`; -1 at the end; CLI_STOP: exit with
 * `code`.
 */
int cli_option(struct cli *c, int argc, char **argv, const struct option *own, int *code);

/** Check how many arguments are left. @param c Run. @param argc Count. @param argv Arguments.
 * @param least Least. @param most Most. @return 1, or 0: told of. */
int cli_arguments(struct cli *c, int argc, char **argv, int least, int most);

/** Read the configuration, set the zone, the language, the time. @param c Run. @return CLI_DONE, or
 * an exit code: told of. */
int cli_open(struct cli *c);

/** Tell what is wrong, on stderr: "kkachi NAME: ...". @param c Run. @param fmt printf format. */
void cli_say(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Bad usage: tell it and where to read more. @param c Run. @param fmt printf format. @return
 * `c->usage_code`. */
int cli_misused(const struct cli *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** Print one JSON value on one line. @param c Run. @param j Value; its reference is taken; NULL is
 * "out of memory". @return Exit code. */
int cli_json(const struct cli *c, json_t *j);

/** The same without the line's end, for lists that are printed piece by piece. @param j Value;
 * borrowed. @return 1, or 0: out of memory. */
int cli_json_part(const json_t *j);

#endif
