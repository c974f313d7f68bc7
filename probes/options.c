/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "probes/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/conf.h"
#include "lib/log.h"
#include "lib/ssid.h"
#include "probes/dec/dec.h"
#include "probes/live.h"

static const char help[] =
    "Usage: kkachi-probe -r FILE [options]      read a capture (pcap, pcapng, gzip; - is a pipe)\n"
    "       kkachi-probe -i INTERFACE [options] listen, until it is stopped\n"
    "\n"
    "Counts octets per access point, associations per BSSID and clients per interval, and prints\n"
    "one JSON object a line; the last line of a file holds the totals.\n"
    "\n"
    "  -m, --map FILE        which BSSID, VLAN or address is which access point (key,value,ap)\n"
    "  -t, --interval SEC    length of an interval, 1 to 3600 (60)\n"
    "  -s, --send            deliver samples of mapped access points to kkachid\n"
    "      --id NAME         with --send: name of this probe (the host's name)\n"
    "      --socket PATH     with --send: kkachid's socket (run_dir/samples of the configuration)\n"
    "      --spool DIR       with --send: samples that wait are kept in this folder\n"
    "      --spool-size MB   at most, 1 to 65536 (256)\n"
    "      --print           with -i and --send: print as well\n"
    "      --figures WHICH   all; or octets: octets, packets and clients that carried some (all)\n"
    "      --air             print the networks on the air, and what happens there, as well\n"
    "      --ssids LIST      the city's networks, separated by commas (air.ssids)\n"
    "      --legacy-ssids LIST   names that should be off the air (air.legacy_ssids)\n"
    "      --flood N         deauthentications within 10 s that are a flood; 0: none (air.flood)\n"
    "      --l2tp-cookie N   octets between session and Ethernet in L2TPv3: 0, 4, 8 or 12 (0)\n"
    "      --follow N        one TCP flow in so many is followed, 1 to 65536 (16)\n"
    "      --snaplen N       with -i: octets to take of a packet, 64 to 262144 (512)\n"
    "      --buffer MB       with -i: ring buffer, 1 to 1024 (128)\n"
    "      --threads N       with -i: that read and decode, 1 to 16 (1)\n"
    "      --filter EXPR     with -i: only packets of which this holds: pcap-filter(7)\n"
    "      --user NAME       whom to become when started as root (kkachi-probe)\n"
    "  -c, --config FILE     kkachi.yaml, for run_dir, timezone and air\n"
    "      --json            output is JSON in any case\n"
    "  -h, --help            this text\n"
    "  -V, --version         version\n"
    "\n"
    "Exits 0 when all was done, 1 when something failed, 2 on wrong usage.\n";

enum {
	OPT_ID = 256,
	OPT_SOCKET,
	OPT_PRINT,
	OPT_SNAPLEN,
	OPT_BUFFER,
	OPT_USER,
	OPT_JSON,
	OPT_FIGURES,
	OPT_FOLLOW,
	OPT_SPOOL,
	OPT_SPOOL_SIZE,
	OPT_L2TP_COOKIE,
	OPT_AIR,
	OPT_SSIDS,
	OPT_LEGACY_SSIDS,
	OPT_FLOOD,
	OPT_THREADS,
	OPT_FILTER
};

static const struct option longs[] = {
    {"read", required_argument, NULL, 'r'},
    {"interface", required_argument, NULL, 'i'},
    {"map", required_argument, NULL, 'm'},
    {"interval", required_argument, NULL, 't'},
    {"send", no_argument, NULL, 's'},
    {"id", required_argument, NULL, OPT_ID},
    {"socket", required_argument, NULL, OPT_SOCKET},
    {"print", no_argument, NULL, OPT_PRINT},
    {"snaplen", required_argument, NULL, OPT_SNAPLEN},
    {"buffer", required_argument, NULL, OPT_BUFFER},
    {"figures", required_argument, NULL, OPT_FIGURES},
    {"follow", required_argument, NULL, OPT_FOLLOW},
    {"spool", required_argument, NULL, OPT_SPOOL},
    {"l2tp-cookie", required_argument, NULL, OPT_L2TP_COOKIE},
    {"spool-size", required_argument, NULL, OPT_SPOOL_SIZE},
    {"air", no_argument, NULL, OPT_AIR},
    {"ssids", required_argument, NULL, OPT_SSIDS},
    {"legacy-ssids", required_argument, NULL, OPT_LEGACY_SSIDS},
    {"flood", required_argument, NULL, OPT_FLOOD},
    {"threads", required_argument, NULL, OPT_THREADS},
    {"filter", required_argument, NULL, OPT_FILTER},
    {"user", required_argument, NULL, OPT_USER},
    {"config", required_argument, NULL, 'c'},
    {"json", no_argument, NULL, OPT_JSON},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

const char *
options_help(void)
{
	return help;
}

static int
number(const char *name, long low, long high, int *out, struct diag *d)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(optarg, &end, 10);
	if (errno != 0 || end == optarg || *end != '\0' || v < low || v > high)
		return diag_set(d, KK_E_SYNTAX, "%s: \"%s\" is not a number from %ld to %ld", name,
		    optarg, low, high);
	*out = (int)v;
	return KK_OK;
}

static int
text(const char *name, char *out, size_t room, struct diag *d)
{
	if (*optarg == '\0' || strlen(optarg) >= room)
		return diag_set(d, KK_E_SYNTAX, "%s: \"%s\" is empty or too long", name, optarg);
	memcpy(out, optarg, strlen(optarg) + 1);
	return KK_OK;
}

static int
figures(int *octets_only, struct diag *d)
{
	*octets_only = strcmp(optarg, "octets") == 0;
	if (*octets_only || strcmp(optarg, "all") == 0)
		return KK_OK;
	return diag_set(d, KK_E_SYNTAX, "--figures: \"%s\" is neither octets nor all", optarg);
}

static int
names(const char *name, char *out, size_t room, struct diag *d)
{
	struct ssid_list list;
	int rc = text(name, out, room, d);

	if (rc == KK_OK && ssid_list_parse(out, &list) != KK_OK)
		return diag_set(d, KK_E_SYNTAX, "%s: \"%s\" is no list of names", name, optarg);
	return rc;
}

static int
read_air(int opt, struct options *o, struct diag *d)
{
	switch (opt) {
	case OPT_AIR:
		o->air = 1;
		return KK_OK;
	case OPT_SSIDS:
		return names("--ssids", o->ssids, sizeof(o->ssids), d);
	case OPT_LEGACY_SSIDS:
		return names("--legacy-ssids", o->legacy_ssids, sizeof(o->legacy_ssids), d);
	default:
		return number("--flood", 0, 10000, &o->flood, d);
	}
}

static int
read_number(int opt, struct options *o, struct diag *d)
{
	int rc;

	switch (opt) {
	case OPT_SNAPLEN:
		return number("--snaplen", 64, 262144, &o->snaplen, d);
	case OPT_BUFFER:
		return number("--buffer", 1, 1024, &o->buffer_mb, d);
	case OPT_SPOOL_SIZE:
		return number("--spool-size", 1, 65536, &o->spool_mb, d);
	default:
		rc = number("--l2tp-cookie", 0, 12, &o->l2tp_cookie, d);
		if (rc == KK_OK && o->l2tp_cookie % 4 != 0)
			rc = diag_set(d, KK_E_SYNTAX, "--l2tp-cookie: 0, 4, 8 or 12");
		return rc;
	}
}

/* Where an option's text goes that is taken as it stands; NULL: it is another kind of option. */
static const char **
text_as_it_stands(int opt, struct options *o)
{
	switch (opt) {
	case 'r':
		return &o->file;
	case 'i':
		return &o->iface;
	case 'm':
		return &o->map;
	case 'c':
		return &o->config;
	case OPT_FILTER:
		return &o->filter;
	case OPT_SPOOL:
		return &o->spool;
	case OPT_USER:
		return &o->user;
	default:
		return NULL;
	}
}

static int
read_one(int opt, struct options *o, struct diag *d)
{
	const char **as_is = text_as_it_stands(opt, o);

	if (as_is != NULL) {
		*as_is = optarg;
		return KK_OK;
	}
	switch (opt) {
	case 't':
		return number("--interval", 1, 3600, &o->interval, d);
	case 's':
		o->send = 1;
		return KK_OK;
	case OPT_ID:
		return text("--id", o->id, sizeof(o->id), d);
	case OPT_SOCKET:
		return text("--socket", o->socket, sizeof(o->socket), d);
	case OPT_FIGURES:
		return figures(&o->octets_only, d);
	case OPT_FOLLOW:
		return number("--follow", 1, 65536, &o->follow, d);
	case OPT_PRINT:
		o->print = 1;
		return KK_OK;
	case OPT_SNAPLEN:
	case OPT_BUFFER:
	case OPT_SPOOL_SIZE:
	case OPT_L2TP_COOKIE:
		return read_number(opt, o, d);
	case OPT_THREADS:
		return number("--threads", 1, LIVE_LANES_MAX, &o->threads, d);
	case OPT_AIR:
	case OPT_SSIDS:
	case OPT_LEGACY_SSIDS:
	case OPT_FLOOD:
		return read_air(opt, o, d);
	case OPT_JSON:
		return KK_OK;
	case 'h':
		o->help = 1;
		return KK_OK;
	case 'V':
		o->version = 1;
		return KK_OK;
	default:
		return diag_set(d, KK_E_SYNTAX, "wrong usage; --help tells what there is");
	}
}

/* Options that do nothing without another one, or with one; NULL: none was given. */
struct needs {
	const char *interface, *send, *spool, *figures, *air;
};

static void
note_need(int opt, const char *name, struct needs *n)
{
	if (opt == OPT_SNAPLEN || opt == OPT_BUFFER || opt == OPT_THREADS || opt == OPT_FILTER ||
	    opt == OPT_PRINT)
		n->interface = name;
	if (opt == OPT_SPOOL || opt == OPT_SPOOL_SIZE || opt == OPT_SOCKET || opt == OPT_ID ||
	    opt == OPT_PRINT)
		n->send = name;
	if (opt == OPT_SPOOL_SIZE)
		n->spool = name;
	if (opt == OPT_AIR || opt == OPT_SSIDS || opt == OPT_LEGACY_SSIDS || opt == OPT_FLOOD ||
	    opt == OPT_FOLLOW)
		n->figures = name;
	if (opt == OPT_SSIDS || opt == OPT_LEGACY_SSIDS || opt == OPT_FLOOD)
		n->air = name;
}

/* Whoever gives an option that does nothing expects something of it. */
static int
does_something(const struct options *o, const struct needs *n, struct diag *d)
{
	if (o->file != NULL && n->interface != NULL)
		return diag_set(d, KK_E_SYNTAX, "--%s goes with -i INTERFACE", n->interface);
	if (!o->send && n->send != NULL)
		return diag_set(d, KK_E_SYNTAX, "--%s goes with --send", n->send);
	if (o->spool == NULL && n->spool != NULL)
		return diag_set(d, KK_E_SYNTAX, "--%s goes with --spool", n->spool);
	if (o->octets_only && n->figures != NULL)
		return diag_set(d, KK_E_SYNTAX, "--%s goes with --figures all", n->figures);
	if (o->air && !o->print)
		return diag_set(d, KK_E_SYNTAX, "--air goes with --print, if samples are sent");
	if (!o->send && !o->air && n->air != NULL)
		return diag_set(d, KK_E_SYNTAX, "--%s goes with --air or --send", n->air);
	return KK_OK;
}

static int
sound(const struct options *o, const struct needs *n, struct diag *d)
{
	if ((o->file == NULL) == (o->iface == NULL))
		return diag_set(d, KK_E_SYNTAX, "one of -r FILE and -i INTERFACE is needed");
	if (o->file != NULL && o->map != NULL && strcmp(o->file, "-") == 0 &&
	    strcmp(o->map, "-") == 0)
		return diag_set(d, KK_E_SYNTAX, "capture and map cannot both be standard input");
	return does_something(o, n, d);
}

int
options_read(int argc, char **argv, struct options *o, struct diag *d)
{
	struct needs needs = {0};
	int opt, rc, at = 0;

	*o = (struct options){.user = "kkachi-probe",
	    .interval = 60,
	    .follow = DEC_FOLLOW,
	    .snaplen = 512,
	    .buffer_mb = 128,
	    .spool_mb = 256,
	    .flood = -1,
	    .threads = 1};
	if (gethostname(o->id, sizeof(o->id) - 1) != 0 || o->id[0] == '\0')
		memcpy(o->id, "probe", sizeof("probe"));
	while ((opt = getopt_long(argc, argv, "r:i:m:t:sc:hV", longs, &at)) != -1) {
		if ((rc = read_one(opt, o, d)) != KK_OK)
			return rc;
		note_need(opt, longs[at].name, &needs);
	}
	if (o->help || o->version)
		return KK_OK;
	if (optind < argc)
		return diag_set(d, KK_E_SYNTAX, "\"%s\" is not expected here", argv[optind]);
	if (o->file != NULL || !o->send)
		o->print = 1;
	return sound(o, &needs, d);
}

/* ---- the configuration ---- */

/* What the child hands on. */
struct picked {
	int rc;
	char run_dir[CONF_TEXT];
	char timezone[64];
	char ssids[OPTIONS_SSIDS];
	char legacy_ssids[OPTIONS_LEGACY];
	int flood;
	struct diag why;
};

_Static_assert(sizeof(struct picked) <= PIPE_BUF, "one write to a pipe takes all of it");
_Static_assert(sizeof(((struct conf *)0)->air.ssids) <= OPTIONS_SSIDS &&
		   sizeof(((struct conf *)0)->air.legacy_ssids) <= OPTIONS_LEGACY,
    "there is room for the configured names");

static void
pick(const char *config, int out)
{
	struct picked p = {0};
	struct conf c;

	conf_defaults(&c);
	p.rc = conf_read(config, &c, &p.why);
	if (p.rc != KK_OK && config == NULL && getenv("KKACHI_CONFIG") == NULL) {
		/* The default file is for the collector's eyes: this user may not read it. `why`
		 * stays, and is told. */
		if (p.rc == KK_E_DENIED || p.rc == KK_E_NOTFOUND)
			p.rc = KK_OK;
		conf_defaults(&c);
	}
	memcpy(p.run_dir, c.run_dir, sizeof(p.run_dir));
	memcpy(p.timezone, c.timezone, sizeof(p.timezone));
	memcpy(p.ssids, c.air.ssids, sizeof(c.air.ssids));
	memcpy(p.legacy_ssids, c.air.legacy_ssids, sizeof(c.air.legacy_ssids));
	p.flood = (int)c.air.flood;
	_exit(write(out, &p, sizeof(p)) == (ssize_t)sizeof(p) ? 0 : 1);
}

int
options_configure(struct options *o, struct diag *d)
{
	struct picked p = {.rc = KK_E_IO};
	int fd[2];
	pid_t child;
	ssize_t n;

	if (pipe(fd) != 0)
		return diag_set(d, kk_from_errno(errno), "pipe: %s", strerror(errno));
	child = fork();
	if (child == 0)
		pick(o->config, fd[1]);
	close(fd[1]);
	n = child > 0 ? read(fd[0], &p, sizeof(p)) : -1;
	close(fd[0]);
	if (child > 0)
		waitpid(child, NULL, 0);
	if (n != (ssize_t)sizeof(p))
		return diag_set(d, KK_E_IO, "the configuration cannot be read");
	if (p.rc != KK_OK)
		return diag_set(d, p.rc, "%s", p.why.text);
	if (p.why.text[0] != '\0')
		log_line(
		    LOG_LV_NOTICE, "%s: run_dir, timezone and air are as by default", p.why.text);
	if (o->socket[0] == '\0')
		snprintf(o->socket, sizeof(o->socket), "%s/samples", p.run_dir);
	if (o->timezone[0] == '\0')
		memcpy(o->timezone, p.timezone, sizeof(o->timezone));
	if (o->ssids[0] == '\0')
		memcpy(o->ssids, p.ssids, sizeof(o->ssids));
	if (o->legacy_ssids[0] == '\0')
		memcpy(o->legacy_ssids, p.legacy_ssids, sizeof(o->legacy_ssids));
	if (o->flood < 0)
		o->flood = p.flood;
	return KK_OK;
}
