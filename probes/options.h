/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options.h - the command line of kkachi-probe. */
#ifndef KK_PROBES_OPTIONS_H
#define KK_PROBES_OPTIONS_H

#include "lib/err.h"

#define OPTIONS_TEXT   300
#define OPTIONS_SSIDS  512
#define OPTIONS_LEGACY 2048

struct options {
	const char *file;   /* -r */
	const char *iface;  /* -i */
	const char *map;    /* -m; NULL: none */
	const char *config; /* -c; NULL: the default one, if it can be read */
	const char *user;
	const char *spool;	   /* --spool; NULL: samples wait in memory */
	char id[81];		   /* this probe's name */
	char socket[OPTIONS_TEXT]; /* "": run_dir/samples of the configuration */
	char timezone[64];	   /* likewise */
	const char *filter;	   /* --filter; NULL: none */
	int interval, snaplen, buffer_mb, spool_mb, threads;
	int l2tp_cookie; /* octets */
	int send, print;
	int octets_only;		   /* --figures octets */
	char ssids[OPTIONS_SSIDS];	   /* the city's networks; "": of the configuration */
	char legacy_ssids[OPTIONS_LEGACY]; /* that should be off the air; likewise */
	int flood;			   /* -1: of the configuration */
	int air;			   /* networks and events are printed */
	int follow;			   /* one TCP flow in so many */
	int help, version;
};

/**
 * Read the command line.
 *
 * @param argc  Of main.
 * @param argv  Of main; borrowed.
 * @param o     Receives the options.
 * @param d     What is wrong.
 * @retval KK_OK
 * @retval KK_E_SYNTAX  Exit with 2.
 */
int options_read(int argc, char **argv, struct options *o, struct diag *d);

/**
 * Take the socket's place and the timezone from kkachi.yaml. That file holds the city's SNMP
 * community as well, so a child process reads it and hands on these two texts only: what parses
 * hostile frames must not even have freed memory in which a secret stood.
 *
 * @param o  Options; `socket` and `timezone` are filled where they are empty.
 * @param d  "FILE:LINE: ..."
 * @retval KK_OK
 * @retval KK_E_SYNTAX  And the other errors of conf_read().
 */
int options_configure(struct options *o, struct diag *d);

/** The text of --help. @return Static text. */
const char *options_help(void);

#endif
