/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kkachi-web: the dashboard, the JSON API and /metrics. Reads the store, writes nothing. */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "lib/conf.h"
#include "lib/log.h"
#include "lib/zone.h"
#include "web/app.h"
#include "web/http.h"
#include "web/model.h"
#include "web/route.h"

static const char help[] =
    "Usage: kkachi-web [-c FILE]\n"
    "The dashboard of Kkachi, its JSON API (/api/v1/) and /metrics, on web.listen.\n\n"
    "  -c, --config FILE  configuration (default $KKACHI_CONFIG, then /etc/kkachi/kkachi.yaml)\n"
    "      --help         this text\n"
    "      --version      version\n\n"
    "See kkachi-web(8), kkachi.yaml(5).\n";

/* Options; returns -1 to go on, else the exit code. */
static int
options(int argc, char **argv, const char **file)
{
	static const struct option known[] = {{"config", required_argument, NULL, 'c'},
	    {"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'},
	    {NULL, 0, NULL, 0}};
	int o;

	while ((o = getopt_long(argc, argv, "c:", known, NULL)) != -1) {
		if (o == 'c') {
			*file = optarg;
		} else if (o == 'h') {
			fputs(help, stdout);
			return 0;
		} else if (o == 'V') {
			puts("kkachi-web " PACKAGE_VERSION);
			return 0;
		} else {
			return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "kkachi-web: unexpected argument: %s\n", argv[optind]);
		return 2;
	}
	return -1;
}

static int
serve(struct app *app, const sigset_t *wait_for)
{
	struct http *http = NULL;
	struct diag d = {""};
	int sig = 0;

	if (http_start(app->conf->web.listen, route_answer, app, &http, &d) != KK_OK) {
		log_line(LOG_LV_ERROR, "%s", d.text);
		return 1;
	}
	log_line(LOG_LV_NOTICE, "listening on %s, port %u", app->conf->web.listen, http_port(http));
	sd_notify(0, "READY=1");
	sigwait(wait_for, &sig);
	sd_notify(0, "STOPPING=1");
	http_stop(http);
	return 0;
}

int
main(int argc, char **argv)
{
	struct conf conf;
	struct app app = {.conf = &conf};
	struct diag d = {""};
	const char *file = NULL, *page = getenv("KKACHI_PAGE");
	sigset_t ends;
	int code = options(argc, argv, &file);

	if (code >= 0)
		return code;
	log_open("kkachi-web", LOG_LV_INFO);
	if (conf_read(file, &conf, &d) != KK_OK || zone_use(conf.timezone, &d) != KK_OK) {
		log_line(LOG_LV_ERROR, "%s", d.text);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL); /* before any thread: only sigwait() takes them */
	page = conf.web.page[0] ? conf.web.page : page ? page : KK_PAGEDIR;
	if (static_read(page, &app.files, &d) != KK_OK)
		log_line(LOG_LV_WARNING, "%s", d.text);
	code = app.files == NULL || model_new(&conf, &app.model) != KK_OK ? 1 : serve(&app, &ends);
	model_free(app.model);
	static_free(app.files);
	return code;
}
