/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alerts/notify.h"
#include "alerts/run.h"
#include "cli/alert_nagios.h"
#include "cli/city.h"

enum { OPT_DRY_RUN = CLI_OWN, OPT_NAGIOS };

static const struct option options[] = {{"dry-run", no_argument, NULL, OPT_DRY_RUN},
    {"nagios", no_argument, NULL, OPT_NAGIOS}, {"warning", required_argument, NULL, 'W'},
    {"critical", required_argument, NULL, 'C'}, {NULL, 0, NULL, 0}};

struct wish {
	int dry_run, nagios, limits_set;
	struct nagios_limits limits;
};

/* What was not heard yet, in the order in which it happened. */
static size_t
unheard(struct alert_result *x, int64_t heard)
{
	size_t n = 0;

	for (size_t i = 0; i < x->n; i++)
		if (x->rows[i].incident.changed > heard)
			x->rows[n++] = x->rows[i];
	return n;
}

static int
trouble(const struct cli *c, int rc, const struct diag *d)
{
	cli_say(c, "%s", d->text[0] ? d->text : kk_strerror(rc));
	return CLI_FAILED;
}

static int
tell_text(const struct cli *c, const struct alert_run *r, struct diag *d)
{
	struct alert_result x = {0};
	int64_t heard;
	int rc = channel_heard(r->db, "stdout", &heard, d);

	if (rc == KK_OK)
		rc = alert_notices(r, heard, &x, d);
	/* The city's language, not that of whoever's session it runs in. */
	if (rc == KK_OK && (rc = notify_stdout(x.rows, unheard(&x, heard),
				i18n_language(c->conf.language))) != KK_OK)
		diag_set(d, rc, "standard output: %s", strerror(errno));
	if (rc == KK_OK && !r->dry_run && x.newest > heard)
		rc = channel_tell(r->db, "stdout", x.newest, d);
	alert_result_free(&x);
	return rc == KK_OK ? CLI_DONE : trouble(c, rc, d);
}

/* A cursor of its own, so that a look with --json takes nothing from the mail; but what the mail
 * told to have ended is not listed again. */
static int
tell_json(const struct cli *c, const struct alert_run *r, struct diag *d)
{
	struct alert_result x = {0};
	json_t *list = json_array();
	int64_t heard, mailed;
	int code, rc = channel_heard(r->db, "json", &heard, d);

	if (rc == KK_OK)
		rc = channel_heard(r->db, "stdout", &mailed, d);
	if (rc == KK_OK)
		rc = alert_notices(r, mailed > heard ? mailed : heard, &x, d);
	for (size_t i = 0; rc == KK_OK && i < x.n; i++)
		json_array_append_new(list, notice_json(&x.rows[i]));
	if (rc != KK_OK) {
		json_decref(list);
		return trouble(c, rc, d);
	}
	code = cli_json(c, list);
	if (code == CLI_DONE && fflush(stdout) != 0)
		code = CLI_FAILED; /* told at the end; the cursor stays */
	if (code == CLI_DONE && !r->dry_run && x.newest > heard &&
	    (rc = channel_tell(r->db, "json", x.newest, d)) != KK_OK)
		code = trouble(c, rc, d);
	alert_result_free(&x);
	return code;
}

static int
alert(const struct cli *c, int dry_run)
{
	struct alert_run r = {.now_s = c->now_s, .dry_run = dry_run};
	struct diag d = {""};
	struct city city;
	struct db *db = NULL;
	int rc, lock = -1, code = CLI_FAILED;

	if (!city_open(c, &city)) /* before the lock: it needs the state directory to be there */
		return CLI_FAILED;
	if (!dry_run && (rc = alert_lock(c->conf.state_dir, &lock, &d)) != KK_OK) {
		trouble(c, rc, &d);
		city_close(&city);
		return rc == KK_E_BUSY ? CLI_LOCKED : CLI_FAILED;
	}
	if (city_judge(c, &city) && (dry_run || city_db(c, DB_WRITE, &db))) {
		r.db = dry_run ? city.db : db;
		r.inventory = city.inventory;
		r.picture = city.picture;
		if ((rc = alert_decide(&r, &d)) != KK_OK)
			trouble(c, rc, &d);
		else
			code = c->json ? tell_json(c, &r, &d) : tell_text(c, &r, &d);
	}
	db_close(db);
	city_close(&city);
	if (lock >= 0)
		close(lock);
	return code;
}

static int
limit(const char *text, uint32_t *out)
{
	char *end;
	unsigned long v;

	errno = 0;
	v = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno || v > UINT32_MAX)
		return 0;
	*out = (uint32_t)v;
	return 1;
}

/* A plugin answers bad usage with 3, wherever on the line --nagios stands. */
static int
asks_nagios(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--nagios") == 0)
			return 1;
	return 0;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct wish w = {.limits = {1, 1}};
	int o, good = 1, code = CLI_USAGE;

	if (asks_nagios(argc, argv))
		c->usage_code = NAGIOS_UNKNOWN;
	while ((o = cli_option(c, argc, argv, options, &code)) != -1) {
		if (o == CLI_STOP)
			return code;
		if (o == OPT_DRY_RUN)
			w.dry_run = 1;
		else if (o == OPT_NAGIOS)
			w.nagios = 1;
		else
			good &= w.limits_set =
			    limit(optarg, o == 'W' ? &w.limits.warning : &w.limits.critical);
	}
	if (!good)
		return cli_misused(c, "--warning and --critical take a number of access points");
	if (w.limits_set && !w.nagios)
		return cli_misused(c, "--warning and --critical go with --nagios");
	if (!cli_arguments(c, argc, argv, 0, 0))
		return c->usage_code;
	if (w.nagios && c->json)
		return cli_misused(c, "--nagios and --json contradict each other");
	if ((code = cli_open(c)) != CLI_DONE)
		return code;
	return w.nagios ? alert_nagios(c, &w.limits) : alert(c, w.dry_run);
}

const struct command command_alert = {.name = "alert",
    .arguments = "[--dry-run] [--nagios [--warning N] [--critical N]]",
    .about = TEXT_ABOUT_ALERT,
    .options = "      --dry-run       tell what would be told; keep nothing\n"
	       "      --nagios        one line and an exit code as a Nagios plugin; keeps nothing\n"
	       "      --warning N     access points down from which it warns (1)\n"
	       "      --critical N    access points down from which it is critical (1)\n",
    .run = run};
