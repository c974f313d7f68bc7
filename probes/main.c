/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kkachi-probe - what the air and the fiber carry, per access point. */
#include <stdio.h>

#include "lib/log.h"
#include "lib/zone.h"
#include "probes/options.h"
#include "probes/probe.h"

#define EXIT_FAILED 1
#define EXIT_USAGE  2

static int
fail(int code, const struct diag *d)
{
	log_line(LOG_LV_ERROR, "%s", d->text);
	return code;
}

/* A wrong map is a wrong configuration. */
static int
exit_code(int rc)
{
	return rc == KK_E_SYNTAX ? EXIT_USAGE : EXIT_FAILED;
}

int
main(int argc, char **argv)
{
	struct options o;
	struct diag d = {""};
	int rc;

	log_open("kkachi-probe", LOG_LV_INFO);
	if (options_read(argc, argv, &o, &d) != KK_OK)
		return fail(EXIT_USAGE, &d);
	if (o.help) {
		fputs(options_help(), stdout);
		return 0;
	}
	if (o.version) {
		puts("kkachi-probe " PACKAGE_VERSION);
		return 0;
	}
	if (options_configure(&o, &d) != KK_OK || zone_use(o.timezone, &d) != KK_OK)
		return fail(EXIT_USAGE, &d);
	rc = probe_run(&o, stdout, &d);
	return rc == KK_OK ? 0 : fail(exit_code(rc), &d);
}
