/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conf.h - kkachi.yaml: every key has a default, and every mistake names file, line and key. */
#ifndef KK_LIB_CONF_H
#define KK_LIB_CONF_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include "lib/err.h"

#define CONF_TEXT 256

/* The whole configuration: a plain value, read-only once read. Field names are the keys of
 * kkachi.yaml(5). */
struct conf {
	char file[CONF_TEXT]; /* where it came from; "" for defaults only */
	char state_dir[CONF_TEXT];
	char run_dir[CONF_TEXT];
	char timezone[64];
	char language[8];   /* "ko" or "en" */
	char log_level[16]; /* error, warning, notice, info, debug */
	struct {
		unsigned interval;    /* seconds, 1 .. 3600 */
		unsigned timeout;     /* milliseconds per try, 50 .. 60000 */
		unsigned retries;     /* 0 .. 10 */
		unsigned subnet_rate; /* datagrams a second to one /24 or /64; 0: any number */
		int echo;	      /* hosts whose agent is silent are asked by ICMP echo */
		unsigned ports;	      /* seconds between two looks at a switch's ports; 0: never */
		unsigned neighbours;  /* at its neighbours; 0: never */
		unsigned port;
		char version[4]; /* "2c", "1" or "3" */
		char community[CONF_TEXT];
		char user[33];		    /* of SNMPv3, for devices that name none; "" is none */
		char users_file[CONF_TEXT]; /* "": $CREDENTIALS_DIRECTORY/snmp-users, if there */
		char traps[CONF_TEXT];	    /* ADDRESS:PORT of notifications; "": none are taken */
		char trap_community[CONF_TEXT]; /* "": that of the device */
		char profiles[CONF_TEXT]; /* folder of profile files; "" is the installed one */
	} snmp;
	struct {
		int archives;
		unsigned journal_days;
		char rrdcached[CONF_TEXT]; /* "" or unix:/path */
	} store;
	struct {
		char listen[CONF_TEXT]; /* ADDRESS:PORT */
		char page[CONF_TEXT];	/* folder of the page; "" is the installed one */
	} web;
	struct {
		unsigned misses; /* missed polls until an AP counts as down */
	} alerts;
	struct {
		char ssids[512];	 /* the city's networks: ssid_list_parse() */
		char legacy_ssids[2048]; /* that should be off the air, likewise */
		unsigned flood; /* deauthentications within 10 s that are a flood; 0: none are */
	} air;
	struct {
		unsigned min_clients; /* figures of fewer people are not in open reports */
	} open_data;
	struct {
		unsigned won_per_gb;  /* what a GB would have cost its user */
		unsigned cost_per_tb; /* what a TB costs the city, won; 0: unknown */
		unsigned
		    cost_per_ap; /* what an access point costs it in a month, won; 0: unknown */
		char areas[CONF_TEXT]; /* CSV of districts and their km²; "": those of Seoul */
	} usage;
	struct {
		char dir[CONF_TEXT];	   /* folder of the monthly reports */
		char mail_to[CONF_TEXT];   /* who gets them; "": nobody */
		char mail_from[CONF_TEXT]; /* "": the system's choice */
		char sendmail[CONF_TEXT];  /* program that takes a mail: -t -i */
	} report;
};

/** The defaults, as an empty file gives them. @param c Receives them. */
void conf_defaults(struct conf *c);

/**
 * Read a configuration file.
 *
 * @param path  File; NULL: $KKACHI_CONFIG, else kkachi/kkachi.yaml below the installation's
 * sysconfdir, else /etc/kkachi/kkachi.yaml; the last two may be absent (defaults).
 * @param c     Receives the configuration; undefined on error.
 * @param d     "FILE:LINE: KEY: what is wrong".
 * @retval KK_OK
 * @retval KK_E_NOTFOUND  A named file is absent.
 * @retval KK_E_SYNTAX    Not YAML, an unknown key, a key twice.
 * @retval KK_E_TYPE
 * @retval KK_E_RANGE
 */
int conf_read(const char *path, struct conf *c, struct diag *d);

/**
 * Read a configuration from memory, for tests and fuzzing.
 *
 * @param name  Name for messages.
 * @param text  YAML.
 * @param len   Octets.
 * @param c     As conf_read().
 * @param d     As conf_read().
 * @retval KK_OK  And the errors of conf_read().
 */
int conf_parse(const char *name, const char *text, size_t len, struct conf *c, struct diag *d);

/**
 * Print the effective configuration as YAML that conf_read() takes; the community is shown as
 * "***".
 *
 * @param c    Configuration.
 * @param out  Stream.
 */
void conf_print(const struct conf *c, FILE *out);

/** The level of a log_level's name, for log_open(). @param name "error", ... "debug". @return enum
 * log_level, -1 for another name. */
int conf_log_level(const char *name);

/**
 * Read ADDRESS:PORT: 127.0.0.1:8080, [::1]:8080, localhost:8080. Names are not looked up.
 *
 * @param text  Input.
 * @param out   Receives the address; port 0 asks the kernel for a free one.
 * @param len   Receives its octets, for bind().
 * @retval KK_OK
 * @retval KK_E_SYNTAX
 */
int conf_address(const char *text, struct sockaddr_storage *out, socklen_t *len);

#endif
