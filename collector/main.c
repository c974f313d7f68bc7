/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kkachid - asks the devices, keeps what they say. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "collector/daemon.h"
#include "lib/log.h"
#include "lib/zone.h"

enum { EXIT_DONE, EXIT_FAILED, EXIT_USAGE };

static const char help[] =
    "kkachid - collects telemetry from access points over SNMP\n"
    "\n"
    "Usage: kkachid [-c FILE]                  poll, spread over the interval, until SIGTERM\n"
    "       kkachid [-c FILE] --once [--json]  one sweep, every poll started at once\n"
    "\n"
    "  -c, --config FILE  configuration (default: $KKACHI_CONFIG, /etc/kkachi/kkachi.yaml)\n"
    "      --once         one sweep, a report of it on stdout, and end\n"
    "      --json         the report as one JSON object\n"
    "  -h, --help         this text\n"
    "  -V, --version      version\n"
    "\n"
    "SIGHUP reads configuration and inventory again. Exit: 0 done, 1 failed, 2 bad usage or\n"
    "configuration. See kkachid(8).\n";

static int
fail(int code, const struct diag *d)
{
	log_line(LOG_LV_ERROR, "%s", d->text);
	return code;
}

static int
once(struct daemon *dm, int json, struct diag *d)
{
	struct daemon_report report;
	int rc = daemon_once(dm, &report, d);

	if (rc != KK_OK)
		return rc;
	daemon_print(&report, json, stdout);
	return daemon_archives(dm, d);
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"config", required_argument, NULL, 'c'},
	    {"once", no_argument, NULL, '1'}, {"json", no_argument, NULL, 'j'},
	    {"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'}, {0}};
	struct daemon_options o = {0};
	struct daemon *dm = NULL;
	struct diag d = {""};
	struct conf c;
	int json = 0, opt, rc;

	log_open("kkachid", LOG_LV_INFO);
	while ((opt = getopt_long(argc, argv, "c:hV", longs, NULL)) != -1)
		switch (opt) {
		case 'c':
			o.conf_path = optarg;
			break;
		case '1':
			o.once = 1;
			break;
		case 'j':
			json = 1;
			break;
		case 'h':
			fputs(help, stdout);
			return EXIT_DONE;
		case 'V':
			puts("kkachid " PACKAGE_VERSION);
			return EXIT_DONE;
		default:
			return EXIT_USAGE; /* getopt has told why */
		}
	if (optind < argc || (json && !o.once)) {
		fputs("kkachid: no arguments are wanted, and --json goes with --once; see --help\n",
		    stderr);
		return EXIT_USAGE;
	}
	if (conf_read(o.conf_path, &c, &d) != KK_OK || zone_use(c.timezone, &d) != KK_OK)
		return fail(EXIT_USAGE, &d);
	log_open("kkachid", (enum log_level)conf_log_level(c.log_level));
	if ((rc = daemon_open(&o, &c, &dm, &d)) == KK_OK)
		rc = o.once ? once(dm, json, &d) : daemon_run(dm, &d);
	daemon_close(dm);
	return rc == KK_OK ? EXIT_DONE : fail(EXIT_FAILED, &d);
}
