/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "cli/cli.h"

static json_t *
conf_json(const struct conf *f)
{
	return json_pack("{s:o,s:s,s:s,s:s,s:s,s:s,"
			 "s:{s:i,s:i,s:i,s:i,s:i,s:s,s:s,s:s},s:{s:b,s:i,s:s},s:{s:s,s:s},s:{s:i}}",
	    "file", f->file[0] ? json_string(f->file) : json_null(), "state_dir", f->state_dir,
	    "run_dir", f->run_dir, "timezone", f->timezone, "language", f->language, "log_level",
	    f->log_level, "snmp", "interval", (int)f->snmp.interval, "timeout",
	    (int)f->snmp.timeout, "retries", (int)f->snmp.retries, "subnet_rate",
	    (int)f->snmp.subnet_rate, "port", (int)f->snmp.port, "version", f->snmp.version,
	    "community", "***", "profiles", f->snmp.profiles, "store", "archives",
	    f->store.archives, "journal_days", (int)f->store.journal_days, "rrdcached",
	    f->store.rrdcached, "web", "listen", f->web.listen, "page", f->web.page, "alerts",
	    "misses", (int)f->alerts.misses);
}

static int
run(struct cli *c, int argc, char **argv)
{
	int code = CLI_USAGE;

	if (cli_option(c, argc, argv, NULL, &code) == CLI_STOP)
		return code;
	if (!cli_arguments(c, argc, argv, 0, 0))
		return c->usage_code;
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	if (c->json)
		return cli_json(c, conf_json(&c->conf));
	conf_print(&c->conf, stdout);
	return CLI_DONE;
}

const struct command command_check_config = {.name = "check-config",
    .arguments = "[OPTION ...]",
    .about = TEXT_ABOUT_CHECK_CONFIG,
    .options = "",
    .run = run};
